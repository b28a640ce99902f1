package pipeline

import (
	"fmt"
	"slices"
	"strings"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/watch"
)

// looking are the actions with which the provider looks at what the program
// declares: by service, families of them where all of a family only tells how a thing is made. Services whose
// Get tells what a thing holds are named action by action. What they do is AWS's service authorization reference:
// https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
var looking = []string{
	"acm:DescribeCertificate", "acm:ListTagsForCertificate",
	"appconfig:GetApplication", "appconfig:GetConfigurationProfile", "appconfig:GetDeployment",
	"appconfig:GetDeploymentStrategy", "appconfig:GetEnvironment", "appconfig:GetHostedConfigurationVersion",
	"appconfig:ListTagsForResource",
	"autoscaling:Describe*",
	"backup:Describe*", "backup:Get*", "backup:List*",
	"cloudwatch:DescribeAlarms", "cloudwatch:GetDashboard", "cloudwatch:ListTagsForResource",
	"config:Describe*", "config:ListTagsForResource",
	"dynamodb:Describe*", "dynamodb:GetResourcePolicy", "dynamodb:ListTagsOfResource",
	"ec2:Describe*", "ec2:GetSecurityGroupsForVpc",
	"ecr:DescribeRegistry", "ecr:DescribeRepositories", "ecr:DescribeRepositoryCreationTemplates",
	"ecr:GetLifecyclePolicy", "ecr:GetRepositoryPolicy", "ecr:ListTagsForResource",
	"eks:Describe*", "eks:List*",
	"elasticache:Describe*", "elasticache:ListTagsForResource",
	"elasticloadbalancing:Describe*",
	"events:DescribeRule", "events:ListTagsForResource", "events:ListTargetsByRule",
	"iam:GetOpenIDConnectProvider", "iam:GetPolicy", "iam:GetPolicyVersion", "iam:GetRole", "iam:GetRolePolicy",
	"iam:ListAttachedRolePolicies", "iam:ListInstanceProfilesForRole", "iam:ListPolicyVersions", "iam:ListRolePolicies",
	"kms:DescribeKey", "kms:GetKeyPolicy", "kms:GetKeyRotationStatus", "kms:ListAliases", "kms:ListResourceTags",
	"lambda:GetFunction", "lambda:GetFunctionCodeSigningConfig", "lambda:GetFunctionConcurrency", "lambda:ListVersionsByFunction",
	"logs:DescribeLogGroups", "logs:ListTagsForResource",
	"rds:Describe*", "rds:ListTagsForResource",
	"route53:Get*", "route53:List*",
	"route53-recovery-control-config:Describe*", "route53-recovery-control-config:List*",
	"s3:GetAccelerateConfiguration", "s3:GetBucket*", "s3:GetEncryptionConfiguration", "s3:GetLifecycleConfiguration",
	"s3:GetReplicationConfiguration", "s3:ListBucket",
	"fis:GetExperimentTemplate", "fis:ListTagsForResource",
	"scheduler:GetSchedule", "scheduler:GetScheduleGroup", "scheduler:ListTagsForResource",
	"secretsmanager:DescribeSecret", "secretsmanager:GetResourcePolicy", "secretsmanager:ListSecretVersionIds",
	"servicequotas:GetServiceQuota", "servicequotas:GetAWSDefaultServiceQuota", "servicequotas:ListServiceQuotas",
	"servicequotas:GetRequestedServiceQuotaChange", "servicequotas:ListRequestedServiceQuotaChangeHistoryByQuota",
	"sns:GetSubscriptionAttributes", "sns:GetTopicAttributes", "sns:ListTagsForResource",
	"sqs:GetQueueAttributes", "sqs:GetQueueUrl", "sqs:ListQueueTags",
	"ssm:DescribeParameters",
	"states:DescribeStateMachine", "states:ListStateMachineVersions", "states:ListTagsForResource",
	"states:ValidateStateMachineDefinition",
}

// hidden are the actions that tell what stores hold, beside those of buckets;
// opening those that tell a secret.
var hidden = []string{
	"dynamodb:BatchGetItem", "dynamodb:GetItem", "dynamodb:GetRecords", "dynamodb:PartiQLSelect",
	"dynamodb:Query", "dynamodb:Scan",
	"secretsmanager:BatchGetSecretValue", "sqs:ReceiveMessage",
}

var opening = []string{"secretsmanager:GetSecretValue"}

// reads is what every role of the pipeline may look at: how things are made,
// never what they hold. AWS's own ReadOnlyAccess would do both.
func (a Args) reads() iampolicy.Document {
	return iampolicy.Document{Statements: []iampolicy.Statement{
		{Sid: "Look", Actions: looking, Resources: []string{"*"}},
		{Sid: "Parameters", Actions: []string{"ssm:GetParameter", "ssm:GetParameters", "ssm:ListTagsForResource"},
			Resources: []string{a.everywhere("ssm", "parameter/"+a.Scope.System+"/*")}},
		{Sid: "State", Actions: []string{"s3:GetObject"}, Resources: a.stateObjects("*")},
		a.decrypts("Secrets", "*", "kms:Decrypt"),
	}}
}

// opens is what the nightly comparison opens beside it, of both homes: the secrets that the program makes and the
// objects that it writes. All other data stays shut.
func (a Args) opens() iampolicy.Document {
	var secrets, objects []string
	var keys []iampolicy.Statement
	for _, home := range a.Homes {
		secrets = append(secrets, home.ARN("secretsmanager", "secret:"+home.Path("*")))
		objects = append(objects, written(home)...)
		keys = append(keys, opensKey("Keys"+capital(home), home, []string{"kms:Decrypt"}, "s3", "secretsmanager"))
	}
	return iampolicy.Document{Statements: append([]iampolicy.Statement{
		{Sid: "SecretsOfHomes", Actions: []string{"secretsmanager:GetSecretValue"}, Resources: secrets},
		{Sid: "ObjectsOfHomes", Actions: []string{"s3:GetObject", "s3:GetObjectTagging"}, Resources: objects},
		deny("NoData", hidden, "*"),
		{Sid: "NoSecrets", Effect: iampolicy.Deny, Actions: opening, NotResources: secrets},
		{Sid: "NoObjects", Effect: iampolicy.Deny, Actions: []string{"s3:GetObject", "s3:GetObjectVersion"},
			NotResources: append(a.stateObjects("*"), objects...)},
	}, keys...)}
}

// records is what the role of the records may do: put those three objects in each home, under the home's key, through S3 alone.
func (a Args) records() iampolicy.Document {
	var out []iampolicy.Statement
	for _, home := range a.Homes {
		bucket := "arn:aws:s3:::" + home.Bucket("control", 1) + "/"
		out = append(out,
			inRegion("Records"+capital(home), home, []string{"s3:PutObject"}, bucket+watch.DriftKey, bucket+watch.DrillKey,
				bucket+watch.MeasuredKey),
			opensKey("Keys"+capital(home), home, []string{"kms:Decrypt", "kms:GenerateDataKey"}, "s3"))
	}
	return iampolicy.Document{Statements: out}
}

// capital is the home's name at the end of a sid.
func capital(home naming.Scope) string {
	return strings.ToUpper(string(home.Home[:1])) + string(home.Home[1:])
}

// opensKey allows the use of a home's keys through services alone.
func opensKey(sid string, home naming.Scope, actions []string, through ...string) iampolicy.Statement {
	return inRegion(sid, home, actions, home.ARN("kms", "key/*")).With(iampolicy.Through(home.Region, through...))
}

// written are the objects that the program writes in a home: the inventories and the configuration.
func written(home naming.Scope) []string {
	var out []string
	for _, part := range []string{"control", "configuration"} {
		out = append(out, "arn:aws:s3:::"+home.Bucket(part, 1)+"/*")
	}
	return out
}

// sights is what a preview must never see. The states of the homes it must:
// who may open a pull request from a branch of the repository can have them told.
func (a Args) sights() iampolicy.Document {
	return iampolicy.Document{Statements: []iampolicy.Statement{
		deny("NoData", slices.Concat(hidden, opening), "*"),
		{Sid: "NoObjects", Effect: iampolicy.Deny, Actions: []string{"s3:GetObject", "s3:GetObjectVersion"},
			NotResources: a.stateObjects("*")},
	}}
}

// decrypts allows the use of the state's keys: in either region, because their
// aliases are alike (https://docs.aws.amazon.com/kms/latest/developerguide/alias-authorization.html). The
// empty part is the key of the bucket, and * stands for all.
func (a Args) decrypts(sid, part string, actions ...string) iampolicy.Statement {
	alias := a.Scope.StateAlias(part)
	if part == "*" {
		alias = a.Scope.StateAlias("") + "*"
	}
	return iampolicy.Statement{Sid: sid, Actions: actions, Resources: []string{a.everywhere("kms", "key/*")}}.With(
		iampolicy.Condition{Operator: "ForAnyValue:StringLike", Key: "kms:ResourceAliases", Values: []string{alias}})
}

// stateObjects are the objects of the state's buckets whose keys match.
func (a Args) stateObjects(key string) []string {
	var out []string
	for _, b := range a.StateBuckets {
		out = append(out, "arn:aws:s3:::"+b+"/"+key)
	}
	return out
}

// everywhere is an ARN of the account in any region.
func (a Args) everywhere(service, resource string) string {
	return naming.Scope{Region: "*", Account: a.Scope.Account}.ARN(service, resource)
}

// iam is an ARN of IAM, which knows no region.
func (a Args) iam(resource string) string {
	return fmt.Sprintf("arn:aws:iam::%s:%s", a.Scope.Account, resource)
}
