package stacks

import (
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/control/machine"
	"redoubt/internal/iamtest"
	"redoubt/internal/pulumitest"
	"redoubt/inventory"
	"redoubt/system"
)

const recoverPlace = "aws:ecr/repository:Repository"

var recoverDigest = "sha256:" + strings.Repeat("0a", 32)

func recovering(c *Config) { c.RecoveryImage = recoverDigest }

func TestLoad_takesATagOrADigestOfTheRecovery(t *testing.T) {
	t.Parallel()
	for image, recovers := range map[string]bool{"": false, "1": false, "2026-11.3": false, recoverDigest: true} {
		c, err := load(t, "Pulumi.primary.yaml", map[string]string{"recoveryImage": image})
		require.NoError(t, err, image)
		assert.Equal(t, recovers, c.recovers(), image)
	}
	for _, image := range []string{"sha256:0a", "redoubt/recover:1", ":1"} {
		_, err := load(t, "Pulumi.primary.yaml", map[string]string{"recoveryImage": image})
		require.ErrorContains(t, err, "redoubt:recoveryImage is", image)
	}
}

// TestDeploy_makesAPlaceForTheImageFirst: nothing without the setting, the place for the image with a tag.
func TestDeploy_makesAPlaceForTheImageFirst(t *testing.T) {
	t.Parallel()
	off := whole(t, system.Primary, nil)
	assert.Empty(t, off.OfType(machine.Type))
	tagged := whole(t, system.Primary, func(c *Config) { c.RecoveryImage = "1" })
	added, replaced := pulumitest.Diff(off, tagged)
	assert.Equal(t, []string{"+registry-redoubt/recover", "+registry-redoubt/recover-lifecycle"},
		slices.DeleteFunc(added, func(a string) bool { return !strings.HasPrefix(a, "+") }))
	assert.Empty(t, replaced)
}

// TestDeploy_recoversWhereItIsTold: all of it with a digest, under the boundary of the roles that recover.
func TestDeploy_recoversWhereItIsTold(t *testing.T) {
	t.Parallel()
	for _, at := range system.Homes {
		on := whole(t, at, func(c *Config) { recovering(c); bounded(c) })
		require.Len(t, on.OfType(machine.Type), 1)
		assert.Equal(t, "atlas/redoubt/recover", on.Get(t, recoverPlace, "registry-redoubt/recover").Values()["name"])
		recovers := 0
		for _, role := range on.OfType("aws:iam/role:Role") {
			want := "arn:aws:iam::123456789012:policy/atlas-pipeline-boundary-" + string(at)
			if strings.HasPrefix(role.Name, "recovery-") {
				want, recovers = want+"-recovery", recovers+1
			}
			assert.Equal(t, want, role.Values()["permissionsBoundary"], role.Name)
		}
		assert.Equal(t, 3, recovers)
	}
}

// TestDeploy_startsItselfWhereItIsTold: with the image's digest, the arbiter and the leases, and not before the other home
// stands; each that is missing is told.
func TestDeploy_startsItselfWhereItIsTold(t *testing.T) {
	t.Parallel()
	all := map[string]string{"automatic": "true", "recoveryImage": recoverDigest, "arbiterRegion": "eu-north-1", "leases": "true"}
	c, err := load(t, "Pulumi.primary.yaml", all)
	require.NoError(t, err)
	assert.True(t, c.Automatic)
	for missing, instead := range map[string]string{"recoveryImage": "1", "leases": "false"} {
		less := maps.Clone(all)
		less[missing] = instead
		_, err := load(t, "Pulumi.primary.yaml", less)
		require.ErrorContains(t, err, "redoubt:automatic is true, and that takes", missing)
	}
	const minutely, schedules = "recovery-minutely", "aws:scheduler/schedule:Schedule"
	names := func(r *pulumitest.Recorder) (out []string) {
		for _, one := range r.OfType(schedules) {
			out = append(out, one.Name)
		}
		return out
	}
	on := func(c *Config) { recovering(c); c.ArbiterRegion, c.Leases, c.Automatic = "eu-north-1", true, true }
	assert.Contains(t, names(whole(t, system.Secondary, on)), minutely)
	assert.NotContains(t, names(whole(t, system.Secondary, recovering)), minutely)
}

// inventoryOf is what a home tells of itself.
func inventoryOf(t *testing.T, r *pulumitest.Recorder) inventory.Inventory {
	t.Helper()
	own := r.Get(t, "aws:s3/bucketObjectv2:BucketObjectv2", "control-own").Values()["content"].(string)
	inv, err := inventory.Decode([]byte(own))
	require.NoError(t, err)
	return inv
}

// TestDeploy_tellsHowToRecover: the inventory names the machine, by the name that is declared.
func TestDeploy_tellsHowToRecover(t *testing.T) {
	t.Parallel()
	r := whole(t, system.Secondary, recovering)
	inv := inventoryOf(t, r)
	m := r.Get(t, "aws:sfn/stateMachine:StateMachine", "recovery-machine")
	assert.Equal(t, "arn:aws:mock:eu-west-1:123456789012:recovery-machine", inv.Own().Control.Machine)
	assert.Equal(t, "arn:aws:states:eu-central-1:123456789012:stateMachine:"+m.Values()["name"].(string),
		machine.Arn(settings(system.Secondary).Scope("atlas")))
}

// TestPipeline_mayMakeWhatRecovers: the deploy role of a home makes these roles under their boundary, the function's policy
// is within it, and the home's own boundary would not let a plan through.
func TestPipeline_mayMakeWhatRecovers(t *testing.T) {
	t.Parallel()
	grants := pipelineOf(t, "atlas", exampleRegions)
	r := whole(t, system.Primary, recovering)
	scope := settings(system.Primary).Scope("atlas")
	for _, role := range r.OfType("aws:iam/role:Role") {
		if !strings.HasPrefix(role.Name, "recovery-") {
			continue
		}
		arn := "arn:aws:iam::123456789012:role/" + role.Values()["name"].(string)
		assert.True(t, iamtest.Allowed(t, iamtest.Request{Action: "iam:CreateRole", Resource: arn, Keys: map[string]string{
			"iam:PermissionsBoundary": scope.RecoveryBoundary()}}, grants["deploy-primary-global-policy"],
			grants["deploy-primary-bounds-policy"]), role.Name)
	}
	failover := iamtest.Request{Action: "rds:FailoverGlobalCluster", Resource: "arn:aws:rds::123456789012:global-cluster:atlas-tasks",
		Keys: map[string]string{"aws:RequestedRegion": "eu-west-1"}}
	assert.True(t, iamtest.Allowed(t, failover, grants["boundary-primary-recovery"]))
	assert.False(t, iamtest.Allowed(t, failover, grants["boundary-primary"]))
}

// TestDeploy_letsThePeersFunctionIn as soon as the other home has one.
func TestDeploy_letsThePeersFunctionIn(t *testing.T) {
	t.Parallel()
	c := settings(system.Primary)
	c.PeerReady = true
	recovering(&c)
	peer := seen(system.Secondary)
	for machineArn, entries := range map[string]int{"": 0, "arn:aws:states:eu-central-1:123456789012:stateMachine:x": 1} {
		told := peer.Homes[system.Secondary]
		told.Control.Machine = machineArn
		peer.Homes[system.Secondary] = told
		r := pulumitest.Run(t, deploy(c, example(t)), region(c.Region), reference(t, "own-last", nil), reference(t, "peer", peer))
		found := 0
		for _, entry := range r.OfType("aws:eks/accessEntry:AccessEntry") {
			if entry.Name == "recovery-peer-entry" {
				found++
				assert.Equal(t, "arn:aws:iam::123456789012:role/atlas-recover-eu-central-1", entry.Values()["principalArn"])
			}
		}
		assert.Equal(t, entries, found, machineArn)
	}
}
