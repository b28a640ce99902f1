package planner

import (
	"fmt"
	"slices"

	"redoubt/recovery/arbiter"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// wordSource says how a conditional write is one act.
const wordSource = "https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.ConditionExpressions.html"

// appoint lets the arbiter's word name the receiving home, and waits until its keepers have the lease in the arbiter's
// table and in their own. A home that is left holds two of three leases until then, so one of these two; once both are the
// receiving home's, no agent of the old one that asks for the lease writes any more, whoever sees whom. It returns what
// the stores wait for: without an arbiter what was given.
func (d *draft) appoint(m move, needs []string) []string {
	third := d.Inventory.Third()
	if third == nil {
		return needs
	}
	own := d.home(m.to).Control.LockTable
	if own == "" {
		d.wrong("the inventory names no lock table of the %s home", m.to)
	}
	undo := arbiter.Appoint(third.Table, m.from, d.Now, "taken back: "+d.title)
	word := d.add(plan.Step{
		ID: "appoint", Title: fmt.Sprintf("Let the arbiter's word name the %s home", m.to), Role: plan.Fence, Needs: needs,
		Why: "Each home's agents write while their home holds two of three leases, and its keepers take them where the word " +
			"names it. Without the word the receiving home has its stores and may not write.",
		Source: wordSource, Call: arbiter.Appoint(third.Table, m.to, d.Now, d.title), Undo: &undo,
		Condition: arbiter.Appointed(third.Table, m.to), Budget: timings.DDBMRECLag, Timeout: minutes(5), OnFailure: plan.Stop,
	})
	var taken []string
	for _, at := range []struct {
		id, where, table string
		home             system.Home
	}{
		{"lease-arbiter", "the arbiter's table", third.Table, plan.Arbiter},
		{"lease-own", "its own table", own, m.to},
	} {
		c := arbiter.Holds(at.table, at.home, m.to)
		taken = append(taken, d.add(plan.Step{
			ID: at.id, Title: fmt.Sprintf("Wait until the %s home has the lease in %s", m.to, at.where), Role: plan.Fence,
			Needs: []string{word},
			Why: "The lease of the home that is left ends by itself, also where nobody reaches that home. Then its agents " +
				"have stopped writing, and only then may another writer begin.",
			Source: wordSource, Call: c.Call, Condition: c, Budget: timings.AgentkitLeaseTaken, Timeout: minutes(5), OnFailure: plan.Stop,
		}))
	}
	return taken
}

// releaseWord says in the word that the home that stands by may be appointed without a person: its stores follow. The plan
// stops at a store that does not: it would go on to the leave else.
func (d *draft) releaseWord(active system.Home, needs []string) {
	third := d.Inventory.Third()
	if third == nil {
		return
	}
	for n, s := range d.steps {
		if s.Subject.Store != "" && slices.Contains(needs, s.ID) {
			d.steps[n].OnFailure = plan.Stop
		}
	}
	d.add(plan.Step{
		ID: "release-word", Title: fmt.Sprintf("Let the arbiter appoint the %s home without a person again", active.Peer()),
		Role: plan.Settle, Needs: needs,
		Why: "A move takes this leave away, because nobody knows then whether the home that was left is whole. It is now; " +
			"without the leave the next loss waits for a person.",
		Source: wordSource, Call: arbiter.Release(third.Table, active), Condition: arbiter.Released(third.Table, active),
		Budget: timings.DDBMRECLag, Timeout: minutes(5), OnFailure: plan.Report,
	})
}
