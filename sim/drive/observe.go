package drive

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// Observer looks at the homes from one of them, by calls that are answered or
// not: it is never told a fault.
type Observer struct {
	World World
	// Home is where the observer runs; its name in observations.
	Home system.Home
	// Active is the home that serves. Only there a store must take writes.
	Active system.Home
	// Dependencies are the outside services that the system needs.
	Dependencies []string
}

// Look is one look at everything. An observer whose own region does not hand
// out what it has seen says nothing.
func (o Observer) Look(ctx context.Context) []diagnose.Observation {
	return o.LookAt(ctx, o.World.Now())
}

// LookAt is the same, where the caller knows what time it is: what is seen depends on the homes alone then.
func (o Observer) LookAt(ctx context.Context, now time.Time) []diagnose.Observation {
	if !o.reports(ctx) {
		return nil
	}
	inside := o.World
	inside.From = o.World.Regions[o.Home]
	out := o.dependencies(now)
	for _, home := range system.Homes {
		of, known := o.World.Inventory.Homes[home]
		if !known || inventory.Blank(of) {
			continue
		}
		l := look{Observer: o, from: inside, home: home, of: of, now: now}
		l.control(ctx)
		l.entry(ctx)
		l.zones()
		if home == o.Active {
			l.stores(ctx)
		}
		out = append(out, l.seen...)
	}
	return out
}

// reports asks the observer's own region, from outside, for the place where its
// observations are kept.
func (o Observer) reports(ctx context.Context) bool {
	own := o.World.Inventory.Homes[o.Home]
	outside := o.World
	outside.From = ""
	_, err := outside.Call(ctx, ask(o.Home, "s3", "HeadObject", plan.Document{
		"Bucket": own.Control.Bucket, "Key": inventory.ObjectKey(o.Home)}))
	return execute.ClassOf(err) != execute.Unreachable
}

// look is one look of an observer at one home.
type look struct {
	Observer
	from World
	home system.Home
	of   inventory.Home
	now  time.Time
	seen []diagnose.Observation
}

// saw notes what was seen; why says what is bad, and is empty when nothing is.
func (l *look) saw(aspect diagnose.Aspect, name, why string) {
	state := diagnose.Good
	if why != "" {
		state = diagnose.Bad
	}
	l.seen = append(l.seen, diagnose.Observation{
		Observer: string(l.Home), At: l.now, Aspect: aspect, Home: l.home, Name: name, State: state, Detail: why,
	})
}

// part is what is bad of one thing, or nothing. Most of what an observer looks at is as it was.
func (l *look) part(what, name string, see func() string) string {
	why, _ := l.from.remembered(what, l.home, nil, name, func() (any, error) { return see(), nil })
	return why.(string)
}

// control asks the region's control plane for the alarm of the switch.
func (l *look) control(ctx context.Context) {
	l.saw(diagnose.Control, "", l.part("control", "", func() string {
		_, err := l.from.Call(ctx, ask(l.home, "cloudwatch", "DescribeAlarms",
			plan.Document{"AlarmNames": []any{l.of.Entry.SwitchAlarm}}))
		return text(err)
	}))
}

// entry asks whether a public agent answers. That the load balancer before it
// answers as long as its region does is assumed.
func (l *look) entry(ctx context.Context) {
	why := "no agent is public"
	for _, name := range slices.Sorted(maps.Keys(l.of.Agents)) {
		if !l.of.Agents[name].Public {
			continue
		}
		if why = l.part("answers", name, func() string { return l.from.answers(ctx, l.home, l.of, name) }); why == "" {
			break
		}
	}
	l.saw(diagnose.Entry, "", why)
}

// zones asks at each zone's own address.
func (l *look) zones() {
	for _, zone := range l.of.Zones {
		err := l.World.World.ZoneAnswers(zone)
		if err == nil && l.World.World.Apart(l.from.From, l.of.Region) {
			err = fmt.Errorf("%s is cut from %s", l.from.From, l.of.Region)
		}
		l.saw(diagnose.Zone, zone, text(err))
	}
}

// dependencies asks each outside service whether it answers. That the way from a region
// to it is never what is broken is assumed.
func (o Observer) dependencies(now time.Time) []diagnose.Observation {
	l := look{Observer: o, now: now}
	for _, name := range o.Dependencies {
		l.saw(diagnose.Dependency, name, text(o.World.World.Dependency(name)))
	}
	return l.seen
}

// stores asks each store, as its clients do, whether it takes writes, and compares what it
// holds with what was written. What a control plane says or does not say is no evidence.
func (l *look) stores(ctx context.Context) {
	for _, name := range slices.Sorted(maps.Keys(l.of.Stores)) {
		s := l.of.Stores[name]
		why := l.part("acknowledges", name, func() string { return text(l.from.Takes(ctx, l.home, name)) })
		l.saw(diagnose.Writes, name, why)
		if why == "" && s.Kind != system.Queue { // what a queue holds, nobody can compare
			l.saw(diagnose.Content, name, text(l.World.World.Content(l.of.Region, s.Name)))
		}
	}
}

func ask(home system.Home, service, operation string, in plan.Document) plan.Call {
	return plan.Call{Kind: plan.AWS, Home: home, Service: service, Operation: operation, Input: in}
}

func text(err error) string {
	if err == nil {
		return ""
	}
	return err.Error()
}

// Watch looks again and again with every observer for a span of the world's
// time, which passes.
func Watch(ctx context.Context, observers []Observer, every, span time.Duration) []diagnose.Observation {
	var out []diagnose.Observation
	for at := time.Duration(0); ; at += every {
		for _, o := range observers {
			out = append(out, o.Look(ctx)...)
		}
		if at >= span || len(observers) == 0 {
			return out
		}
		w := observers[0].World
		w.Advance(w.Now().Add(every))
	}
}
