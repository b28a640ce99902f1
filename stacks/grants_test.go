package stacks_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/iamtest"
	"redoubt/internal/pulumitest"
	"redoubt/system"
	"redoubt/tests/example"
)

// TestDeploy_givesRolesNoMoreThanTheirBoundary: what a home's roles are granted is within the boundary of the home, so
// that the boundary takes nothing away.
func TestDeploy_givesRolesNoMoreThanTheirBoundary(t *testing.T) {
	t.Parallel()
	made := example.Pipeline(t)
	for n, at := range system.Homes {
		text := made.Get(t, "aws:iam/policy:Policy", "pipeline-boundary-"+string(at)).Values()["policy"].(string)
		boundary, err := iampolicy.Parse(text)
		require.NoError(t, err)
		asked := 0
		for _, policy := range example.Leased(t, at).OfType("aws:iam/rolePolicy:RolePolicy") {
			doc, err := iampolicy.Parse(policy.Values()["policy"].(string))
			require.NoError(t, err)
			for _, s := range doc.Statements {
				asked += within(t, boundary, s, example.Regions()[n], policy)
			}
		}
		assert.Greater(t, asked, 100, at)
		mayRecover(t, made, at, example.Regions()[n])
		there := iamtest.Request{Resource: "*", Keys: map[string]string{"aws:RequestedRegion": example.Regions()[1-n]}}
		for _, action := range []string{"cloudwatch:PutMetricData", "dynamodb:PutItem", "elasticache:Connect"} {
			for role, reaches := range map[string]bool{"prober": true, "witness": true, "agent-planner": false} {
				there.Action, there.Keys["aws:PrincipalArn"] = action, "arn:aws:iam::123456789012:role/atlas-"+role+"-"+example.Regions()[n]
				assert.Equal(t, reaches, iamtest.Allowed(t, there, boundary), "%s: %s, %s in the other home", at, role, action)
			}
		}
		for role, reaches := range map[string]bool{"keeper": true, "observer": true, "agent-planner": false} {
			in := example.Regions()[n]
			assert.Equal(t, reaches, iamtest.Allowed(t, iamtest.Request{Action: "dynamodb:PutItem",
				Resource: "arn:aws:dynamodb:" + example.Third + ":123456789012:table/atlas-arbiter", Keys: map[string]string{
					"aws:RequestedRegion": example.Third, "aws:PrincipalArn": "arn:aws:iam::123456789012:role/atlas-" + role + "-" + in,
				}}, boundary), "%s: %s at the arbiter's table", at, role)
			assert.True(t, iamtest.Allowed(t, iamtest.Request{Action: "dynamodb:GetItem",
				Resource: "arn:aws:dynamodb:" + example.Third + ":123456789012:table/atlas-arbiter", Keys: map[string]string{
					"aws:RequestedRegion": example.Third, "aws:PrincipalArn": "arn:aws:iam::123456789012:role/atlas-" + role + "-" + in,
				}}, boundary), "%s: %s reads the lease there", at, role)
		}
	}
}

// mayRecover holds that what the roles which recover a home are granted is within the boundary that they have.
func mayRecover(t *testing.T, made *pulumitest.Recorder, at system.Home, own string) {
	t.Helper()
	text := made.Get(t, "aws:iam/policy:Policy", "pipeline-boundary-"+string(at)+"-recovery").Values()["policy"].(string)
	boundary, err := iampolicy.Parse(text)
	require.NoError(t, err)
	asked := 0
	for _, policy := range example.Recovering(t, at).OfType("aws:iam/rolePolicy:RolePolicy") {
		if !strings.HasPrefix(policy.Name, "recovery-") {
			continue
		}
		doc, err := iampolicy.Parse(policy.Values()["policy"].(string))
		require.NoError(t, err)
		for _, s := range doc.Statements {
			if s.Effect != iampolicy.Deny {
				asked += within(t, boundary, s, own, policy)
			}
		}
	}
	assert.Greater(t, asked, 100, at)
}

// within holds that a boundary lets all of a statement through, and returns how much that is. A resource whose ARN
// names no region is asked in the home's own, and so is one whose ARN the mocks made up.
func within(t *testing.T, boundary iampolicy.Document, s iampolicy.Statement, own string, of *pulumitest.Resource,
) (asked int) {
	t.Helper()
	policy := of.Name
	role := fmt.Sprintf("arn:aws:iam::123456789012:role/%s", of.Values()["role"])
	for _, action := range s.Actions {
		for _, resource := range s.Resources {
			asked++
			in := own
			if parts := strings.SplitN(resource, ":", 6); len(parts) == 6 && parts[2] != "mock" && parts[3] != "" {
				in = parts[3]
			}
			assert.True(t, iamtest.Allowed(t, iamtest.Request{Action: action, Resource: resource,
				Keys: map[string]string{"aws:RequestedRegion": in, "aws:PrincipalArn": role}}, boundary), "%s: %s on %s", policy, action, resource)
		}
	}
	return asked
}
