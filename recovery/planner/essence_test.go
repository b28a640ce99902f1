package planner_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/recovery/planner"
	"redoubt/system"
)

// What is known of inventories, of traffic and of old writers comes into gates, so that it is of the essence.
func TestEssence_knowsWhatWasSeen(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC)
	essences := planner.NewEssences()
	of := func(s planner.Seen) string { return essences.Of(planner.Request{Now: now, Seen: s}, "about") }
	all := map[string]string{of(planner.Seen{}): "nothing"}
	for name, s := range map[string]planner.Seen{
		"inventory of the primary":   {InventoryAt: map[system.Home]time.Time{system.Primary: now}},
		"inventory of the secondary": {InventoryAt: map[system.Home]time.Time{system.Secondary: now}},
		"moved":                      {MovedAt: now},
		"an old writer":              {OldWriters: []string{"worker"}},
		"another":                    {OldWriters: []string{"planner"}},
		"two":                        {OldWriters: []string{"worker", "planner"}},
		"one of a long name":         {OldWriters: []string{"worker planner"}},
	} {
		assert.Empty(t, all[of(s)], "%s is as %s", name, all[of(s)])
		all[of(s)] = name
		assert.Equal(t, of(s), of(s))
	}
}
