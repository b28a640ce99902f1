package stacks

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/cluster"
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
	assert.Equal(t, cluster.Size{InstanceType: cluster.DefaultInstance, Running: 5, Active: 5}, primary)
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
	require.Len(t, entries, 1)
	assert.Equal(t, "arn:aws:iam::123456789012:role/atlas-deployer", entries[0].Values()["principalArn"])
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
