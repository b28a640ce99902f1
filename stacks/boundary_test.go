package stacks

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iamtest"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

// whole is the example's home with the other in sight, with changed settings.
func whole(t *testing.T, at system.Home, change func(*Config)) *pulumitest.Recorder {
	t.Helper()
	c := settings(at)
	c.PeerReady = true
	if change != nil {
		change(&c)
	}
	return pulumitest.Run(t, deploy(c, example(t)), region(c.Region), reference(t, "own-last", nil),
		reference(t, "peer", seen(at.Peer())))
}

func bounded(c *Config) { c.PermissionsBoundary = true }

// TestDeploy_boundsEveryRoleWhenItIsTold walks all that both homes declare: whichever component makes a role, now or
// later, it has the boundary. Nothing else changes.
func TestDeploy_boundsEveryRoleWhenItIsTold(t *testing.T) {
	t.Parallel()
	for _, at := range system.Homes {
		before, after := whole(t, at, nil), whole(t, at, bounded)
		var want []string
		for _, role := range after.OfType("aws:iam/role:Role") {
			assert.Equal(t, "arn:aws:iam::123456789012:policy/atlas-pipeline-boundary-"+string(at),
				role.Values()["permissionsBoundary"], role.Name)
			want = append(want, role.Name+" permissionsBoundary")
		}
		require.Greater(t, len(want), 20)
		changed, replaced := pulumitest.Diff(before, after)
		slices.Sort(want)
		assert.Equal(t, want, changed, "nothing but roles changes, and without the setting none has a boundary")
		assert.Empty(t, replaced)
	}
}

// TestDrift_readsWhatARefreshReads: the versions of secrets and the objects that both homes declare.
func TestDrift_readsWhatARefreshReads(t *testing.T) {
	t.Parallel()
	grants := pipelineOf(t, "atlas", exampleRegions)
	for _, at := range system.Homes {
		r, c := whole(t, at, nil), settings(at)
		may := func(action, resource string, role string) bool {
			return iamtest.Allowed(t, iamtest.Request{Action: action, Resource: resource, Keys: map[string]string{
				"aws:RequestedRegion": c.Region}}, grants["read-policy"], grants[role+"-policy"])
		}
		asked := 0
		ask := func(action, resource string) {
			asked++
			assert.True(t, may(action, resource, "drift"), "%s %s", action, resource)
			assert.False(t, may(action, resource, "preview"), "%s %s", action, resource)
		}
		for _, s := range r.OfType("aws:secretsmanager/secret:Secret") {
			ask("secretsmanager:GetSecretValue", c.Scope("atlas").ARN("secretsmanager", "secret:"+s.Values()["name"].(string)+"-AbCdEf"))
		}
		for _, o := range r.OfType("aws:s3/bucketObjectv2:BucketObjectv2") {
			v := o.Values()
			for _, action := range []string{"s3:GetObject", "s3:GetObjectTagging"} {
				ask(action, "arn:aws:s3:::"+v["bucket"].(string)+"/"+v["key"].(string))
			}
		}
		assert.Greater(t, asked, 8)
	}
}
