package stacks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/system"
)

// asked is what a home asks of AWS, by quota.
func asked(t *testing.T, home system.Home, s *system.System) map[string]float64 {
	t.Helper()
	c := settings(home)
	c.PeerReady = home == system.Secondary
	r := pulumitest.Run(t, deploy(c, s), region(c.Region), reference(t, "own-last", nil),
		reference(t, "peer", seen(home.Peer())))
	out := map[string]float64{}
	for _, q := range r.OfType("aws:servicequotas/serviceQuota:ServiceQuota") {
		out[q.Name] = q.Values()["value"].(float64)
	}
	return out
}

func TestDeploy_bothHomesAskForTheActiveSize(t *testing.T) {
	t.Parallel()
	primary := asked(t, system.Primary, example(t))
	assert.Equal(t, map[string]float64{"quotas-vcpus": 240}, primary, "three zones of 6 + 2 nodes of 8, and a quarter")
	assert.Equal(t, primary, asked(t, system.Secondary, example(t)))

	bigger := example(t)
	for i := range bigger.Agents {
		bigger.Agents[i].Resources.CPUMillis *= 2
	}
	more := asked(t, system.Secondary, bigger)
	require.Contains(t, more, "quotas-vcpus")
	assert.Greater(t, more["quotas-vcpus"], primary["quotas-vcpus"])
}
