package pipeline_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/iamtest"
	"redoubt/recovery/rights"
)

const (
	recovers    = "arn:aws:iam::" + account + ":role/agora0-recover-eu-west-1"
	forRecovery = boundary + "-recovery"
)

// TestRecoveryBoundary_letsPlansThroughAndNothingElse: every action of a plan's call, of the function and of its machine,
// in both homes' regions; no action besides.
func TestRecoveryBoundary_letsPlansThroughAndNothingElse(t *testing.T) {
	t.Parallel()
	doc := documents(t)["boundary-primary-recovery"]
	want := slices.Concat(rights.Actions(), rights.Placed())
	require.Greater(t, len(want), 70)
	may := func(action, resource, region string) bool {
		return iamtest.Allowed(t, iamtest.Request{Action: action, Resource: resource,
			Keys: map[string]string{"aws:RequestedRegion": region}}, doc)
	}
	for _, action := range want {
		for _, region := range []string{"eu-west-1", "eu-central-1"} {
			on := "arn:aws:iam::" + account + ":role/agora0-backup-x"
			switch {
			case strings.HasPrefix(action, "route53:"):
				on = "arn:aws:route53:::hostedzone/Z1"
			case action == "route53-recovery-cluster:UpdateRoutingControlStates":
				on = "arn:aws:route53-recovery-control::" + account + ":controlpanel/p/routingcontrol/c"
			}
			assert.True(t, may(action, on, region), "%s in %s", action, region)
		}
	}
	var granted []string
	for _, s := range doc.Statements {
		if s.Effect != iampolicy.Deny {
			granted = append(granted, s.Actions...)
		}
	}
	for _, action := range granted {
		assert.Contains(t, want, action)
		assert.NotContains(t, action, "*")
	}
	assert.False(t, may("dynamodb:PutItem", "arn:x", "us-east-1"), "no third region")
	word := "arn:aws:dynamodb:eu-north-1:" + account + ":table/agora0-arbiter"
	assert.True(t, may("dynamodb:UpdateItem", word, "eu-north-1"))
	assert.False(t, may("dynamodb:PutItem", word, "eu-north-1"))
	assert.False(t, may("dynamodb:UpdateItem", strings.Replace(word, "agora0", "other", 1), "eu-north-1"))
	assert.True(t, may("route53:ChangeResourceRecordSets", "arn:aws:route53:::hostedzone/Z1", "us-east-1"))
	assert.False(t, may("iam:PassRole", "arn:aws:iam::"+account+":role/administrator", "us-east-1"))
	assert.False(t, may("s3:PutObject", "arn:aws:s3:::agora-state-1/.pulumi/stacks/x", "eu-west-1"), "the state")
	all := iampolicy.Document{Statements: []iampolicy.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}}
	for _, action := range []string{"sts:AssumeRole", "backup:DeleteRecoveryPoint", "dynamodb:DeleteTable", "rds:DeleteDBCluster",
		"kms:ScheduleKeyDeletion", "s3:BypassGovernanceRetention", "sqs:PurgeQueue"} {
		assert.False(t, iamtest.Allowed(t, iamtest.Request{Action: action, Resource: "arn:x"}, doc, all), action)
	}
}

// TestDeploy_givesTheRecoveryBoundaryToRolesThatRecover, and to no other, whatever is attached beside.
func TestDeploy_givesTheRecoveryBoundaryToRolesThatRecover(t *testing.T) {
	t.Parallel()
	docs := of(t, "deploy-primary")
	all := iampolicy.Document{Statements: []iampolicy.Statement{{Actions: []string{"*"}, Resources: []string{"*"}}}}
	for _, action := range []string{"iam:CreateRole", "iam:PutRolePermissionsBoundary", "iam:PutRolePolicy"} {
		ask := func(role, under string, docs ...iampolicy.Document) bool {
			return iamtest.Allowed(t, iamtest.Request{Action: action, Resource: role, Keys: map[string]string{
				"iam:PermissionsBoundary": under, "aws:RequestedRegion": "us-east-1"}}, docs...)
		}
		other := strings.Replace(recovers, "eu-west-1", "eu-central-1", 1)
		assert.True(t, ask(recovers, forRecovery, docs...), action)
		assert.True(t, ask(strings.Replace(recovers, "recover-", "recover-machine-", 1), forRecovery, docs...), action)
		for _, widened := range [][]iampolicy.Document{docs, append(slices.Clone(docs), all)} {
			assert.False(t, ask(roleOfOwn, forRecovery, widened...), "%s of another role", action)
			assert.False(t, ask(other, forRecovery, widened...), "%s of the other home", action)
			assert.False(t, ask(recovers, strings.Replace(forRecovery, "primary", "secondary", 1), widened...), action)
			assert.False(t, ask(recovers, "", widened...), "%s without a boundary", action)
		}
	}
}
