package stacks

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/cluster"
	"redoubt/components/viewers"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

func sizeOf(t *testing.T, at system.Home, change func(*system.System)) cluster.Size {
	t.Helper()
	s := example(t)
	if change != nil {
		change(s)
	}
	size, err := (&home{config: settings(at), system: s}).clusterSize()
	require.NoError(t, err)
	return size
}

func TestClusterSize_secondaryKeepsWhatItsTiersSay(t *testing.T) {
	t.Parallel()
	hold := func(c system.Capacity) func(*system.System) {
		return func(s *system.System) {
			for i := range s.Tiers {
				s.Tiers[i].Capacity = c
			}
		}
	}
	primary := sizeOf(t, system.Primary, nil)
	assert.Equal(t, cluster.Size{InstanceType: cluster.DefaultInstance, Running: 6, Active: 6}, primary)
	assert.Equal(t, primary, sizeOf(t, system.Secondary, hold(system.RunningCapacity)))
	launched := sizeOf(t, system.Secondary, hold(system.LaunchedCapacity))
	assert.Less(t, launched.Running, launched.Active)
	assert.Zero(t, launched.Reserved)
	reserved := sizeOf(t, system.Secondary, nil)
	assert.Equal(t, reserved.Active, reserved.Reserved, "one reserved tier reserves the whole")
	assert.Equal(t, primary.Active, reserved.Active, "both homes can grow to serve")
}

func TestDeploy_entersTheClusterByAComputedName(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, deploy(settings(system.Primary), example(t)), region("eu-west-1"), reference(t, "own-last", nil))
	p := r.OfType("pulumi:providers:kubernetes")
	require.Len(t, p, 1)
	assert.Equal(t, "arn:aws:eks:eu-west-1:123456789012:cluster/atlas-primary", p[0].Values()["clusterIdentifier"])
	entries := r.OfType("aws:eks/accessEntry:AccessEntry")
	require.Len(t, entries, 2, "who runs updates, and the service that breaks pods on purpose")
	assert.Equal(t, "fis-experiment", r.Get(t, "aws:eks/accessEntry:AccessEntry", "chaos-entry").Values()["userName"])
	assert.Equal(t, "arn:aws:iam::123456789012:role/atlas-deployer",
		r.Get(t, "aws:eks/accessEntry:AccessEntry", "cluster-admin-atlas-deployer").Values()["principalArn"])
}

// plural is what a kind is called in a Kubernetes role.
func plural(kind string) string {
	name := strings.ToLower(kind)
	switch {
	case strings.HasSuffix(name, "s"):
		return name + "es"
	case strings.HasSuffix(name, "y"):
		return strings.TrimSuffix(name, "y") + "ies"
	}
	return name + "s"
}

// viewed are the kinds that the view policy of EKS lets its holder read, among those that the homes declare:
// https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
var viewed = map[string][]string{
	"core": {"configmaps", "namespaces", "serviceaccounts", "services"}, "apps": {"daemonsets", "deployments"},
	"autoscaling": {"horizontalpodautoscalers"}, "batch": {"cronjobs"}, "networking.k8s.io": {"networkpolicies"},
	"policy": {"poddisruptionbudgets"},
}

// TestDeploy_letsViewersSeeAllThatIsDeclared: a refresh by a viewer reads every object of the cluster, and no secret.
func TestDeploy_letsViewersSeeAllThatIsDeclared(t *testing.T) {
	t.Parallel()
	const viewer = "arn:aws:iam::123456789012:role/atlas-pipeline-drift"
	before := whole(t, system.Primary, nil)
	after := whole(t, system.Primary, func(c *Config) { c.ClusterViewers = []string{viewer} })
	changed, replaced := pulumitest.Diff(before, after)
	assert.Equal(t, []string{"+cluster-viewer-atlas-pipeline-drift", "+cluster-viewer-atlas-pipeline-drift-policy",
		"+viewers", "+viewers-binding", "+viewers-role"}, changed)
	assert.Empty(t, replaced)
	entry := after.Get(t, "aws:eks/accessEntry:AccessEntry", "cluster-viewer-atlas-pipeline-drift").Values()
	assert.Equal(t, viewer, entry["principalArn"])
	assert.Equal(t, []any{cluster.ViewerGroup}, entry["kubernetesGroups"])
	kinds := 0
	for _, res := range after.Custom() {
		token, is := strings.CutPrefix(res.Type, "kubernetes:")
		if !is {
			continue
		}
		kinds++
		group, rest, _ := strings.Cut(token, "/")
		_, kind, _ := strings.Cut(rest, ":")
		assert.NotEqual(t, "Secret", kind, "%s: no viewer reads it", res.Name)
		assert.Contains(t, slices.Concat(viewed[group], viewers.Rules[group]), plural(kind),
			"%s: viewers cannot read it; add it to components/viewers", res.Name)
	}
	assert.Greater(t, kinds, 100)
}

func TestDeploy_tellsTheAutoscalerEachZoneWithItsNumbers(t *testing.T) {
	t.Parallel()
	c := settings(system.Secondary)
	c.PeerReady = true
	r := pulumitest.Run(t, deploy(c, example(t)), region("eu-central-1"), reference(t, "own-last", nil),
		reference(t, "peer", seen(system.Primary)))
	size := sizeOf(t, system.Secondary, nil)
	require.Less(t, size.Running, size.Active)
	spec := r.Get(t, "kubernetes:apps/v1:Deployment", "controllers-kube-system-deployment-cluster-autoscaler").Values()["spec"]
	text := fmt.Sprint(spec)
	assert.Equal(t, cluster.Zones, strings.Count(text, fmt.Sprintf("--nodes=%d:%d:eks-nodes-0123", size.Running, size.Active+2)),
		"a group for each zone, from what runs to what serves and two more")
}
