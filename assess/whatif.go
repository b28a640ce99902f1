package assess

import (
	"context"
	"fmt"
	"time"

	"redoubt/recovery/plan"
	"redoubt/sim/world"
	"redoubt/system"
)

// WhatIf is one thing that is changed, and what that does to the loss of the region.
type WhatIf struct {
	// Change is what is changed.
	Change string `json:"change"`
	// Disruption is what was simulated again, with the same seeds.
	Disruption system.Disruption `json:"disruption"`
	Tiers      []Gain            `json:"tiers"`
}

// Gain is what a change does for a tier.
type Gain struct {
	Tier string `json:"tier"`
	// Before and After are the 95th percentiles of the RTO, with the decision of a person where the change is about that.
	Before plan.Duration `json:"before"`
	After  plan.Duration `json:"after"`
	// HeldBefore and HeldAfter are the shares of recoveries in which the objective holds.
	HeldBefore float64 `json:"heldBefore"`
	HeldAfter  float64 `json:"heldAfter"`
}

// Variant is another base, in which one thing is changed.
type Variant struct {
	Change string
	Base   Base
	// Decides is how long it takes to decide, where that is what is changed.
	Decides *time.Duration
}

// Variants are the changes that need no other homes: of who decides, of capacity and of checks. A change of system.yaml needs
// homes of its own, which the caller brings up.
func (b Base) Variants() ([]Variant, error) {
	atOnce, soon := time.Duration(0), 5*time.Minute
	out := []Variant{
		{Change: "nobody has to decide: an automatic trigger behind the same gates", Base: b, Decides: &atOnce},
		{Change: "a person decides within 5 minutes", Base: b, Decides: &soon},
	}
	for _, one := range []struct {
		change string
		do     func(Base) error
	}{
		{"every machine that is needed on the day runs already (capacity: running)", Base.launch},
		{"endpoint checks turn after 10 s instead of 30 s (one failed look instead of three)", func(b Base) error { return b.checks("FailureThreshold", 1) }},
	} {
		other := b
		other.World.World = b.World.World.Fork()
		if err := one.do(other); err != nil {
			return nil, fmt.Errorf("what if %s: %w", one.change, err)
		}
		out = append(out, Variant{Change: one.change, Base: other})
	}
	return out, nil
}

// launch lets the standby run all the nodes that it needs when it serves.
func (b Base) launch() error {
	home := b.Active.Peer()
	of, w := b.World.Inventory.Homes[home], b.World.World
	for _, name := range of.Cluster.NodeGroups {
		_, err := w.Call(world.Request{Region: of.Region, Service: "eks", Operation: "UpdateNodegroupConfig", Input: world.Document{
			"clusterName": of.Cluster.Name, "nodegroupName": name,
			"scalingConfig": world.Document{"desiredSize": float64(of.Cluster.ActiveNodes)}}})
		if err != nil {
			return err
		}
	}
	w.Advance(w.Now().Add(time.Hour))
	return nil
}

// checks changes a setting of every check of an endpoint.
func (b Base) checks(property string, value float64) error {
	w := b.World.World
	for _, e := range w.Find(world.Global, "AWS::Route53::HealthCheck", func(e *world.Entity) bool { return e.In[property] != nil }) {
		in := e.In
		in[property] = value
		if _, err := w.Update(b.World.Regions[b.Active], e.Kind, e.ID, in); err != nil {
			return err
		}
	}
	return nil
}

// Compare simulates the loss of the region in each variant, with the same seeds as in the report.
func (r *Report) Compare(ctx context.Context, b Base, variants []Variant, o Options) error {
	o.Only = []system.Disruption{system.RegionLoss}
	before, err := Assess(ctx, b, o)
	if err != nil {
		return err
	}
	plain := before.Disruptions[0]
	for _, v := range variants {
		o.Decides = v.Decides
		with, err := Assess(ctx, v.Base, o)
		if err != nil {
			return err
		}
		out := WhatIf{Change: v.Change, Disruption: system.RegionLoss}
		for i, after := range with.Disruptions[0].Tiers {
			if i >= len(plain.Tiers) || plain.Tiers[i].Tier != after.Tier {
				continue
			}
			out.Tiers = append(out.Tiers, gain(plain.Tiers[i], after, v))
		}
		r.WhatIfs = append(r.WhatIfs, out)
	}
	return nil
}

func gain(before, after Forecast, v Variant) Gain {
	g := Gain{Tier: after.Tier, Before: before.RTO.P95, After: after.RTO.P95, HeldBefore: before.HoldsRTO, HeldAfter: after.HoldsRTO}
	if v.Decides != nil {
		g.Before, g.HeldBefore = before.Decided.P95, before.HoldsDecided
		g.After, g.HeldAfter = after.Decided.P95, after.HoldsDecided
	}
	return g
}
