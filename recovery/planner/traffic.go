// Package planner turns an inventory and what is wanted into a plan. It is
// pure: it asks nobody, and equal inputs give equal plans.
package planner

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// The sources that the steps of the switch rely on.
const (
	putSource    = "https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricData.html"
	healthSource = "https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/" +
		"dns-failover-determining-health-of-endpoints.html"
)

// switchTimeout is how long an act of the switch may stay unseen. A standard
// metric is seen within two minutes (assumed until tried on AWS); the rest is patience.
const switchTimeout = plan.Duration(5 * time.Minute)

// TakeTraffic plans the act by which a home takes the traffic, with the other
// home dead. It moves traffic and nothing more; that the home's stores take writes
// comes before.
func TakeTraffic(inv inventory.Inventory, to system.Home) (plan.Plan, error) {
	step, err := take(inv, to)
	if err != nil {
		return plan.Plan{}, err
	}
	return build(inv, fmt.Sprintf("Take the traffic into the %s home", to), step)
}

// ResetSwitch plans the end of a failback: the secondary lets go, then the
// primary ends its claim. Until both are done the secondary cannot take traffic
// again. The other order would send the traffic to the secondary. Routing
// controls have nothing to reset.
func ResetSwitch(inv inventory.Inventory) (plan.Plan, error) {
	letGo, err1 := act(inv, system.Secondary, letsGo)
	end, err2 := act(inv, system.Primary, letsGo)
	if err := errors.Join(err1, err2); err != nil {
		return plan.Plan{}, err
	}
	end.Needs = []string{letGo.ID}
	return build(inv, "Reset the switch after a failback", letGo, end)
}

func build(inv inventory.Inventory, title string, steps ...plan.Step) (plan.Plan, error) {
	hash, err := inventory.Hash(inv)
	if err != nil {
		return plan.Plan{}, err
	}
	p := plan.Plan{
		System: inv.System, Title: title, Inventory: hash,
		Regions: inv.Regions(plan.Arbiter), Steps: steps,
	}
	p.Endpoints = endpoints(inv)
	return plan.New(p)
}

// sign is one of the two acts of a home on the switch.
type sign struct {
	id, title, why, source string
	value                  float64
	state                  string
}

var takes = sign{
	id: "take-traffic", title: "Take the traffic into the %s home", value: 1, state: "ALARM", source: healthSource,
	why: "Users reach the home whose load balancer the domain's failover record names. The record obeys a health check " +
		"over a metric that the receiving home puts in its own region, so this works with the other home dead.",
}

var letsGo = sign{
	id: "reset-switch", title: "Reset the switch of the %s home", value: 0, state: "OK", source: putSource,
	why: "As long as both homes hold their claim the secondary cannot take traffic, so the loss of the primary " +
		"would find nobody who can act.",
}

func act(inv inventory.Inventory, home system.Home, m sign) (plan.Step, error) {
	entry, err := metricEntry(inv, home)
	if err != nil {
		return plan.Step{}, fmt.Errorf("step %s: %w", m.id, err)
	}
	undo := put(home, entry, 1-m.value)
	return plan.Step{
		ID: m.id + "-" + string(home), Title: fmt.Sprintf(m.title, home), Why: m.why, Source: m.source,
		Call: put(home, entry, m.value),
		Undo: &undo,
		Condition: plan.Condition{
			Call: plan.Call{
				Kind: plan.AWS, Home: home, Service: "cloudwatch", Operation: "DescribeAlarms",
				Input: plan.Document{"AlarmNames": []string{entry.SwitchAlarm}, "AlarmTypes": []string{"MetricAlarm"}},
			},
			All: []plan.Expect{{
				Path: plan.Path(fmt.Sprintf("MetricAlarms[?AlarmName==%q].StateValue", entry.SwitchAlarm)),
				Op:   plan.Is, Value: m.state,
			}},
		},
		Budget: timings.CWAlarmPeriod, Timeout: switchTimeout, OnFailure: plan.Stop,
	}, nil
}

func put(home system.Home, entry inventory.Entry, value float64) plan.Call {
	datum := plan.Document{"MetricName": entry.SwitchMetric, "Value": value}
	var dimensions []plan.Document
	for _, name := range slices.Sorted(maps.Keys(entry.SwitchDimensions)) {
		dimensions = append(dimensions, plan.Document{"Name": name, "Value": entry.SwitchDimensions[name]})
	}
	if dimensions != nil {
		datum["Dimensions"] = dimensions
	}
	return plan.Call{
		Kind: plan.AWS, Home: home, Service: "cloudwatch", Operation: "PutMetricData",
		Input: plan.Document{"Namespace": entry.SwitchNamespace, "MetricData": []plan.Document{datum}},
	}
}

// metricEntry returns the home's entry, or all that is missing in it.
func metricEntry(inv inventory.Inventory, home system.Home) (inventory.Entry, error) {
	of, has := inv.Homes[home]
	if !has || inventory.Blank(of) {
		return inventory.Entry{}, fmt.Errorf("the inventory does not know the %s home", home)
	}
	e := of.Entry
	var errs []error
	if e.Switch != inventory.MetricSwitch {
		errs = append(errs, fmt.Errorf("homes.%s.entry.switch is %q, want %s or %s", home, e.Switch, inventory.MetricSwitch,
			inventory.ARCSwitch))
	}
	for _, f := range []struct{ name, value string }{
		{"switchNamespace", e.SwitchNamespace}, {"switchMetric", e.SwitchMetric}, {"switchAlarm", e.SwitchAlarm},
	} {
		if f.value == "" {
			errs = append(errs, fmt.Errorf("homes.%s.entry.%s is missing", home, f.name))
		}
	}
	return e, errors.Join(errs...)
}
