package planner

import (
	"fmt"

	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

const probeSource = "https://sre.google/sre-book/monitoring-distributed-systems/"

// probe sends a task through the system in a home: from the gateway to a tool
// runner and back through the stores. Only it tells that the home is recovered.
func (d *draft) probe(home system.Home, needs []string) string {
	e := d.home(home).Entry
	var agents, stores []string
	for _, a := range d.System.Agents {
		if d.critical(a.Tier) {
			agents = append(agents, a.Name)
		}
	}
	for _, s := range d.System.Stores {
		if d.critical(s.Tier) {
			stores = append(stores, s.Name)
		}
	}
	call := plan.Call{Kind: plan.Probe, Home: home, Service: "redoubt", Operation: "RunProbe",
		Input: plan.Document{"Domain": e.Domain, "Address": e.Address, "Task": d.stamp(),
			"Agents": agents, "Stores": stores}}
	return d.add(plan.Step{
		ID: "probe", Title: fmt.Sprintf("Send a probe task through the %s home", home), Role: plan.Prove, Needs: needs,
		Why:    "Every step may be done and users may still get no answer. A task that passes is the proof.",
		Source: probeSource, Call: call, Condition: holds(call, is("Passed", true)),
		Budget: timings.R53TTL, Timeout: minutes(15), OnFailure: plan.Report,
	})
}
