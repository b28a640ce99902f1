package recovery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/plantest"
	"redoubt/recovery/arbiter"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/tests/homes"
)

// arbiterOf is the arbiter of a lab that has one.
var arbiterOf = homes.Arbiter

// appointed are both homes with an arbiter that has never said a word.
func appointed(t testing.TB) *lab {
	t.Helper()
	l := standing(t)
	l.Arbitrate(t)
	return l
}

// between are both homes with an arbiter, whose word names the primary home.
func between(t testing.TB) *lab {
	t.Helper()
	l := appointed(t)
	l.say(t, system.Primary)
	l.Wait(2 * time.Minute)
	return l
}

// say lets the word name a home, as the judge does.
func (l *lab) say(t testing.TB, home system.Home) {
	t.Helper()
	homes.Say(t, l.port(t), home, l.Now())
}

func (l *lab) word(t testing.TB) arbiter.Word {
	t.Helper()
	return homes.Word(t, l.port(t))
}

// holder is who has the lease of the active home in a table.
func (l *lab) holder(t testing.TB, at system.Home) string {
	t.Helper()
	table := arbiterOf.Table
	if at != plan.Arbiter {
		table = l.Inventory(t).Homes[at].Control.LockTable
	}
	got, err := lease.Table{Port: l.port(t), Home: at, Name: table}.Get(t.Context(), arbiter.LeaseName)
	require.NoError(t, err)
	return got.Owner
}

// began says when each step's call was first made, by the journal of a run.
func (l *lab) began(t *testing.T, p plan.Plan) (map[string]time.Time, execute.Finish) {
	t.Helper()
	at, v := map[string]time.Time{}, l.driver(t)
	v.See = func(now time.Time, cmd execute.Command) {
		if do, is := cmd.(execute.Perform); is {
			if _, seen := at[do.Step]; !seen {
				at[do.Step] = now
			}
		}
	}
	f, err := v.Run(t.Context(), execute.New(p, execute.Options{Run: "test", Generation: 1}))
	require.NoError(t, err)
	return at, f
}

// TestArbiter_theWordIsTheFence: one observer that sees nothing is enough for a plan when there is an arbiter, because no
// store is promoted before the old home's leases have ended.
func TestArbiter_theWordIsTheFence(t *testing.T) {
	t.Parallel()
	l := between(t)
	require.Equal(t, "primary", l.holder(t, plan.Arbiter))
	l.Break(t, "region-down eu-west-1")
	l.Wait(3 * time.Minute)
	silent := l.lost(system.Primary)
	silent.Kind = diagnose.RegionSilent
	p := l.plan(t, planner.Request{Scenario: planner.RegionLoss, Finding: silent, Goal: planner.Goal{Active: system.Primary}})
	for _, g := range p.Gates {
		assert.Empty(t, g.Reason, "the gate %s refuses nothing", g.ID)
	}
	at, f := l.began(t, p)
	require.Equal(t, execute.Recovered, f.Outcome, "%+v", f)
	require.NotZero(t, at["appoint"])
	promoted := 0
	for _, s := range p.Steps {
		if s.Role == plan.Data {
			promoted++
			assert.GreaterOrEqual(t, at[s.ID].Sub(at["appoint"]), 34*time.Second, "%s waits for the lease", s.ID)
		}
	}
	assert.Positive(t, promoted)
	w := l.word(t)
	assert.Equal(t, system.Secondary, w.Active)
	assert.False(t, w.Ready, "nobody knows whether the lost home is whole")
	assert.Equal(t, 2, w.Generation)
	assert.Equal(t, "secondary", l.holder(t, plan.Arbiter))
	assert.Equal(t, "secondary", l.holder(t, system.Secondary))
}

// TestArbiter_theFirstWordIsAPlans: nobody has ever said a word, and nobody holds a lease.
func TestArbiter_theFirstWordIsAPlans(t *testing.T) {
	t.Parallel()
	l := appointed(t)
	p := l.plan(t, planner.Request{Scenario: planner.Switchover, Goal: planner.Goal{Active: system.Primary}})
	f := l.quiet(t, p, execute.Options{})
	require.Equal(t, execute.Recovered, f.Outcome, "%+v", f)
	assert.Equal(t, 1, l.word(t).Generation)
	assert.Equal(t, "secondary", l.holder(t, plan.Arbiter))
}

// TestArbiter_homesThatDoNotBothAskHaveNoFence: the agents of a home that does not ask write on, whatever the leases say.
func TestArbiter_homesThatDoNotBothAskHaveNoFence(t *testing.T) {
	t.Parallel()
	for _, asks := range system.Homes {
		inv := between(t).Inventory(t)
		other := inv.Homes[asks.Peer()]
		other.Control.Arbiter = nil
		inv.Homes[asks.Peer()] = other
		assert.Nil(t, inv.Third(), "the %s home alone asks", asks)
		p, err := planner.Make(planner.Request{Scenario: planner.RegionLoss, System: homes.System(t), Inventory: inv, Now: plantest.Now,
			Finding: diagnose.Finding{Kind: diagnose.RegionSilent, Home: system.Primary}, Goal: planner.Goal{Active: system.Primary}})
		require.NoError(t, err)
		refused := false
		for _, g := range p.Gates {
			refused = refused || g.ID == "confirmed-fence" && g.Reason != ""
		}
		assert.True(t, refused, "a person must answer for the old writers")
	}
}

// TestArbiter_movesThereAndBack: a planned move takes the leave to appoint away, and gives it back when the other home
// follows.
func TestArbiter_movesThereAndBack(t *testing.T) {
	t.Parallel()
	l := between(t)
	for n, to := range []system.Home{system.Secondary, system.Primary} {
		scenario := []planner.Scenario{planner.Switchover, planner.Failback}[n]
		p := l.plan(t, planner.Request{Scenario: scenario, Goal: planner.Goal{Active: to.Peer()}})
		f := l.quiet(t, p, execute.Options{})
		require.Equal(t, execute.Recovered, f.Outcome, "%s: %+v", scenario, f)
		w := l.word(t)
		assert.Equal(t, to, w.Active)
		assert.True(t, w.Ready, "%s: the home that was left follows", scenario)
		assert.Equal(t, n+2, w.Generation)
		for _, at := range []system.Home{plan.Arbiter, system.Primary, system.Secondary} {
			assert.Equal(t, string(to), l.holder(t, at))
		}
		l.Wait(time.Hour)
	}
}

// TestArbiter_aHomeThatDoesNotFollowIsNotReleased: the leave to appoint it without a person comes after its copies, and not
// after they were waited for in vain.
func TestArbiter_aHomeThatDoesNotFollowIsNotReleased(t *testing.T) {
	t.Parallel()
	l := between(t)
	there := l.plan(t, planner.Request{Scenario: planner.Switchover, Goal: planner.Goal{Active: system.Primary}})
	require.Equal(t, execute.Recovered, l.quiet(t, there, execute.Options{}).Outcome)
	l.say(t, system.Primary)
	l.say(t, system.Secondary) // a move takes the leave away
	l.Wait(time.Hour)
	p := l.plan(t, planner.Request{Scenario: planner.Rebuild, Goal: planner.Goal{Active: system.Secondary}})
	l.Break(t, "partition eu-west-1 eu-central-1")
	at, f := l.began(t, p)
	assert.Equal(t, execute.Stopped, f.Outcome, "%+v", f)
	assert.Contains(t, f.Why, "follow-")
	assert.NotContains(t, at, "release-word")
	assert.False(t, l.word(t).Ready)

	l.Break(t, "heal eu-west-1 eu-central-1")
	l.Wait(time.Hour)
	p = l.plan(t, planner.Request{Scenario: planner.Rebuild, Goal: planner.Goal{Active: system.Secondary}})
	require.Equal(t, execute.Recovered, l.quiet(t, p, execute.Options{}).Outcome)
	assert.True(t, l.word(t).Ready)
}

// TestArbiter_aPlanAndTheJudgeMoveOnce: a word that names the home already is left as it is, and what the judge has
// decided meanwhile is not decided again.
func TestArbiter_aPlanAndTheJudgeMoveOnce(t *testing.T) {
	t.Parallel()
	l := between(t)
	l.Break(t, "region-down eu-west-1")
	l.Wait(3 * time.Minute)
	p := l.plan(t, planner.Request{Scenario: planner.RegionLoss, Finding: l.lost(system.Primary), Goal: planner.Goal{Active: system.Primary}})
	l.say(t, system.Secondary)
	before := l.word(t)
	at, f := l.began(t, p)
	require.Equal(t, execute.Recovered, f.Outcome)
	assert.NotContains(t, at, "appoint", "it is done before it begins")
	assert.Equal(t, before, l.word(t))
	_, err := l.port(t).Call(t.Context(), arbiter.Appoint(arbiterOf.Table, system.Secondary, l.Now(), "again"))
	require.ErrorContains(t, err, "ConditionalCheckFailed")
	assert.Equal(t, before, l.word(t))
}

// TestArbiter_withoutTheThirdRegionNothingIsPromoted: the lost home may hold two leases then, and nobody can know.
func TestArbiter_withoutTheThirdRegionNothingIsPromoted(t *testing.T) {
	t.Parallel()
	l := between(t)
	l.Break(t, "region-down eu-west-1")
	l.Wait(3 * time.Minute)
	p := l.plan(t, planner.Request{Scenario: planner.RegionLoss, Finding: l.lost(system.Primary), Goal: planner.Goal{Active: system.Primary}})
	l.Break(t, "region-down eu-north-1")
	at, f := l.began(t, p)
	assert.Equal(t, execute.Stopped, f.Outcome)
	for _, s := range p.Steps {
		if s.Role == plan.Data || s.Role == plan.Traffic {
			assert.NotContains(t, at, s.ID)
		}
	}
}
