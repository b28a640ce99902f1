package recovery

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/sim/drive"
	"redoubt/system"
	"redoubt/tests/homes"
)

// lab is both homes with what a plan is made from.
type lab struct {
	*homes.Homes
	sys *system.System
}

func standing(t testing.TB) *lab {
	t.Helper()
	return &lab{Homes: homes.Standing(t), sys: homes.System(t)}
}

func (l *lab) fork() *lab { return &lab{l.Fork(), l.sys} }

// port is what a run acts through.
func (l *lab) port(t testing.TB) drive.World { return l.portOf(l.Inventory(t)) }

func (l *lab) portOf(inv inventory.Inventory) drive.World {
	return drive.World{World: l.World, Inventory: inv, Regions: map[system.Home]string{
		system.Primary: homes.Ireland, system.Secondary: homes.Frankfurt}}
}

// lost is the finding of two observers who have not seen a home for two minutes.
func (l *lab) lost(home system.Home) diagnose.Finding {
	return diagnose.Finding{Kind: diagnose.RegionLost, Home: home, Since: l.Now().Add(-2 * time.Minute),
		Why: "secondary and arbiter see nothing of the " + string(home) + " home"}
}

// plan makes a plan, having asked what it must.
func (l *lab) plan(t testing.TB, r planner.Request) plan.Plan {
	t.Helper()
	r.System, r.Inventory, r.Now = l.sys, l.Inventory(t), l.Now()
	if r.Seen.InventoryAt == nil {
		r.Seen.InventoryAt = map[system.Home]time.Time{system.Primary: l.Now(), system.Secondary: l.Now()}
	}
	questions, err := planner.Questions(r)
	require.NoError(t, err)
	r.Answers = map[string]plan.Document{}
	for _, q := range questions {
		out, err := l.port(t).Call(context.Background(), q)
		require.NoError(t, err, q)
		r.Answers[planner.CallKey(q)] = out
	}
	p, err := planner.Make(r)
	require.NoError(t, err)
	return p
}

// run runs a plan to its end, and lets a person approve. Every answer that it
// is given is held against AWS's.
func (l *lab) run(t testing.TB, p plan.Plan, o execute.Options) execute.Finish {
	t.Helper()
	o.Run, o.Generation = "test", 1
	v := l.driver(t)
	v.Port = contract{l.port(t), t}
	v.See = func(at time.Time, cmd execute.Command) {
		if a, is := cmd.(execute.Append); is {
			t.Logf("%s %s %s %s %s", at.Format(time.TimeOnly), a.Record.Kind, a.Record.Step, a.Record.Result, a.Record.Why)
		}
	}
	f, err := v.Run(context.Background(), execute.New(p, o))
	require.NoError(t, err)
	return f
}

// quiet is run without a log.
func (l *lab) quiet(t testing.TB, p plan.Plan, o execute.Options) execute.Finish {
	t.Helper()
	o.Run, o.Generation = "test", 1
	f, err := l.driver(t).Run(context.Background(), execute.New(p, o))
	require.NoError(t, err)
	return f
}

func (l *lab) driver(t testing.TB) *execute.Virtual {
	t.Helper()
	port := l.port(t)
	return &execute.Virtual{
		Time: port, Port: port, Store: &journal.Memory{},
		Decide: func(g plan.Gate) execute.Decided { return execute.Decided{Gate: g.ID, Allowed: true, By: "a test"} },
	}
}
