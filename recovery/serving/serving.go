// Package serving tells which home serves, by what the switch shows: the act of a home on it that stands; and what stands or
// runs beside that. It asks a port and changes nothing.
package serving

import (
	"context"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// Home is the home whose act on the switch stands, the primary where
// nobody has acted; empty when that cannot be told.
func Home(ctx context.Context, port plan.Port, inv inventory.Inventory) system.Home {
	if Routed(inv) {
		return on(ctx, port, inv)
	}
	taken, known := switched(ctx, port, inv, system.Secondary)
	if !known {
		return ""
	}
	reclaimed, sure := switched(ctx, port, inv, system.Primary)
	switch {
	case taken.IsZero():
		return system.Primary
	case sure && reclaimed.IsZero():
		return system.Secondary
	}
	return ""
}

// Moved is when traffic last moved by an act that still stands; zero when none
// does. Routing controls do not say since when they are as they are (Routed).
func Moved(ctx context.Context, port plan.Port, inv inventory.Inventory) time.Time {
	var last time.Time
	for _, home := range system.Homes {
		if at, known := switched(ctx, port, inv, home); known && at.After(last) {
			last = at
		}
	}
	return last
}

// Routed reports whether the switch is made of routing controls.
func Routed(inv inventory.Inventory) bool { return inv.Own().Entry.Switch == inventory.ARCSwitch }

// on is the home that the routing controls lead to: the secondary when it alone
// is on, otherwise the primary, whose record comes first.
func on(ctx context.Context, port plan.Port, inv inventory.Inventory) system.Home {
	entry := inv.Own().Entry
	out, err := port.Call(ctx, plan.Call{
		Kind: plan.AWS, Home: inv.Home, Service: "route53-recovery-cluster", Operation: "ListRoutingControls",
		Input: plan.Document{"ControlPanelArn": entry.RoutingPanelArn},
	})
	if err != nil {
		return ""
	}
	is := map[system.Home]any{}
	for _, home := range system.Homes {
		is[home], _ = planner.RoutingState(entry, home).Find(out)
	}
	switch {
	case is[system.Primary] == nil || is[system.Secondary] == nil:
		return ""
	case is[system.Secondary] == "On" && is[system.Primary] == "Off":
		return system.Secondary
	}
	return system.Primary
}

// switched is since when the home's act on the switch stands, zero when it does
// not; it is false when the home does not say.
func switched(
	ctx context.Context, port plan.Port, inv inventory.Inventory, home system.Home,
) (time.Time, bool) {
	name := inv.Homes[home].Entry.SwitchAlarm
	if name == "" {
		return time.Time{}, false
	}
	out, err := port.Call(ctx, plan.Call{
		Kind: plan.AWS, Home: home, Service: "cloudwatch", Operation: "DescribeAlarms",
		Input: plan.Document{"AlarmNames": []any{name}, "AlarmTypes": []any{"MetricAlarm"}},
	})
	if err != nil {
		return time.Time{}, false
	}
	state, found := plan.Path("MetricAlarms[0].StateValue").Find(out)
	if !found || state != "ALARM" {
		return time.Time{}, found
	}
	stamp, _ := plan.Path("MetricAlarms[0].StateUpdatedTimestamp").Find(out)
	text, _ := stamp.(string)
	at, err := time.Parse(time.RFC3339, text)
	return at, err == nil
}
