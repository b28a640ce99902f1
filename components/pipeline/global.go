package pipeline

import (
	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

// attachable are the policies of AWS that the program attaches to its roles. A
// deploy role can attach no others.
var attachable = []string{
	"AWSBackupServiceRolePolicyForS3Backup", "AWSBackupServiceRolePolicyForS3Restore",
	"AmazonEC2ContainerRegistryPullOnly",
	"AmazonEKSClusterPolicy", "AmazonEKSWorkerNodePolicy", "AmazonEKS_CNI_Policy",
	"service-role/AWSBackupServiceRolePolicyForBackup", "service-role/AWSBackupServiceRolePolicyForRestores",
	"service-role/AWS_ConfigRole", "service-role/AmazonRDSEnhancedMonitoringRole",
}

// passed are the services to which the program gives its roles.
var passed = []string{
	"appconfig.amazonaws.com",
	"backup.amazonaws.com", "config.amazonaws.com", "ec2.amazonaws.com", "eks.amazonaws.com", "events.amazonaws.com",
	"fis.amazonaws.com", "lambda.amazonaws.com", "monitoring.rds.amazonaws.com", "pods.eks.amazonaws.com", "rds.amazonaws.com", "s3.amazonaws.com",
	"scheduler.amazonaws.com", "states.amazonaws.com", "vpc-flow-logs.amazonaws.com",
}

// global is what an update changes outside its region: the home's own roles, by
// their names; the domain's records, which both homes share; the other home, where a replica is asked for
// there; the home's own state.
func (a Args) global(home naming.Scope) iampolicy.Document {
	return iampolicy.Document{Statements: append([]iampolicy.Statement{
		{Sid: "New", Resources: []string{"*"}, Actions: []string{ // there is no ARN yet
			"route53:CreateHealthCheck", "route53:CreateHostedZone", "route53-recovery-control-config:CreateCluster",
		}},
		{Sid: "Names", Resources: []string{"arn:aws:route53:::healthcheck/*", "arn:aws:route53:::hostedzone/*"},
			Actions: []string{
				"route53:AssociateVPCWithHostedZone", "route53:ChangeResourceRecordSets", "route53:ChangeTagsForResource",
				"route53:DeleteHealthCheck", "route53:DisassociateVPCFromHostedZone", "route53:UpdateHealthCheck",
				"route53:UpdateHostedZoneComment",
			}},
		{Sid: "Switch", Resources: []string{"arn:aws:route53-recovery-control::" + a.Scope.Account + ":*"}, Actions: []string{
			"route53-recovery-control-config:CreateControlPanel", "route53-recovery-control-config:CreateRoutingControl",
			"route53-recovery-control-config:CreateSafetyRule", "route53-recovery-control-config:TagResource",
			"route53-recovery-control-config:UntagResource", "route53-recovery-control-config:Update*",
		}},
		a.replicas(home),
		{Sid: "ReplicaKeys", Actions: []string{"kms:ReplicateKey"}, Resources: []string{a.everywhere("kms", "key/mrk-*")}},
		{Sid: "State", Actions: []string{"s3:PutObject", "s3:DeleteObject"},
			Resources: a.stateObjects(".pulumi/*/" + a.Project + "/" + string(home.Home) + "*")},
		a.decrypts("StateBucket", "", "kms:GenerateDataKey"),
		a.decrypts("StateSecrets", string(home.Home), "kms:Encrypt"),
	}, a.roles(home)...)}
}

// replicas is what DynamoDB asks of who adds a replica, in the region of the table that it is added to:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/globaltables-security.html
func (a Args) replicas(home naming.Scope) iampolicy.Statement {
	return iampolicy.Statement{Sid: "Replicas", Actions: []string{
		"dynamodb:BatchWriteItem", "dynamodb:CreateTable", "dynamodb:CreateTableReplica", "dynamodb:DeleteItem",
		"dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:Query", "dynamodb:Scan", "dynamodb:UpdateItem",
		"dynamodb:UpdateTable",
	}, Resources: []string{a.everywhere("dynamodb", "table/"+home.System+"-*")}}
}

// roles lets an update make the home's roles, and give them to services. Their
// names begin with the system's and end with the home's region. What gives a role rights is allowed under the home's
// boundary only, so that no role can do what the boundary does not let it:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
func (a Args) roles(home naming.Scope) []iampolicy.Statement {
	own := []string{a.iam("role/" + home.Role("*"))}
	var arns []string
	for _, name := range attachable {
		arns = append(arns, "arn:aws:iam::aws:policy/"+name)
	}
	bounded := iampolicy.Condition{Operator: "StringEquals", Key: boundaryKey, Values: []string{home.Boundary()}}
	return []iampolicy.Statement{
		{Sid: "Roles", Resources: own, Actions: []string{
			"iam:DeleteRole", "iam:DeleteRolePolicy", "iam:DetachRolePolicy", "iam:TagRole", "iam:UntagRole",
			"iam:UpdateAssumeRolePolicy", "iam:UpdateRole",
		}},
		iampolicy.Statement{Sid: "Grant", Resources: own, Actions: []string{
			"iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
		}}.With(bounded),
		iampolicy.Statement{Sid: "GrantRecovery", Resources: []string{a.recovering(home)}, Actions: []string{
			"iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
		}}.With(iampolicy.Condition{Operator: "StringEquals", Key: boundaryKey, Values: []string{home.RecoveryBoundary()}}),
		iampolicy.Statement{Sid: "Attach", Resources: own, Actions: []string{"iam:AttachRolePolicy"}}.
			With(iampolicy.Condition{Operator: "ArnEquals", Key: "iam:PolicyARN", Values: arns}).With(bounded),
		iampolicy.Statement{Sid: "Pass", Resources: own, Actions: []string{"iam:PassRole"}}.
			With(iampolicy.Condition{Operator: "StringEquals", Key: "iam:PassedToService", Values: passed}),
		{Sid: "ServiceRoles", Actions: []string{"iam:CreateServiceLinkedRole"},
			Resources: []string{a.iam("role/aws-service-role/*")}},
	}
}
