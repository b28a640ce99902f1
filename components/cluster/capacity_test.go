package cluster

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
)

func TestAllocatable_isLessThanWhatIsSold(t *testing.T) {
	t.Parallel()
	m, err := instance("m6i.xlarge")
	require.NoError(t, err)
	assert.Equal(t, room{cpu: 3920, memory: 14162, pods: 58}, m.allocatable())
}

func TestNodesPerZone_counts(t *testing.T) {
	t.Parallel()
	agents := []system.Agent{{Name: "planner", Replicas: 6, Resources: system.Resources{CPUMillis: 1500, MemoryMiB: 1024}}}
	all := func(a system.Agent) int { return a.Replicas }
	n, err := NodesPerZone("m6i.xlarge", agents, all) // three of 1500m and 900m of services in nodes of 3570m
	require.NoError(t, err)
	assert.Equal(t, 2, n)
	n, err = NodesPerZone("m6i.xlarge", agents, func(system.Agent) int { return 0 })
	require.NoError(t, err)
	assert.Equal(t, 1, n, "a standby without replicas still runs the services")
	agents[0].Resources.CPUMillis = 3600
	_, err = NodesPerZone("m6i.xlarge", agents, all)
	assert.EqualError(t, err, `agent "planner" asks for 3600m of processor and 1024 MiB, a node of type m6i.xlarge has `+
		`3570m and 13762 MiB`)
	_, err = NodesPerZone("x9.huge", agents, all)
	assert.ErrorContains(t, err, `instance type is "x9.huge"`)
}

// Whatever is declared: with any one zone lost, the other two hold every
// replica and the services, each replica on a node with room for it.
func TestNodesPerZone_twoZonesCarryAll(t *testing.T) {
	t.Parallel()
	const seed = 20261125
	r := rand.New(rand.NewPCG(seed, 1))
	for round := range 300 {
		m := machines[r.IntN(len(machines))]
		var agents []system.Agent
		for n := range 1 + r.IntN(12) {
			agents = append(agents, system.Agent{
				Name: fmt.Sprint("agent-", n), Replicas: 1 + r.IntN(30),
				Resources: system.Resources{CPUMillis: 50 + r.IntN(1500), MemoryMiB: 64 + r.IntN(4000)},
			})
		}
		nodes, err := NodesPerZone(m.name, agents, func(a system.Agent) int { return a.Replicas })
		require.NoError(t, err)
		assert.True(t, twoZonesHold(m, agents, nodes), "seed %d, round %d: %d nodes of %s a zone", seed, round, nodes, m.name)
	}
}

// twoZonesHold places all replicas, half of each agent in either zone, on the
// nodes that two zones have.
func twoZonesHold(m machine, agents []system.Agent, nodes int) bool {
	for zone := range 2 {
		pods := slices.Clone(services)
		for _, a := range agents {
			half := a.Replicas / 2
			if zone == 0 {
				half = a.Replicas - half
			}
			pods = append(pods, slices.Repeat([]room{{a.Resources.CPUMillis, a.Resources.MemoryMiB, 1}}, half)...)
		}
		used := place(m.allocatable().less(daemons), pods)
		if len(used) > nodes || slices.ContainsFunc(used, func(n room) bool { return n.cpu < 0 || n.memory < 0 || n.pods < 0 }) {
			return false
		}
	}
	return true
}
