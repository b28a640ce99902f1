package cluster

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAllocatable_isLessThanWhatIsSold(t *testing.T) {
	t.Parallel()
	m, err := instance("m6i.xlarge")
	require.NoError(t, err)
	assert.Equal(t, Room{CPUMillis: 3920, MemoryMiB: 14162, DiskMiB: 70246, Pods: 58}, m.allocatable())
}

func TestNodesPerZone_counts(t *testing.T) {
	t.Parallel()
	planner := Pods{"planner", 6, Room{CPUMillis: 1500, MemoryMiB: 1024}}
	count := func(p Pods) int {
		n, err := NodesPerZone("m6i.xlarge", []Pods{p})
		require.NoError(t, err)
		return n
	}
	assert.Equal(t, 2, count(planner), "four of 1500m, one of them for a rollout, and 300m of add-ons in nodes of 3570m")
	planner.Replicas = 7
	assert.Equal(t, 2, count(planner), "the fourth is the half of the seventh")
	planner.Replicas = 8
	assert.Equal(t, 3, count(planner))
	planner.Replicas = 0
	assert.Equal(t, 1, count(planner), "a standby without replicas still runs the add-ons")
	planner.Replicas, planner.Each.DiskMiB = 6, 40<<10
	assert.Equal(t, 4, count(planner), "the disk of a node holds one")
}

// TestNodesPerZone_doesNotPack: small pods lie on every node when a large one comes
// last, so that what fits when it is packed finds no room.
func TestNodesPerZone_doesNotPack(t *testing.T) {
	t.Parallel()
	fresh, err := Offer("m6i.xlarge")
	require.NoError(t, err)
	small, large := Room{CPUMillis: 600, MemoryMiB: 100}, Room{CPUMillis: 3000, MemoryMiB: 100}
	assert.True(t, fits(fresh, 2, []Room{large, small, small}))
	assert.False(t, fits(fresh, 2, []Room{small, small, large}))
	n, err := NodesPerZone("m6i.xlarge", []Pods{{"small", 4, small}, {"large", 2, large}})
	require.NoError(t, err)
	assert.Equal(t, 4, n, "two of 3000m, and two nodes for what is small, wherever it lies")
}

func TestNodesPerZone_refusesWhatNoNodeHolds(t *testing.T) {
	t.Parallel()
	_, err := NodesPerZone("m6i.xlarge", []Pods{{"planner", 0, Room{CPUMillis: 3600, MemoryMiB: 1024, DiskMiB: 64}}})
	assert.EqualError(t, err, `"planner" asks for 3600m of processor, 1024 MiB of memory and 64 MiB of disk, `+
		`a node of type m6i.xlarge has 3470m of processor, 13662 MiB of memory and 70246 MiB of disk`)
	_, err = NodesPerZone("m6i.xlarge", []Pods{{"archivist", 3, Room{DiskMiB: 80 << 10}}})
	assert.ErrorContains(t, err, `"archivist" asks for`)
	_, err = NodesPerZone("x9.huge", nil)
	assert.ErrorContains(t, err, `instance type is "x9.huge"`)
}

// Whatever is declared, and in whatever order it comes: with any one zone lost,
// the other two hold every replica and what runs beside, each on the node with the most room.
func TestNodesPerZone_twoZonesCarryAll(t *testing.T) {
	t.Parallel()
	const seed = 20261126
	r, tried, missed := rand.New(rand.NewPCG(seed, 1)), 0, 0
	for range 300 {
		m := machines[r.IntN(len(machines))]
		var pods []Pods
		for n := range 1 + r.IntN(12) {
			pods = append(pods, Pods{fmt.Sprint("agent-", n), 1 + r.IntN(30),
				Room{CPUMillis: 50 + r.IntN(1400), MemoryMiB: 64 + r.IntN(4000), DiskMiB: 64 + r.IntN(2000)}})
		}
		nodes, err := NodesPerZone(m.name, pods)
		require.NoError(t, err)
		for range 20 {
			if tried++; !twoZonesHold(r, m, append(pods, addons...), nodes) {
				missed++
			}
		}
	}
	t.Logf("seed %d: %d of %d orders left a replica without room", seed, missed, tried)
	assert.LessOrEqual(t, missed, tried/1000)
}

// twoZonesHold places all replicas in a random order, half of each agent in either
// zone, on the nodes that two zones have.
func twoZonesHold(r *rand.Rand, m machine, all []Pods, nodes int) bool {
	for zone := range 2 {
		var pods []Room
		for _, p := range all {
			p.Each.Pods = 1
			pods = append(pods, slices.Repeat([]Room{p.Each}, (p.Replicas+zone)/2)...)
		}
		r.Shuffle(len(pods), func(a, b int) { pods[a], pods[b] = pods[b], pods[a] })
		if !fits(m.allocatable().less(daemons), nodes, pods) {
			return false
		}
	}
	return true
}
