package assess

import (
	"context"
	"fmt"
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// Planned is a plan that recovers, made for the homes as they stand.
type Planned struct {
	Scenario planner.Scenario
	// Store is what a restore is about.
	Store string
	// Plan is that for the loss of the region; of a restore it is known only whether there can be one.
	Plan plan.Plan
	// Err says why there is none.
	Err error
}

// plans are the plan for the loss of the region that serves, and whether each
// store can be restored by one. Making them changes nothing.
func (b Base) plans(ctx context.Context) []Planned {
	p, err := b.regionLoss(ctx)
	out := []Planned{{Scenario: planner.RegionLoss, Plan: p, Err: err}}
	for _, s := range b.System.Stores {
		goal := planner.Goal{Active: b.Active, Store: s.Name, At: b.World.Now().Add(-time.Hour)}
		if s.Kind == system.Cache && s.RebuildFrom != "" {
			goal.At = time.Time{} // it begins empty, at no time
		}
		_, err := planner.Questions(b.request(planner.Restore, goal, diagnose.Finding{Kind: diagnose.Healthy}))
		out = append(out, Planned{Scenario: planner.Restore, Store: s.Name, Err: err})
	}
	return out
}

func (b Base) regionLoss(ctx context.Context) (plan.Plan, error) {
	r := b.request(planner.RegionLoss, planner.Goal{Active: b.Active}, diagnose.Finding{
		Kind: diagnose.RegionLost, Home: b.Active, Since: b.World.Now(), Why: "the forecast supposes it"})
	questions, err := planner.Questions(r)
	if err != nil {
		return plan.Plan{}, err
	}
	for _, q := range questions {
		answer, err := b.World.Call(ctx, q)
		if err != nil {
			return plan.Plan{}, fmt.Errorf("%s: %w", q, err)
		}
		r.Answers[planner.CallKey(q)] = answer
	}
	return planner.Make(r)
}

func (b Base) request(s planner.Scenario, goal planner.Goal, found diagnose.Finding) planner.Request {
	now := b.World.Now()
	return planner.Request{Scenario: s, System: b.System, Inventory: b.World.Inventory, Finding: found, Goal: goal, Now: now,
		Answers: map[string]plan.Document{}, Seen: planner.Seen{InventoryAt: map[system.Home]time.Time{
			system.Primary: now, system.Secondary: now}}}
}
