// Package run is the witness at work: it writes one mark an interval into each
// store, keeps the log of what was acknowledged, and judges what was read back.
package run

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"redoubt/internal/clock"
	"redoubt/system"
	"redoubt/witness/marks"
)

// Writer writes the marks of one store.
type Writer struct {
	Store string
	// Every is the interval between two marks; see Interval.
	Every time.Duration
	// Places are where the store is written, by the home that serves. Both may be
	// the same: a name that follows the switch.
	Places map[system.Home]marks.Place
}

// Notes is what a runner needs of a log.
type Notes interface {
	// Reserve sets numbers of a store aside that nobody has used or will, and returns the first and the last.
	Reserve(store string) (first, until int64, err error)
	// Note notes a try. After an error the log takes no more.
	Note(Try) error
}

var _ Notes = (*Log)(nil)

// Runner writes marks until it is stopped.
type Runner struct {
	Clock   clock.Clock
	Log     Notes
	Writers []Writer
	// Active tells which home serves, as clients see it.
	Active func(context.Context) (system.Home, error)
	// Patience ends a try that nobody answers; zero means DefaultPatience. A try
	// that takes longer than the interval delays the next one, and the figures say so.
	Patience time.Duration
}

// DefaultPatience is how long a store may take to answer: as long as an agent's
// client waits (assumed).
const DefaultPatience = time.Second

const (
	// usual is the interval of an objective that does not ask for a shorter one.
	usual = time.Second
	// shortest is the shortest interval: below it a mark and its answer take longer.
	shortest = 10 * time.Millisecond
	// perObjective is how many marks an objective must hold, at least.
	perObjective = 3
)

// Interval is the interval for an objective: that which is wanted, or a second, or
// less where the objective is shorter than three of them. An interval that is too
// long for the objective is refused. An objective of no loss takes any interval: each lost mark breaks it.
func Interval(wanted, objective time.Duration) (time.Duration, error) {
	most := objective / perObjective
	switch {
	case wanted < 0 || objective < 0:
		return 0, fmt.Errorf("interval is %s for an objective of %s, want no negative time", wanted, objective)
	case objective > 0 && most < shortest:
		return 0, fmt.Errorf("objective is %s, want at least %s: the witness cannot tell less",
			objective, perObjective*shortest)
	case wanted == 0 && objective > 0:
		return min(usual, most), nil
	case wanted == 0:
		return usual, nil
	case wanted < shortest:
		return 0, fmt.Errorf("interval is %s, want at least %s", wanted, shortest)
	case objective > 0 && wanted > most:
		return 0, fmt.Errorf("interval is %s, want at most %s: an objective of %s must hold %d marks",
			wanted, most, objective, perObjective)
	}
	return wanted, nil
}

// Run writes marks until ctx ends, which is no error. It fails when the log can
// no longer be written: marks that nobody noted say nothing.
func (r *Runner) Run(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	var all sync.WaitGroup
	errs := make([]error, len(r.Writers))
	for n, w := range r.Writers {
		all.Go(func() {
			if errs[n] = r.write(ctx, w); errs[n] != nil {
				cancel()
			}
		})
	}
	all.Wait()
	return errors.Join(errs...)
}

// write writes the marks of one store, one after the other.
func (r *Runner) write(ctx context.Context, w Writer) error {
	if w.Every <= 0 {
		return fmt.Errorf("store %s: the interval is %s, want more than none", w.Store, w.Every)
	}
	var next, until int64
	for began := r.Clock.Now(); ; {
		if next >= until {
			first, last, err := r.Log.Reserve(w.Store)
			if err != nil {
				return err
			}
			next, until = first-1, last
		}
		next++
		try := r.try(ctx, w, next)
		if ctx.Err() != nil {
			return nil // what was under way has no answer, and is no refusal
		}
		if err := r.Log.Note(try); err != nil {
			return err
		}
		// The marks keep to the beats of the interval; beats that a slow try missed are left out.
		beats := r.Clock.Now().Sub(began)/w.Every + 1
		if r.Clock.Sleep(ctx, began.Add(beats*w.Every).Sub(r.Clock.Now())) != nil {
			return nil
		}
	}
}

// try makes one attempt.
func (r *Runner) try(ctx context.Context, w Writer, seq int64) Try {
	patience := r.Patience
	if patience <= 0 {
		patience = DefaultPatience
	}
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	t := Try{Store: w.Store, Seq: seq, Began: r.Clock.Now()}
	home, err := r.Active(ctx)
	if err == nil {
		place := w.Places[home]
		if place == nil {
			err = fmt.Errorf("no place in the %q home", home)
		} else {
			err = place.Write(ctx, seq)
		}
	}
	t.Ended = r.Clock.Now()
	if err != nil {
		t.Refused = err.Error()
		if t.Refused == "" {
			t.Refused = "refused"
		}
	}
	return t
}
