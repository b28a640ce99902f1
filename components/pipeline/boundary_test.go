package pipeline_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/iampolicy"
	"redoubt/internal/iamtest"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
)

const (
	arn       = "arn:aws:iam::" + account + ":"
	boundary  = arn + "policy/agora0-pipeline-boundary-primary"
	another   = arn + "policy/agora0-pipeline-boundary-secondary"
	roleOfOwn = arn + "role/agora0-agent-x-eu-west-1"
)

// TestDeploy_givesNoRoleMoreThanTheBoundary asks what a deploy role may do to roles, and under which boundary, by what
// it is allowed alone: its denials are not asked.
func TestDeploy_givesNoRoleMoreThanTheBoundary(t *testing.T) {
	t.Parallel()
	docs := of(t, "deploy-primary", "bounds")
	const node = "arn:aws:iam::aws:policy/AmazonEKSWorkerNodePolicy"
	ask := func(action, resource, under, policy string) bool {
		return iamtest.Allowed(t, iamtest.Request{Action: action, Resource: resource, Keys: map[string]string{
			"iam:PermissionsBoundary": under, "iam:PolicyARN": policy, "aws:RequestedRegion": "us-east-1"}}, docs...)
	}
	for _, action := range []string{"CreateRole", "PutRolePermissionsBoundary", "PutRolePolicy", "AttachRolePolicy"} {
		action = "iam:" + action
		assert.True(t, ask(action, roleOfOwn, boundary, node), action)
		assert.False(t, ask(action, roleOfOwn, "", node), "%s without a boundary", action)
		assert.False(t, ask(action, roleOfOwn, another, node), "%s under the other home's boundary", action)
		assert.False(t, ask(action, roleOfOwn, arn+"policy/mine", node), "%s under a boundary of one's own", action)
		assert.False(t, ask(action, arn+"role/agora0-agent-x-eu-central-1", boundary, node), "%s of the other home", action)
	}
	assert.False(t, ask("iam:AttachRolePolicy", roleOfOwn, boundary, "arn:aws:iam::aws:policy/AdministratorAccess"))
	assert.False(t, ask("iam:DeleteRolePermissionsBoundary", roleOfOwn, boundary, ""))
	for _, action := range []string{"CreatePolicyVersion", "DeletePolicy", "DeletePolicyVersion", "SetDefaultPolicyVersion"} {
		assert.False(t, ask("iam:"+action, boundary, "", ""), "%s of the boundary", action)
		assert.False(t, ask("iam:"+action, arn+"policy/agora0-pipeline-deploy-primary-bounds", "", ""), action)
	}
	for _, role := range []string{"preview", "drift", "deploy-primary", "deploy-secondary"} {
		for _, action := range []string{"PutRolePolicy", "AttachRolePolicy", "DetachRolePolicy", "DeleteRolePolicy",
			"UpdateAssumeRolePolicy", "PutRolePermissionsBoundary", "DeleteRole", "PassRole"} {
			assert.False(t, ask("iam:"+action, arn+"role/agora0-pipeline-"+role, boundary, node), "%s of %s", action, role)
		}
	}
}

// TestDeploy_isBoundedTwice: with every right beside its policies, a deploy role makes no role without the boundary.
func TestDeploy_isBoundedTwice(t *testing.T) {
	t.Parallel()
	all := iampolicy.Document{Statements: []iampolicy.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}}
	docs := append(of(t, "deploy-primary"), all)
	ask := func(action, resource, under string) bool {
		return iamtest.Allowed(t, iamtest.Request{Action: action, Resource: resource, Keys: map[string]string{
			"iam:PermissionsBoundary": under}}, docs...)
	}
	for _, action := range []string{"iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy",
		"iam:AttachRolePolicy"} {
		assert.True(t, ask(action, roleOfOwn, boundary))
		assert.False(t, ask(action, arn+"role/anything", ""), action)
		assert.False(t, ask(action, arn+"role/anything", another), action)
	}
	assert.False(t, ask("iam:DeleteRolePermissionsBoundary", roleOfOwn, ""))
	assert.False(t, ask("iam:CreatePolicyVersion", boundary, ""))
}

// most are the boundaries by home.
func most(t *testing.T) map[string]iampolicy.Document {
	t.Helper()
	docs := documents(t)
	return map[string]iampolicy.Document{"primary": docs["boundary-primary"], "secondary": docs["boundary-secondary"]}
}

func TestBoundary_isCalledAsTheHomesCallIt(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, suite().Program(args(0)))
	for _, home := range args(0).Homes {
		made := r.Get(t, "aws:iam/policy:Policy", "main-boundary-"+string(home.Home)).Values()["name"]
		assert.Equal(t, made, naming.Last(home.Boundary()))
	}
	assert.Equal(t, boundary, args(0).Homes[0].Boundary())
}

// TestBoundary_letsNoRoleOut: what would make a role more than a role of the home, or lose what is kept.
func TestBoundary_letsNoRoleOut(t *testing.T) {
	t.Parallel()
	for home, doc := range most(t) {
		own := map[string]string{"primary": "eu-west-1", "secondary": "eu-central-1"}[home]
		peer := map[string]string{"primary": "eu-central-1", "secondary": "eu-west-1"}[home]
		// A policy of a resource may allow what the boundary only does not; what it denies is denied.
		all := iampolicy.Document{Statements: []iampolicy.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}}
		for _, action := range []string{
			"iam:CreateRole", "iam:PassRole", "iam:PutRolePolicy", "iam:CreateUser", "sts:AssumeRole",
			"backup:DeleteRecoveryPoint", "backup:DeleteBackupVault", "dynamodb:DeleteTable", "rds:DeleteDBCluster",
			"kms:ScheduleKeyDeletion", "s3:DeleteBucket", "s3:BypassGovernanceRetention", "s3:DeleteObjectVersion",
			"sqs:DeleteQueue",
		} {
			assert.False(t, iamtest.Allowed(t, iamtest.Request{Action: action, Resource: "arn:x", Keys: map[string]string{
				"aws:RequestedRegion": own}}, doc, all), action)
		}
		for _, action := range []string{"s3:GetObject", "s3:PutObject", "s3:DeleteObject"} {
			assert.False(t, iamtest.Allowed(t, iamtest.Request{Action: action,
				Resource: "arn:aws:s3:::agora-state-1/.pulumi/stacks/x"}, doc, all), "%s of the state", action)
		}
		assert.False(t, iamtest.Allowed(t, iamtest.Request{Action: "kms:Decrypt",
			Resource: "arn:aws:kms:" + own + ":123456789012:key/mrk-1", Keys: map[string]string{
				"aws:RequestedRegion": own, "kms:ResourceAliases": "alias/agora0-state-primary"}}, doc, all), "the state's keys")
		for _, action := range []string{"dynamodb:PutItem", "secretsmanager:GetSecretValue", "sqs:SendMessage",
			"ec2:CreateTags", "elasticache:Connect"} {
			r := iamtest.Request{Action: action, Resource: "arn:x", Keys: map[string]string{"aws:RequestedRegion": peer}}
			assert.False(t, iamtest.Allowed(t, r, doc), "%s in the other home's region", action)
			r.Keys["aws:RequestedRegion"] = own
			assert.True(t, iamtest.Allowed(t, r, doc), "%s in its own", action)
		}
	}
}

// TestBoundary_lacksNothingThatAWSsOwnPoliciesAreAttachedFor: an action of each of them without which what it is
// attached for would stand still, in the region where it happens.
func TestBoundary_lacksNothingThatAWSsOwnPoliciesAreAttachedFor(t *testing.T) {
	t.Parallel()
	doc := most(t)["primary"]
	for region, actions := range map[string][]string{
		"eu-west-1": {
			"ec2:CreateNetworkInterface", "ec2:AssignPrivateIpAddresses", "ec2:UnassignPrivateIpAddresses", // pods' addresses
			"eks:DescribeCluster", "eks-auth:AssumeRoleForPodIdentity", "ec2:DescribeInstances", // a node joins
			"ecr:GetAuthorizationToken", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer", // images
			"logs:CreateLogStream", "logs:PutLogEvents", // enhanced monitoring
			"rds:CreateDBClusterSnapshot", "dynamodb:StartAwsBackupJob", "s3:GetObjectVersion", "s3:PutBucketNotification",
			"events:PutRule", "rds:DeleteDBClusterSnapshot", "kms:CreateGrant", "tag:GetResources", // backups
			"rds:RestoreDBClusterFromSnapshot", "rds:RestoreDBClusterToPointInTime", "dynamodb:RestoreTableFromAwsBackup",
			"s3:CreateBucket", "s3:PutObject", // restores and their tests
		},
		"eu-central-1": {"backup:CopyIntoBackupVault", "rds:CopyDBClusterSnapshot", "kms:GenerateDataKey"}, // copies
	} {
		for _, action := range actions {
			assert.True(t, iamtest.Allowed(t, iamtest.Request{Action: action, Resource: "arn:aws:s3:::x/y",
				Keys: map[string]string{"aws:RequestedRegion": region}}, doc), "%s in %s", action, region)
		}
	}
}

// TestBoundary_sparesOnlyWhatItAllows: whatever is kept from updates is denied to roles, or allowed for a reason.
func TestBoundary_sparesOnlyWhatItAllows(t *testing.T) {
	t.Parallel()
	docs := documents(t)
	denied := statement(t, docs["boundary-primary"], "Kept").Actions
	var spared []string
	for _, action := range statement(t, docs["deploy-primary-bounds-policy"], "Kept").Actions {
		if !slices.Contains(denied, action) {
			spared = append(spared, action)
		}
	}
	assert.Equal(t, []string{"elasticache:DeleteReplicationGroup", "rds:DeleteDBClusterSnapshot", "sqs:ReceiveMessage"}, spared)
}
