package drill

import (
	"context"
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/witness"
)

// Place is where a drill takes place.
type Place interface {
	Witness
	// Kind is that of the figures that are seen here.
	Kind() witness.Kind
	Now() time.Time
	Wait(ctx context.Context, d time.Duration) error
	// Break lets a line of the fault language happen some time from now. A line that is not understood is refused at once.
	Break(ctx context.Context, after time.Duration, line string) error
	// Observe is one look of every observer at both homes.
	Observe(ctx context.Context, active system.Home) []diagnose.Observation
	// Port makes the calls of questions.
	Port() plan.Port
	// Seen is what the gates of a plan stand on.
	Seen() planner.Seen
	// Run walks a machine to its end and returns what it wrote into its journal.
	Run(ctx context.Context, core *execute.Core) (execute.Finish, []journal.Record, error)
}

// Witness is what has seen the marks and the requests since the drill began.
type Witness interface {
	// Outages are the times in which requests of a tier were refused.
	Outages(tier string) []witness.Outage
	// Keep is how long a client may keep the name service's answer that leads to a tier.
	Keep(tier string) time.Duration
	// Losses reads every store back. LossAt is when the fault began.
	Losses(lossAt time.Time) []witness.Loss
	// Spans are the stretches in which a store acknowledged marks.
	Spans(store string) []Span
	// Restored tells that a store goes on since a moment with what it held at a time.
	Restored(store string, since, at time.Time)
}

// Partial is a place whose witness sees less than every mark: it looks from time to time, or reads some stores back not at all.
type Partial interface {
	// Grain is the time between two looks: how far every figure may be off on either side.
	Grain() time.Duration
	// Unseen says why nobody sees there what a store lost, or nothing. Then its objective is not judged, and the report says so.
	Unseen(store string) string
}

// Paced is a place where things take another time than on the simulated regions.
type Paced interface{ Pace() Pace }

// Pace are the times of a place. A zero takes that of the simulated regions.
type Pace struct {
	// Look lies between two looks of the observers, Settle between two whether requests are accepted again.
	Look, Settle time.Duration
	// Quiet is how long something must be bad without a break before it is found so.
	Quiet time.Duration
	// Poll lies between two looks of the engine at an open condition: who is told of no change looks again.
	Poll time.Duration
}

// pace are the times of a place.
func pace(p Place) Pace {
	out := Pace{Look: lookEvery, Settle: settleEvery}
	paced, is := p.(Paced)
	if !is {
		return out
	}
	own := paced.Pace()
	for _, t := range []struct{ of, own *time.Duration }{{&out.Look, &own.Look}, {&out.Settle, &own.Settle}} {
		if *t.own > 0 {
			*t.of = *t.own
		}
	}
	out.Quiet, out.Poll = own.Quiet, own.Poll
	return out
}

// grain is how far a figure of the place may be off.
func grain(p Place) time.Duration {
	if partial, is := p.(Partial); is {
		return partial.Grain()
	}
	return time.Second
}

func unseen(p Place, store string) string {
	if partial, is := p.(Partial); is {
		return partial.Unseen(store)
	}
	return ""
}
