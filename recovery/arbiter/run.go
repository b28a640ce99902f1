package arbiter

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"redoubt/internal/clock"
	"redoubt/recovery/diagnose"
	"redoubt/system"
)

// Looker asks whether a home answers: one aspect of it, nil when it does.
type Looker func(ctx context.Context, home system.Home, aspect diagnose.Aspect) error

// aspects are what an observer looks at: a home is lost when neither answers.
var aspects = []diagnose.Aspect{diagnose.Entry, diagnose.Control}

// Observer looks at the homes from one place.
type Observer struct {
	// Name is the home that it runs in, or Name.
	Name  string
	Rules Rules
	Clock clock.Clock
	Look  Looker
	// Own is the table of its own region, where it keeps what it saw; Arbiter is the arbiter's, nil where Own is that.
	Own     Table
	Arbiter *Table
}

// Once looks at every home, keeps what it saw and puts all of it into the arbiter's table. It fails when either was not
// possible; what is kept goes along the next time.
func (o Observer) Once(ctx context.Context) error {
	before, err := o.Own.Seen(ctx, o.Name)
	if err != nil {
		return err // a look that is not kept is none: the judge takes the silence for a break
	}
	seen := o.Rules.Keep(o.Clock.Now(), before, o.look(ctx))
	if err := o.Own.Put(ctx, o.Name, seen); err != nil || o.Arbiter == nil {
		return err
	}
	return o.Arbiter.Put(ctx, o.Name, seen)
}

// look asks everything at once, each for as long as a request may take.
func (o Observer) look(ctx context.Context) []diagnose.Observation {
	var out []diagnose.Observation
	at := o.Clock.Now()
	for _, h := range LooksAt(o.Name) {
		for _, a := range aspects {
			out = append(out, diagnose.Observation{Observer: o.Name, At: at, Home: h, Aspect: a, State: diagnose.Good})
		}
	}
	var all sync.WaitGroup
	for n := range out {
		one := &out[n]
		all.Go(func() {
			ctx, cancel := context.WithTimeout(ctx, o.Rules.Travel)
			defer cancel()
			if err := o.Look(ctx, one.Home, one.Aspect); err != nil {
				one.State, one.Detail = diagnose.Bad, err.Error()
			}
		})
	}
	all.Wait()
	return out
}

// Bench drives the judge in the arbiter's region.
type Bench struct {
	Rules Rules
	Clock clock.Clock
	Table Table
	// Tell hears every finding; it may be nil.
	Tell func(diagnose.Finding)
}

// Once is one round of the judge: it reads, decides and writes. It fails when the table does not answer; the next
// round begins anew.
func (b Bench) Once(ctx context.Context) error {
	j := &Judge{Rules: b.Rules}
	return b.do(ctx, j, j.Step(b.Clock.Now(), Fired{}))
}

func (b Bench) do(ctx context.Context, j *Judge, all []Command) error {
	var errs []error
	for _, c := range all {
		switch c := c.(type) {
		case Look:
			read, err := b.read(ctx, c.Number)
			if err != nil {
				return err
			}
			errs = append(errs, b.do(ctx, j, j.Step(b.Clock.Now(), read)))
		case Write:
			errs = append(errs, b.Table.Replace(ctx, c.Old, c.Next))
		case Tell:
			if b.Tell != nil {
				b.Tell(c.Finding)
			}
		}
	}
	return errors.Join(errs...)
}

// read reads the word and what every observer has put.
func (b Bench) read(ctx context.Context, number int) (Read, error) {
	ctx, cancel := context.WithTimeout(ctx, b.Rules.Travel)
	defer cancel()
	w, err := b.Table.Word(ctx)
	errs := []error{err}
	out := Read{Look: number, Word: w}
	for _, name := range b.Rules.evidence().Observers {
		seen, err := b.Table.Seen(ctx, name)
		errs = append(errs, err)
		out.Seen = append(out.Seen, seen)
	}
	return out, errors.Join(errs...)
}

// Every does something again and again until the context ends, from one beginning to the next, and hands on what went
// wrong. It is given up in time for the next one.
func Every(
	ctx context.Context, c clock.Clock, every time.Duration, once func(context.Context) error, wrong func(error),
) {
	for ctx.Err() == nil {
		began := c.Now()
		attempt, cancel := context.WithTimeout(ctx, every)
		if err := once(attempt); err != nil && ctx.Err() == nil {
			wrong(fmt.Errorf("at %s: %w", began.UTC().Format(time.RFC3339), err))
		}
		cancel()
		_ = c.Sleep(ctx, every-c.Now().Sub(began))
	}
}
