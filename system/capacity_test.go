package system_test

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
)

// spread puts replicas into three zones one after the other, as a skew of at
// most one demands.
func spread(replicas int) (zones [3]int) {
	for n := range replicas {
		zones[n%3]++
	}
	return zones
}

// leftWithout is what the other two zones run when the fullest is lost.
func leftWithout(zones [3]int) int { return zones[1] + zones[2] }

func TestReplicas_carryTheLoadOfTheExampleWithoutAZone(t *testing.T) {
	t.Parallel()
	s, err := system.Load(filepath.Join("..", "system.yaml"))
	require.NoError(t, err)
	for _, a := range s.Agents {
		active, standby := s.Replicas(a)
		assert.GreaterOrEqual(t, leftWithout(spread(active))*a.PerReplica, a.Load, "%s, where it serves, with a zone lost", a.Name)
		if standby > 0 {
			assert.GreaterOrEqual(t, standby*a.PerReplica, a.Load, "%s, kept ready, with every zone there", a.Name)
		}
	}
}

// Whatever the file may declare carries its load after the loss of a zone, and
// one replica less than the rule asks for would not.
func TestReplicas_carryAnyAllowedLoadWithoutAZone(t *testing.T) {
	t.Parallel()
	const seed = 20261125
	r := rand.New(rand.NewPCG(seed, 0))
	for range 300 {
		load, perReplica := 1+r.IntN(5000), 1+r.IntN(200)
		least := 3 // the tier is critical
		for leftWithout(spread(least))*perReplica < load {
			least++
		}
		enough := leftWithout(spread(least)) * perReplica
		require.GreaterOrEqual(t, enough, load)
		for _, n := range []int{least, least + 1 + r.IntN(50)} {
			require.True(t, accepted(t, n, load, perReplica),
				"seed %d: %d replicas of %d carry %d with a zone lost", seed, n, perReplica, load)
		}
		if least > 3 {
			require.False(t, accepted(t, least-1, load, perReplica),
				"seed %d: %d replicas of %d carry %d", seed, least-1, perReplica, load)
		}
		s := &system.System{Tiers: []system.Tier{{Name: "t", Strategy: system.WarmStandby}}}
		active, standby := s.Replicas(system.Agent{Tier: "t", Replicas: least, Load: load, PerReplica: perReplica})
		require.GreaterOrEqual(t, standby*perReplica, load, "seed %d: the standby of %d", seed, active)
	}
}

// accepted reports whether the small system may declare these numbers.
func accepted(t *testing.T, replicas, load, perReplica int) bool {
	t.Helper()
	text := changed(t, "replicas: 3\n    load: 100\n    perReplica: 50\n",
		fmt.Sprintf("replicas: %d\n    load: %d\n    perReplica: %d\n", replicas, load, perReplica))
	_, err := system.Parse("small.yaml", []byte(text))
	return err == nil
}
