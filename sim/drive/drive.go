// Package drive lets the recovery engine act on the simulated regions: it makes
// a plan's calls in the world, and lets a run's time pass in the world's.
package drive

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/recovery/ledger"
	"redoubt/recovery/plan"
	"redoubt/recovery/rewind"
	"redoubt/recovery/verify"
	"redoubt/sim/world"
	"redoubt/system"
)

// World is a simulated pair of regions as the engine sees it.
type World struct {
	World *world.World
	// Regions says where each home lives.
	Regions map[system.Home]string
	// From is the region that the caller runs in; empty is outside AWS.
	From string
	// Inventory is what a probe finds its way by; runs without one need none.
	Inventory inventory.Inventory
	// still is set where nobody looks at what moves with the clock by itself.
	still bool
	// fixed is set where the call is a plan's own, whose input nobody ever changes.
	fixed bool
}

var (
	_ plan.Port    = World{}
	_ execute.Time = World{}
)

// Call makes one call. Its error carries the class that AWS's answer has.
func (w World) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	fixed := w.fixed
	w.fixed = false
	switch c.Kind {
	case plan.Ledger:
		return ledger.Port{Port: w}.Call(ctx, c)
	case plan.Versions:
		w.still = false // it looks when each version was written
		return rewind.Port{Port: w}.Call(ctx, c)
	case plan.Probe:
		if c.Operation == verify.VerifyStore {
			return w.verify(ctx, c)
		}
		return w.probe(ctx, c)
	}
	region, known := w.Regions[c.Home]
	if third := w.Inventory.Third(); c.Home == plan.Arbiter && third != nil {
		region, known = third.Region, true
	}
	if !known {
		return nil, fmt.Errorf("%s: the region of the home is unknown", c)
	}
	out, err := w.World.Call(world.Request{
		Region: region, From: w.From, Service: c.Service, Operation: c.Operation, Input: c.Input, Token: c.Token, Kept: true,
		Still: w.still, Fixed: fixed,
	})
	var refused *world.Error
	if errors.As(err, &refused) {
		return nil, &execute.ClassError{Class: execute.ClassOfCode(refused.Code, refused.Status), Err: err}
	}
	return out, err
}

// Now is the world's time.
func (w World) Now() time.Time { return w.World.Now() }

// Advance moves the world's time.
func (w World) Advance(to time.Time) { w.World.Advance(to) }

// NextChange is when something may change next in the world by itself.
func (w World) NextChange() (time.Time, bool) { return w.World.NextChange(), true }
