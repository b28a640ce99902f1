package planner

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// runs is where a Deployment tells how many replicas it has; of none it says nothing.
const runs = "status.replicas"

// Writers are the calls that tell how many replicas run of each agent that writes in one home at a time, in the home that
// does not serve. After the loss of a region they run again by themselves as soon as it is back.
func Writers(s *system.System, inv inventory.Inventory, active system.Home) map[string]plan.Call {
	d, idle := &draft{Request: Request{System: s, Inventory: inv}}, active.Peer()
	out := map[string]plan.Call{}
	for _, a := range s.Agents {
		if of := inv.Homes[idle].Agents[a.Name]; s.Leased(a) && of.Deployment != "" {
			out[a.Name] = d.object(idle, "Get", "apps/v1", "Deployment", of.Deployment, nil)
		}
	}
	return out
}

// OldWriters are the agents that run beyond what a standby keeps in the home that does not serve, sorted, by what the
// calls of Writers were answered.
func OldWriters(inv inventory.Inventory, active system.Home, answers map[string]plan.Document) []string {
	var out []string
	for _, agent := range slices.Sorted(maps.Keys(answers)) {
		n, _ := told[float64](answers[agent], runs)
		if int(n) > inv.Homes[active.Peer()].Agents[agent].Standby {
			out = append(out, agent)
		}
	}
	return out
}

// OldWritersGate is the gate of a planned move that refuses while old writers run where the work is to go, and the
// beginning of the ids of those that ask for one agent each when the plan is run.
const OldWritersGate = "old-writers"

// IsOldWriters reports whether a gate asks for old writers: the one that has seen them, or that of an agent.
func IsOldWriters(gate string) bool {
	return gate == OldWritersGate || strings.HasPrefix(gate, OldWritersGate+"-")
}

// whyOldWriters is what every gate about them protects.
const whyOldWriters = "What ran in a home before its region was lost runs again when the region is back. The move stops the " +
	"writers of the other home alone."

// writersGates refuse a planned move into a home where what ran before its loss runs again: it would write beside the
// home that serves until the move, and nothing in the move stops it. Those that are seen already are named; else each
// agent is asked for when the plan is run, which may be long after it was made.
func (d *draft) writersGates(to system.Home) {
	if len(d.Seen.OldWriters) > 0 {
		d.gate(plan.Gate{
			ID: OldWritersGate, Title: fmt.Sprintf("No old writers run in the %s home", to), Overridable: true, Why: whyOldWriters,
			Reason: fmt.Sprintf("more of %s runs in the %s home than a standby keeps, while the %s home serves: plan %s first",
				strings.Join(d.Seen.OldWriters, ", "), to, to.Peer(), Rebuild),
		})
		return
	}
	calls := Writers(d.System, d.Inventory, to.Peer())
	for _, agent := range slices.Sorted(maps.Keys(calls)) {
		keeps := d.home(to).Agents[agent].Standby
		c := holds(calls[agent], plan.Expect{Path: runs, Op: plan.AtMost, Value: float64(keeps), Missing: 0.0})
		d.gate(plan.Gate{
			ID:    OldWritersGate + "-" + agent,
			Title: fmt.Sprintf("No more of agent %s runs in the %s home than the %d of a standby", agent, to, keeps),
			Why:   whyOldWriters, Condition: &c, Overridable: true, Timeout: minutes(2),
		})
	}
}
