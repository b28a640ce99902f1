package target

import (
	"context"
	"slices"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// standing is the home whose act on the switch stands, the primary where
// nobody has acted; empty when that cannot be told.
func standing(ctx context.Context, t Target, k Known) system.Home {
	if routed(k) {
		return on(ctx, t, k)
	}
	taken, known := switched(ctx, t, k, system.Secondary)
	if !known {
		return ""
	}
	reclaimed, sure := switched(ctx, t, k, system.Primary)
	switch {
	case taken.IsZero():
		return system.Primary
	case sure && reclaimed.IsZero():
		return system.Secondary
	}
	return ""
}

// Moved is when traffic last moved by an act that still stands; zero when none
// does. Routing controls do not say since when they are as they are: there the
// last run counts, if it moved traffic.
func Moved(ctx context.Context, t Target, k Known) time.Time {
	if routed(k) {
		return movedByRun(ctx, t)
	}
	var last time.Time
	for _, home := range system.Homes {
		if at, known := switched(ctx, t, k, home); known && at.After(last) {
			last = at
		}
	}
	return last
}

// routed reports whether the switch is made of routing controls.
func routed(k Known) bool {
	return k.Inventory.Own().Entry.Switch == inventory.ARCSwitch
}

// on is the home that the routing controls lead to: the secondary when it alone
// is on, otherwise the primary, whose record comes first.
func on(ctx context.Context, t Target, k Known) system.Home {
	entry := k.Inventory.Own().Entry
	out, err := t.Port(k.Inventory).Call(ctx, plan.Call{
		Kind: plan.AWS, Home: k.Inventory.Home, Service: "route53-recovery-cluster", Operation: "ListRoutingControls",
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

// movedByRun is when the last run acted to move traffic: when it meant to, or was through with it. Zero when
// it did not, or found traffic there already.
func movedByRun(ctx context.Context, t Target) time.Time {
	run, err := t.Last(ctx)
	if err != nil || run == "" {
		return time.Time{}
	}
	p, err := t.Plan(ctx, run)
	if err != nil {
		return time.Time{}
	}
	records, err := t.Records(ctx, run)
	if err != nil {
		return time.Time{}
	}
	var last time.Time
	for _, r := range records {
		moves := slices.ContainsFunc(p.Steps, func(s plan.Step) bool { return s.ID == r.Step && s.Role == plan.Traffic })
		if moves && (r.Kind == journal.Intended || r.Kind == journal.Ended && !last.IsZero()) {
			last = r.At
		}
	}
	return last
}

// switched is since when the home's act on the switch stands, zero when it does
// not; it is false when the home does not say.
func switched(ctx context.Context, t Target, k Known, home system.Home) (time.Time, bool) {
	name := k.Inventory.Homes[home].Entry.SwitchAlarm
	if name == "" {
		return time.Time{}, false
	}
	out, err := t.Port(k.Inventory).Call(ctx, plan.Call{
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
