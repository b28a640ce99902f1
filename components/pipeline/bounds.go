package pipeline

import (
	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

// boundaryKey tells the permissions boundary of the role that is changed, or the one that it gets:
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awsidentityandaccessmanagementiam.html
const boundaryKey = "iam:PermissionsBoundary"

// kept are the actions that lose what is locked or cannot be had back, or that open what stores hold.
var kept = []string{
	"backup:DeleteBackupVault", "backup:DeleteBackupVaultAccessPolicy", "backup:DeleteBackupVaultLockConfiguration",
	"backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint*", "backup:UpdateRecoveryPointLifecycle",
	"dynamodb:DeleteBackup", "dynamodb:DeleteTable*", "elasticache:DeleteGlobalReplicationGroup",
	"elasticache:DeleteReplicationGroup", "kms:DisableKey", "kms:ScheduleKeyDeletion",
	"rds:DeleteDBCluster", "rds:DeleteDBClusterAutomatedBackup", "rds:DeleteDBClusterSnapshot",
	"rds:DeleteGlobalCluster", "rds:RemoveFromGlobalCluster", "s3:BypassGovernanceRetention", "s3:DeleteBucket",
	"s3:DeleteObjectVersion", "s3:PutObjectLegalHold", "s3:PutObjectRetention", "sqs:DeleteQueue", "sqs:PurgeQueue",
	"sqs:ReceiveMessage",
}

// bounds is what no update may do, whatever else allows it: lose what is
// locked or cannot be had back, touch where the state stands, be another role, make a role without the boundary.
func (a Args) bounds(home naming.Scope) iampolicy.Document {
	others := []string{a.iam("role/" + a.Scope.System + "-pipeline-*")}
	for _, h := range a.Homes {
		if h.Home != home.Home {
			others = append(others, a.iam("role/"+h.Role("*")))
		}
	}
	return iampolicy.Document{Statements: []iampolicy.Statement{
		deny("Kept", kept, "*"),
		deny("StateBuckets", []string{
			"s3:DeleteBucketPolicy", "s3:PutBucket*", "s3:PutEncryptionConfiguration", "s3:PutLifecycleConfiguration",
			"s3:PutReplicationConfiguration",
		}, a.stateBuckets()...),
		denied(a.decrypts("StateKeys", "*", "kms:CreateGrant", "kms:PutKeyPolicy", "kms:TagResource",
			"kms:UntagResource", "kms:UpdateAlias", "kms:DeleteAlias", "kms:UpdateKeyDescription")),
		deny("StateAliases", []string{"kms:CreateAlias", "kms:DeleteAlias", "kms:UpdateAlias"},
			a.everywhere("kms", a.Scope.StateAlias("")+"*")),
		deny("OtherRoles", []string{
			"iam:AttachRolePolicy", "iam:CreateRole", "iam:DeleteRole*", "iam:DetachRolePolicy", "iam:PassRole",
			"iam:PutRole*", "iam:TagRole", "iam:UntagRole", "iam:UpdateAssumeRolePolicy", "iam:UpdateRole*",
		}, others...),
		deny("Unbounded", []string{
			"iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
		}, "*").With(iampolicy.Condition{
			Operator: "StringNotEquals", Key: boundaryKey, Values: []string{home.Boundary(), home.RecoveryBoundary()},
		}),
		iampolicy.Statement{Sid: "RecoveryAlone", Effect: iampolicy.Deny, NotResources: []string{a.recovering(home)},
			Actions: []string{"iam:AttachRolePolicy", "iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"},
		}.With(iampolicy.Condition{Operator: "StringEquals", Key: boundaryKey, Values: []string{home.RecoveryBoundary()}}),
		deny("Unbind", []string{"iam:DeleteRolePermissionsBoundary"}, "*"),
		deny("Policies", []string{
			"iam:CreatePolicyVersion", "iam:DeletePolicy*", "iam:SetDefaultPolicyVersion", "iam:TagPolicy", "iam:UntagPolicy",
		}, a.iam("policy/"+a.Scope.System+"-pipeline-*")),
		deny("NoOtherRole", []string{"sts:AssumeRole"}, "*"),
	}}
}

// deny denies actions on resources, whatever else allows them.
func deny(sid string, actions []string, resources ...string) iampolicy.Statement {
	return iampolicy.Statement{Sid: sid, Effect: iampolicy.Deny, Actions: actions, Resources: resources}
}

// denied is the statement turned round.
func denied(s iampolicy.Statement) iampolicy.Statement {
	s.Effect = iampolicy.Deny
	return s
}

// stateBuckets are the ARNs of the state's buckets.
func (a Args) stateBuckets() []string {
	var out []string
	for _, b := range a.StateBuckets {
		out = append(out, "arn:aws:s3:::"+b)
	}
	return out
}
