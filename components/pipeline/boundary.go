package pipeline

import (
	"slices"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

// inHome are the actions that some role of a home needs in the home's own region: what the program grants, and
// what AWS's own policies (attachable) grant for the services that the homes use. A role has far less of it.
var inHome = []string{
	"appconfig:GetLatestConfiguration", "appconfig:StartConfigurationSession",
	"autoscaling:Describe*", "autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup",
	"backup:CopyFromBackupVault", "backup:CopyIntoBackupVault", "backup:Describe*", "backup:Get*", "backup:List*",
	"backup:PutRestoreValidationResult", "backup:StartRestoreJob", "backup:TagResource",
	"cloudwatch:*MetricData", "cloudwatch:DescribeAlarms",
	"config:BatchGet*", "config:Describe*", "config:Get*", "config:List*", "config:PutConfigurationRecorder",
	"dynamodb:Batch*Item", "dynamodb:ConditionCheckItem", "dynamodb:CreateBackup", "dynamodb:DeleteItem",
	"dynamodb:Describe*", "dynamodb:GetItem", "dynamodb:ListTagsOfResource", "dynamodb:PutItem", "dynamodb:Query",
	"dynamodb:RestoreTable*", "dynamodb:Scan", "dynamodb:StartAwsBackupJob", "dynamodb:UpdateItem",
	"ec2:*SecurityGroupIngress", "ec2:*ssignPrivateIpAddresses", "ec2:*tachNetworkInterface",
	"ec2:CreateNetworkInterface", "ec2:CreateSecurityGroup", "ec2:CreateTags", "ec2:DeleteNetworkInterface",
	"ec2:DeleteSecurityGroup", "ec2:Describe*", "ec2:ModifyNetworkInterfaceAttribute",
	"ecr:BatchGetImage", "ecr:GetAuthorizationToken", "ecr:GetDownloadUrlForLayer",
	"eks-auth:AssumeRoleForPodIdentity", "eks:Describe*", "eks:List*",
	"elasticache:AddTagsToResource", "elasticache:Connect", "elasticache:CopySnapshot",
	"elasticache:CreateReplicationGroup", "elasticache:DeleteReplicationGroup", "elasticache:Describe*",
	"elasticloadbalancing:*egisterTargets", "elasticloadbalancing:Describe*",
	"events:*Rule", "events:*Targets", "events:ListRules",
	"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*",
	"logs:CreateLog*", "logs:DescribeLog*", "logs:GetLogEvents", "logs:PutLogEvents", "logs:PutRetentionPolicy",
	"rds:*DBClusterSnapshot*", "rds:AddTagsToResource", "rds:CreateDBInstance", "rds:DeleteDBInstance", "rds:Describe*",
	"rds:ListTagsForResource",
	"rds:ModifyDBCluster", "rds:RestoreDBCluster*",
	"secretsmanager:DescribeSecret", "secretsmanager:GetSecretValue",
	"sns:Publish",
	"sqs:ChangeMessageVisibility", "sqs:DeleteMessage", "sqs:GetQueue*", "sqs:ReceiveMessage", "sqs:SendMessage",
	"ssm:GetParameter",
	"states:StartExecution",
}

// experimenting are what the roles of components/chaos need in the home's region, and nobody else: what the declared
// experiments break there on purpose, and what starts and stops them.
var experimenting = []string{
	"dynamodb:*ResourcePolicy",
	"ec2:*ManagedPrefixList*", "ec2:*NetworkAcl*", "ec2:*RouteTable*", "ec2:CreateRoute", "ec2:InjectApiError", "ec2:ModifyVpcEndpoint",
	"ec2:StartInstances", "ec2:StopInstances", "ec2:TerminateInstances",
	"elasticache:InterruptClusterAzPower", "fis:*Experiment*", "fis:InjectApi*", "logs:*ResourcePolic*",
	"rds:FailoverDBCluster", "s3:PauseReplication", "s3:PutReplicationConfiguration",
}

// inPeer are the actions of copies: what a role of the home does in the region of the other one.
var inPeer = []string{
	"backup:CopyIntoBackupVault", "backup:DescribeBackupVault", "backup:TagResource",
	"kms:CreateGrant", "kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey*", "kms:ReEncrypt*",
	"rds:AddTagsToResource", "rds:CopyDBClusterSnapshot", "rds:Describe*", "rds:ListTagsForResource",
}

// onBuckets are those of S3, whose ARNs know no region: replication, agents, backups, exports.
var onBuckets = []string{
	"s3:AbortMultipartUpload", "s3:CreateBucket", "s3:DeleteObject", "s3:GetBucket*", "s3:GetInventoryConfiguration",
	"s3:GetObject*", "s3:GetReplicationConfiguration", "s3:ListBucket*", "s3:ListMultipartUploadParts",
	"s3:PutBucketNotification", "s3:PutBucketOwnershipControls", "s3:PutBucketVersioning",
	"s3:PutInventoryConfiguration", "s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectTagging", "s3:PutObjectVersionAcl",
	"s3:Replicate*",
}

// spared are the actions among kept that a role of a home needs nevertheless: the state machine of a cache deletes
// the group that its test restored, AWS Backup the snapshots whose time is over, an agent takes its work.
var spared = []string{"elasticache:DeleteReplicationGroup", "rds:DeleteDBClusterSnapshot", "sqs:ReceiveMessage"}

// boundary is the most that any role made by the home may do, whatever its policies say. It grants nothing. Its
// denials also hold against what a policy of a resource would allow
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html).
func (a Args) boundary(home naming.Scope) iampolicy.Document {
	peer := home
	for _, h := range a.Homes {
		if h.Home != home.Home {
			peer = h
		}
	}
	return iampolicy.Document{Statements: append(a.beyond(home), []iampolicy.Statement{
		inRegion("Home", home, inHome, "*"),
		inRegion("Copies", peer, inPeer, "*"),
		a.byExperiments(home, inRegion("Experiments", home, experimenting, "*")),
		a.byExperiments(home, inRegion("Guard", peer, []string{"events:PutEvents"}, peer.ARN("events", "event-bus/default"))),
		{Sid: "Buckets", Actions: onBuckets, Resources: []string{"arn:aws:s3:::*"}},
		{Sid: "Lists", Actions: []string{"s3:ListAllMyBuckets", "tag:GetResources"}, Resources: []string{"*"}},
		deny("NoRights", []string{"iam:*", "sts:AssumeRole*"}, "*"),
		deny("Kept", slices.DeleteFunc(slices.Clone(kept), func(action string) bool {
			return slices.Contains(spared, action)
		}), "*"),
		deny("State", []string{"s3:*"}, append(a.stateBuckets(), a.stateObjects("*")...)...),
		denied(a.decrypts("StateKeys", "*", "kms:*")),
	}...)}
}

// beyond lets the keepers and the observer of a home with an arbiter reach the tables of the other two regions, of which
// the arbiter's is not known here, its agents read the lease in them, and the prober leave its marks in the other home and put there what it knows of its own,
// and the witness write its marks there. Their own policies name the tables and the items (stacks/leases.go, stacks/prober.go,
// stacks/witness.go).
func (a Args) beyond(home naming.Scope) []iampolicy.Statement {
	keep := iampolicy.Statement{
		Sid: "Beyond",
		Actions: []string{"cloudwatch:PutMetricData", "dynamodb:DescribeTable", "dynamodb:GetItem", "dynamodb:PutItem",
			"elasticache:Connect", "kms:Decrypt", "kms:GenerateDataKey"},
		Resources: []string{"*"},
	}.With(iampolicy.Condition{Operator: "ArnEquals", Key: "aws:PrincipalArn", Values: []string{
		a.iam("role/" + home.Role("keeper")), a.iam("role/" + home.Role("observer")), a.iam("role/" + home.Role("prober")),
		a.iam("role/" + home.Role("witness"))}})
	look := iampolicy.Statement{Sid: "Lease", Actions: []string{"dynamodb:GetItem", "kms:Decrypt"}, Resources: []string{"*"}}.With(
		iampolicy.Condition{Operator: "StringLike", Key: "aws:PrincipalArn", Values: []string{a.iam("role/" + home.Role("agent-*"))}})
	return []iampolicy.Statement{keep, look}
}

// byExperiments is a statement for the roles of the home's experiments alone.
func (a Args) byExperiments(home naming.Scope, s iampolicy.Statement) iampolicy.Statement {
	return s.With(iampolicy.Condition{Operator: "StringLike", Key: "aws:PrincipalArn", Values: []string{a.iam("role/" + home.Role("chaos-*"))}})
}
