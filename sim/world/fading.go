package world

import (
	"slices"
	"time"

	"redoubt/sim/fault"
)

// How what fades comes and goes: in each minute it is away for its last seconds, more
// of them in each third of the span. Load balancers' checks that flap have a
// minute of their own. All of this is assumed; what happened is told, the rhythm is not:
// https://aws.amazon.com/message/56489/ and https://aws.amazon.com/message/101925/
var fadingAway = [...]time.Duration{10 * time.Second, 30 * time.Second, 50 * time.Second}

const flappingAway = 40 * time.Second

// eventFade is the next moment at which something that comes and goes does so.
const eventFade = "Fade"

// awayFor is how much of each minute a fault takes something away, so long after its beginning.
func awayFor(f fault.Fault, elapsed time.Duration) time.Duration {
	switch f.Kind {
	case fault.ZoneFading, fault.RegionFading:
		return fadingAway[min(int(3*elapsed/f.For), 2)]
	case fault.TargetsFlap:
		return flappingAway
	}
	return 0
}

// away reports whether what the fault is about is away at a time.
func (a active) away(at time.Time) bool {
	elapsed := at.Sub(a.Since)
	return elapsed >= 0 && elapsed%time.Minute >= time.Minute-awayFor(a.Fault, elapsed)
}

// turns is when it comes or goes next, or fades for good.
func (a active) turns(at time.Time) time.Time {
	elapsed := at.Sub(a.Since)
	minute := elapsed.Truncate(time.Minute)
	next := minute + time.Minute - awayFor(a.Fault, elapsed)
	if next <= elapsed {
		next = minute + time.Minute
	}
	if a.For > 0 {
		next = min(next, a.For)
	}
	return a.Since.Add(next)
}

// fades reports whether the fault comes and goes.
func fades(k fault.Kind) bool {
	return k == fault.ZoneFading || k == fault.RegionFading || k == fault.TargetsFlap
}

// fadeLater plans the next moment of a fault that comes and goes.
func (t *tx) fadeLater(a active) {
	t.later(a.turns(t.clock()), eventFade, Document{"Fault": a.Fault.String(), "Since": a.Since.Format(time.RFC3339Nano)})
}

// fade is such a moment: what looks at the world looks again. At the end of its span
// a zone or region that fades is lost.
func (t *tx) fade(in Document) error {
	t.notes.never()
	list := slices.Clone(t.activeFaults())
	for i, a := range list {
		if a.Fault.String() != str(in, "Fault") || !a.Since.Equal(timeAt(in, "Since")) {
			continue
		}
		if a.For == 0 || t.clock().Sub(a.Since) < a.For {
			t.fadeLater(a)
			t.unpark()
			return nil
		}
		lost := fault.Fault{Kind: fault.ZoneDown, Zone: a.Zone}
		if a.Kind == fault.RegionFading {
			lost = fault.Fault{Kind: fault.RegionDown, Region: a.Region}
		}
		list = slices.Delete(list, i, i+1)
		if !slices.ContainsFunc(list, func(other active) bool { return other.Fault == lost }) {
			list = append(list, active{Fault: lost, Since: t.clock()})
		}
		t.faulted = &list
		t.unpark()
		_, err := t.strike(lost)
		return err
	}
	return nil // it was healed
}

// flapping reports whether a region's load balancers take their targets for unhealthy now.
func (t *tx) flapping(region string) bool {
	return t.anyActive(func(a active) bool { return a.Kind == fault.TargetsFlap && a.Region == region && a.away(t.clock()) })
}
