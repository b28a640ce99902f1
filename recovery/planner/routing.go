package planner

import (
	"errors"
	"fmt"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// routingSource: states are set at the cluster's endpoints in five regions, all
// of a request's or none:
const routingSource = "https://docs.aws.amazon.com/routing-control/latest/APIReference/" +
	"API_UpdateRoutingControlStates.html"

// take is the step by which a home takes the traffic, by the switch that its
// entry has.
func take(inv inventory.Inventory, to system.Home) (plan.Step, error) {
	if inv.Homes[to].Entry.Switch == inventory.ARCSwitch {
		return route(inv, to)
	}
	return act(inv, to, takes)
}

// route turns the home's routing control on and its peer's off, in one request:
// in between no home would be on, or both.
func route(inv inventory.Inventory, to system.Home) (plan.Step, error) {
	entry, err := routingEntry(inv, to)
	if err != nil {
		return plan.Step{}, fmt.Errorf("step %s: %w", takes.id, err)
	}
	undo := states(to, entry, to.Peer())
	return plan.Step{
		ID: takes.id + "-" + string(to), Title: fmt.Sprintf(takes.title, to), Source: routingSource,
		Why: "Users reach the home whose load balancer the domain's failover record names. Each record obeys a health " +
			"check that follows its home's routing control, and their states are set at five endpoints of which one has " +
			"to answer, so this works with the other home dead.",
		Call: states(to, entry, to),
		Undo: &undo,
		Condition: plan.Condition{
			Call: plan.Call{Kind: plan.AWS, Home: to, Service: "route53-recovery-cluster", Operation: "ListRoutingControls",
				Input: plan.Document{"ControlPanelArn": entry.RoutingPanelArn}},
			All: []plan.Expect{stateOf(entry, to, "On"), stateOf(entry, to.Peer(), "Off")},
		},
		Budget: timings.ARCRoutingcontrol, Timeout: switchTimeout, OnFailure: plan.Stop,
	}, nil
}

// endpoints are those of the routing controls' cluster that either home knows.
func endpoints(inv inventory.Inventory) map[string]string {
	var all map[string]string
	for _, home := range system.Homes {
		if own := inv.Homes[home].Entry.RoutingEndpoints; len(own) > 0 {
			all = own
		}
	}
	return all
}

// states is the request that leaves one home on.
func states(home system.Home, entry inventory.Entry, on system.Home) plan.Call {
	entries := []plan.Document{
		{"RoutingControlArn": entry.RoutingControlArns[on], "RoutingControlState": "On"},
		{"RoutingControlArn": entry.RoutingControlArns[on.Peer()], "RoutingControlState": "Off"},
	}
	return plan.Call{Kind: plan.AWS, Home: home, Service: "route53-recovery-cluster", Operation: "UpdateRoutingControlStates",
		Input: plan.Document{"UpdateRoutingControlStateEntries": entries}}
}

func stateOf(entry inventory.Entry, home system.Home, state string) plan.Expect {
	return plan.Expect{Path: RoutingState(entry, home), Op: plan.Is, Value: state}
}

// RoutingState is where the answer of ListRoutingControls has the state of a home's control.
func RoutingState(entry inventory.Entry, home system.Home) plan.Path {
	return plan.Path(fmt.Sprintf("RoutingControls[?RoutingControlArn==%q].RoutingControlState",
		entry.RoutingControlArns[home]))
}

// routingEntry returns the home's entry, or all that is missing in it.
func routingEntry(inv inventory.Inventory, home system.Home) (inventory.Entry, error) {
	e := inv.Homes[home].Entry
	var errs []error
	missing := func(field string, is bool) {
		if is {
			errs = append(errs, fmt.Errorf("homes.%s.entry.%s is missing", home, field))
		}
	}
	missing("routingPanelArn", e.RoutingPanelArn == "")
	missing("routingEndpoints", len(e.RoutingEndpoints) == 0)
	for _, of := range system.Homes {
		missing("routingControlArns."+string(of), e.RoutingControlArns[of] == "")
	}
	return e, errors.Join(errs...)
}
