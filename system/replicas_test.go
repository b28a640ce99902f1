package system_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/system"
)

func TestReplicas_followTheStrategy(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		strategy        system.Strategy
		replicas, load  int
		perReplica      int
		active, standby int
	}{
		{"active-active runs all of it twice", system.ActiveActive, 6, 600, 200, 6, 6},
		{"warm-standby carries the load without a zone to spare", system.WarmStandby, 9, 900, 150, 9, 6},
		{"warm-standby goes in whole rounds over the zones", system.WarmStandby, 12, 80, 10, 12, 9},
		{"warm-standby keeps one a zone at least", system.WarmStandby, 3, 5, 5, 3, 3},
		{"warm-standby never keeps more than serve", system.WarmStandby, 2, 20, 20, 2, 2},
		{"pilot-light starts them when needed", system.PilotLight, 3, 10, 5, 3, 0},
		{"backup-restore starts them when needed", system.BackupRestore, 3, 10, 5, 3, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := &system.System{Tiers: []system.Tier{{Name: "t", Strategy: c.strategy}}}
			active, standby := s.Replicas(system.Agent{
				Tier: "t", Replicas: c.replicas, Load: c.load, PerReplica: c.perReplica,
			})
			assert.Equal(t, c.active, active, "where the tier serves")
			assert.Equal(t, c.standby, standby, "in the other home")
		})
	}
}
