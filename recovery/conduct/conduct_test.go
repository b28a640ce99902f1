package conduct_test

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/recovery/conduct"
	"redoubt/recovery/execute"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// home is what a handler reaches: the objects of a bucket, the lock table, and a switch that a plan moves.
type home struct {
	objects map[string]string
	items   map[string]plan.Document
	moved   bool
	down    bool
}

func (h *home) Call(_ context.Context, c plan.Call) (plan.Document, error) {
	if h.down {
		return nil, errors.New("no answer")
	}
	switch c.Operation {
	case "GetObject":
		body, has := h.objects[c.Input["Key"].(string)]
		if !has {
			return nil, &execute.ClassError{Class: execute.NotFound, Err: errors.New("NoSuchKey")}
		}
		return plan.Document{"Body": body}, nil
	case "GetItem":
		return plan.Document{"Item": h.items[fmt.Sprint(c.Input["Key"])]}, nil
	case "PutItem":
		item := c.Input["Item"].(plan.Document)
		key := fmt.Sprint(plan.Document{inventory.LocksKey: item[inventory.LocksKey]})
		if old, has := h.items[key]; has && !allowed(c.Input, old) {
			return nil, &execute.ClassError{Class: execute.Invalid, Err: errors.New("ConditionalCheckFailedException")}
		}
		h.items[key] = item
	case "Move":
		h.moved = true
	case "Look":
		return plan.Document{"Moved": h.moved}, nil
	}
	return plan.Document{}, nil
}

// allowed judges the one condition that a write over an item may have: that of its version.
func allowed(in, old plan.Document) bool {
	values, _ := in["ExpressionAttributeValues"].(plan.Document)
	return in["ConditionExpression"] == "#v = :v" && reflect.DeepEqual(values[":v"], old["version"])
}

func planOf(t *testing.T, active system.Home) plan.Plan {
	t.Helper()
	call := func(operation string) plan.Call {
		return plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: "lab", Operation: operation}
	}
	p, err := plan.New(plan.Plan{System: "atlas", Title: "move", Inventory: "0", Active: active,
		Regions: map[system.Home]string{system.Secondary: "eu-central-1"},
		Gates:   []plan.Gate{{ID: "approval", Title: "Does a person agree", Why: "a test", Timeout: plan.Duration(time.Hour)}},
		Steps: []plan.Step{{ID: "move", Title: "Move", Why: "a test", Source: "https://example.com/", Call: call("Move"),
			Condition: plan.Condition{Call: call("Look"), All: []plan.Expect{{Path: "Moved", Op: plan.Is, Value: true}}},
			Budget:    timings.CWAlarmPeriod, Timeout: plan.Duration(time.Minute), OnFailure: plan.Stop}}})
	require.NoError(t, err)
	return p
}

func handler(t *testing.T, p plan.Plan) (*home, conduct.Handler) {
	t.Helper()
	inv, err := inventory.Encode(inventory.New("atlas", system.Secondary, inventory.Home{Region: "eu-central-1",
		Account: "123456789012", Zones: []string{"a", "b", "c"}, Control: inventory.Control{LockTable: "locks"}}))
	require.NoError(t, err)
	raw, err := plan.Encode(p)
	require.NoError(t, err)
	h := &home{items: map[string]plan.Document{}, objects: map[string]string{
		inventory.ObjectKey(system.Secondary): string(inv), plan.ObjectKey("r"): string(raw)}}
	return h, conduct.Handler{Home: system.Secondary, Bucket: "control", Own: h, Clock: clock.Wall{},
		Calls: func(inventory.Inventory) plan.Port { return h }}
}

func ask(what conduct.What, step string) conduct.Request {
	return conduct.Request{What: what, Step: step, Run: "r", Execution: "e", Input: conduct.Input{Run: "r"}}
}

func TestHandler_walksAPlan(t *testing.T) {
	t.Parallel()
	home, h := handler(t, planOf(t, system.Secondary))
	opened, err := h.Handle(t.Context(), ask(conduct.Open, ""))
	require.NoError(t, err)
	assert.Equal(t, []conduct.Approval{{ID: "approval", Question: "Does a person agree", Why: "a test", Seconds: 3600}}, opened.Approvals)
	assert.Equal(t, []string{}, opened.Gates, "a state machine walks a list, also an empty one")
	waits, err := h.Handle(t.Context(), ask(conduct.Step, "move"))
	require.NoError(t, err)
	assert.Equal(t, string(execute.Waits), waits.State)
	assert.False(t, home.moved, "nothing is called before every gate is open")
	decided := ask(conduct.Gate, "approval")
	decided.Decision = &conduct.Decision{Allowed: true, By: "ada"}
	for _, r := range []conduct.Request{decided, ask(conduct.Step, "move")} {
		a, err := h.Handle(t.Context(), r)
		require.NoError(t, err)
		assert.Equal(t, string(execute.Settled), a.State, a.Why)
	}
	closed, err := h.Handle(t.Context(), ask(conduct.Close, ""))
	require.NoError(t, err)
	assert.Equal(t, string(execute.Recovered), closed.State, closed.Why)
	assert.True(t, home.moved)
}

// TestHandler_isReady: the turn that is taken each hour reads what a run reads first, changes nothing, and fails when a
// run could not begin.
func TestHandler_isReady(t *testing.T) {
	t.Parallel()
	home, h := handler(t, planOf(t, system.Secondary))
	ready := conduct.Request{What: conduct.Ready}
	a, err := h.Handle(t.Context(), ready)
	require.NoError(t, err)
	assert.Equal(t, conduct.Answer{State: "ready", Why: "nobody has recovered the home yet"}, a)
	assert.Empty(t, home.items)
	_, err = h.Handle(t.Context(), ask(conduct.Open, ""))
	require.NoError(t, err)
	a, err = h.Handle(t.Context(), ready)
	require.NoError(t, err)
	assert.Contains(t, a.Why, "execution e (run r) holds or held the lease, generation 1")
	delete(home.objects, inventory.ObjectKey(system.Secondary))
	_, err = h.Handle(t.Context(), ready)
	require.ErrorContains(t, err, "the inventory of the secondary home")
	home.down = true
	_, err = h.Handle(t.Context(), ready)
	require.Error(t, err)
}

// TestHandler_keepsWhoRefused: the journal names who refused, and why.
func TestHandler_keepsWhoRefused(t *testing.T) {
	t.Parallel()
	home, h := handler(t, planOf(t, system.Secondary))
	_, err := h.Handle(t.Context(), ask(conduct.Open, ""))
	require.NoError(t, err)
	no := ask(conduct.Gate, "approval")
	no.Decision = &conduct.Decision{By: "ada", Why: "the primary answers again"}
	a, err := h.Handle(t.Context(), no)
	require.NoError(t, err)
	assert.Equal(t, string(execute.Halted), a.State)
	kept := fmt.Sprint(home.items)
	assert.Contains(t, kept, "ada")
	assert.Contains(t, kept, "the primary answers again")
	assert.False(t, home.moved)
}

func TestHandler_refusesWhereNobodyDecides(t *testing.T) {
	t.Parallel()
	home, h := handler(t, planOf(t, system.Secondary))
	_, err := h.Handle(t.Context(), ask(conduct.Open, ""))
	require.NoError(t, err)
	late := ask(conduct.Gate, "approval")
	late.Decision = &conduct.Decision{Failure: conduct.Failure{Error: "States.Timeout"}}
	a, err := h.Handle(t.Context(), late)
	require.NoError(t, err)
	assert.Equal(t, string(execute.Halted), a.State)
	assert.Contains(t, a.Why, "States.Timeout")
	closed, err := h.Handle(t.Context(), ask(conduct.Close, ""))
	require.NoError(t, err)
	assert.Equal(t, string(execute.Refused), closed.State)
	assert.False(t, home.moved)
}

func TestHandler_tellsErrorsApartByTheirTypes(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		active system.Home
		mutate func(*home, *conduct.Request)
		want   error
	}{
		"no run":         {system.Secondary, func(_ *home, r *conduct.Request) { r.Run = "" }, conduct.Unfit{}},
		"no such run":    {system.Secondary, func(_ *home, r *conduct.Request) { r.Run = "other" }, conduct.Unfit{}},
		"another plan":   {system.Secondary, func(_ *home, r *conduct.Request) { r.Input.Plan = "0" }, conduct.Unfit{}},
		"another home's": {system.Primary, func(*home, *conduct.Request) {}, conduct.Unfit{}},
		"no such turn":   {system.Secondary, func(_ *home, r *conduct.Request) { r.What = "dance" }, conduct.Unfit{}},
		"silence":        {system.Secondary, func(h *home, _ *conduct.Request) { h.down = true }, conduct.Trouble{}},
		"a damaged plan": {system.Secondary, func(h *home, _ *conduct.Request) {
			h.objects[plan.ObjectKey("r")] += " "
			h.objects[plan.ObjectKey("r")] = h.objects[plan.ObjectKey("r")][1:]
		}, conduct.Unfit{}},
		"another's lease": {system.Secondary, func(h *home, _ *conduct.Request) {
			_, err := lease.Acquire(context.Background(), lease.Table{Port: h, Home: system.Secondary, Name: "locks"},
				clock.Wall{}, lease.Recovery, "ann", lease.Options{TTL: time.Hour})
			if err != nil {
				panic(err)
			}
		}, conduct.LeaseLost{}},
	} {
		p := planOf(t, system.Secondary)
		if p.Active = c.active; c.active == system.Primary {
			p.Regions[system.Primary] = "eu-west-1"
		}
		home, h := handler(t, p)
		r := ask(conduct.Open, "")
		c.mutate(home, &r)
		_, err := h.Handle(t.Context(), r)
		require.Error(t, err, name)
		assert.Equal(t, reflect.TypeOf(c.want), reflect.TypeOf(err), "%s: %v", name, err)
		assert.False(t, home.moved, name)
	}
}
