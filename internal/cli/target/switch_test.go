package target

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/inventory"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// controls is a target with nothing but routing controls and a last run.
type controls struct {
	Target
	states map[string]string
	plan   plan.Plan
	run    []journal.Record
}

func (c controls) Port(inventory.Inventory) plan.Port { return c }

func (c controls) Call(context.Context, plan.Call) (plan.Document, error) {
	if c.states == nil {
		return nil, errors.New("no endpoint answers")
	}
	var list []any
	for arn, state := range c.states {
		list = append(list, map[string]any{"RoutingControlArn": arn, "RoutingControlState": state})
	}
	return plan.Document{"RoutingControls": list}, nil
}

func (c controls) Last(context.Context) (string, error)                      { return "run", nil }
func (c controls) Plan(context.Context, string) (plan.Plan, error)           { return c.plan, nil }
func (c controls) Records(context.Context, string) ([]journal.Record, error) { return c.run, nil }

var routedHomes = Known{Inventory: inventory.Inventory{Home: system.Secondary, Homes: map[system.Home]inventory.Home{
	system.Secondary: {Entry: inventory.Entry{Switch: inventory.ARCSwitch, RoutingPanelArn: "panel",
		RoutingControlArns: map[system.Home]string{system.Primary: "p", system.Secondary: "s"}}}}}}

func TestStanding_readsTheRoutingControls(t *testing.T) {
	for name, c := range map[string]struct {
		states map[string]string
		want   system.Home
	}{
		"the primary is on":       {map[string]string{"p": "On", "s": "Off"}, system.Primary},
		"the secondary is on":     {map[string]string{"p": "Off", "s": "On"}, system.Secondary},
		"nobody was ever on":      {map[string]string{"p": "Off", "s": "Off"}, system.Primary},
		"both are on":             {map[string]string{"p": "On", "s": "On"}, system.Primary},
		"one is not in the panel": {map[string]string{"p": "Off"}, ""},
		"no endpoint answers":     {nil, ""},
	} {
		assert.Equal(t, c.want, standing(t.Context(), controls{states: c.states}, routedHomes), name)
	}
}

func TestMoved_isTheLastRunThatMovedTraffic(t *testing.T) {
	at := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	p := plan.Plan{Steps: []plan.Step{{ID: "take-traffic-secondary", Role: plan.Traffic, Budget: timings.ARCRoutingcontrol},
		{ID: "prove", Role: plan.Prove}}}
	moved := func(run ...journal.Record) time.Time {
		return Moved(t.Context(), controls{plan: p, run: run}, routedHomes)
	}
	record := func(kind journal.Kind, step string, after time.Duration) journal.Record {
		return journal.Record{Kind: kind, Step: step, At: at.Add(after)}
	}
	looked, meant := record(journal.Began, "take-traffic-secondary", 0), record(journal.Intended, "take-traffic-secondary", time.Second)
	ended := record(journal.Ended, "take-traffic-secondary", time.Minute)
	proved := record(journal.Ended, "prove", time.Hour)
	assert.Zero(t, moved(looked), "traffic has not moved")
	assert.Zero(t, moved(looked, ended, proved), "it was there already")
	assert.Equal(t, meant.At, moved(looked, meant), "the run was cut off, and the act may have had its effect")
	assert.Equal(t, ended.At, moved(looked, meant, ended, proved))
}
