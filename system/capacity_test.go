package system_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
)

// holding is a system of one tier with agents, with lines of its own.
func holding(strategy system.Strategy, lines string) string {
	text := tierWith(strategy, system.RegionLoss, "{rto: 179s, rpo: 90d}", "kind: bucket, sizeGiB: 1, retention: {pitrDays: 35, dailyDays: 35}")
	text = strings.Replace(text, "replicas: 2", "replicas: 3", 1)
	return strings.Replace(text, "    objectives:\n", lines+"    objectives:\n", 1)
}

func TestParse_capacityFollowsTheStrategy(t *testing.T) {
	t.Parallel()
	for strategy, want := range map[system.Strategy]system.Capacity{
		system.ActiveActive: system.RunningCapacity, system.WarmStandby: system.ReservedCapacity,
		system.PilotLight: system.LaunchedCapacity, system.BackupRestore: system.LaunchedCapacity,
	} {
		sys, err := system.Parse("test.yaml", []byte(holding(strategy, "")))
		require.NoError(t, err, strategy)
		assert.Equal(t, want, sys.Tiers[0].Capacity, strategy)
	}
	sys, err := system.Parse("test.yaml", []byte(holding(system.PilotLight, "    capacity: running\n")))
	require.NoError(t, err)
	assert.Equal(t, system.RunningCapacity, sys.Tiers[0].Capacity)
}

func TestParse_refusesCapacityThatComesTooLate(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		strategy system.Strategy
		lines    string
		want     string
	}{
		"critical and launched": {system.WarmStandby, "    critical: true\n    capacity: launched\n",
			"launching machines takes 3m (eks.scaleout.ca, "},
		"critical, launched by default": {system.PilotLight, "    critical: true\n", "launching machines takes 3m"},
		"active-active and reserved":    {system.ActiveActive, "    capacity: reserved\n", `want "running"`},
		"no such word":                  {system.PilotLight, "    capacity: rented\n", `capacity is "rented"`},
	} {
		faults := faultsOf(t, holding(tt.strategy, tt.lines))
		require.Len(t, faults, 1, "%s: %v", name, faults)
		assert.Contains(t, faults[0].Cause, tt.want, name)
	}
	for name, lines := range map[string]string{
		"not critical":                  "    capacity: launched\n",
		"critical and reserved":         "    critical: true\n    capacity: reserved\n",
		"critical and the rest running": "    critical: true\n    capacity: running\n",
	} {
		_, err := system.Parse("test.yaml", []byte(holding(system.WarmStandby, lines)))
		assert.NoError(t, err, name)
	}
}
