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
		runs, _ := told[float64](answers[agent], "status.replicas")
		if int(runs) > inv.Homes[active.Peer()].Agents[agent].Standby {
			out = append(out, agent)
		}
	}
	return out
}

// OldWritersGate is the gate of a planned move that refuses while old writers run where the work is to go.
const OldWritersGate = "old-writers"

// writersGate refuses a planned move into a home where what ran before its loss runs again: it would write beside the
// home that serves until the move, and nothing in the move stops it.
func (d *draft) writersGate(to system.Home) {
	if len(d.Seen.OldWriters) == 0 {
		return
	}
	d.gate(plan.Gate{
		ID: OldWritersGate, Title: fmt.Sprintf("No old writers run in the %s home", to), Overridable: true,
		Why: "What ran in a home before its region was lost runs again when the region is back. The move stops the writers of " +
			"the other home alone.",
		Reason: fmt.Sprintf("more of %s runs in the %s home than a standby keeps, while the %s home serves: plan %s first",
			strings.Join(d.Seen.OldWriters, ", "), to, to.Peer(), Rebuild),
	})
}
