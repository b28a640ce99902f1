package execute

import (
	"context"
	"errors"
	"fmt"
	"time"

	"redoubt/internal/clock"
	"redoubt/recovery/journal"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
)

// Runner drives a machine in real time.
type Runner struct {
	Port  plan.Port
	Store journal.Store
	Clock clock.Clock
	// Lease must be held; it is renewed while the run lasts. Nil runs without
	// one, which only a simulator may.
	Lease *lease.Held
	// CallTimeout ends a call or a question that nobody answers.
	CallTimeout time.Duration
	// Decide lets a person decide; nil refuses.
	Decide func(context.Context, plan.Gate) Decided
	// See is told of each command, for progress. It may be nil.
	See func(time.Time, Command)
	// Interrupts tells that the operator wants to stop: once for after the steps
	// under way, again for at once. It may be nil.
	Interrupts <-chan struct{}
}

// running is one run of a Runner.
type running struct {
	Runner
	core   *Core
	events chan Event
	timers map[string]func()
}

// Run drives the machine to its end and returns how it ended. It fails only when
// the journal cannot be written: then nothing more is done, and what was
// written says how to resume.
func (r Runner) Run(ctx context.Context, c *Core) (Finish, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	run := &running{Runner: r, core: c, events: make(chan Event), timers: map[string]func(){}}
	defer run.stopTimers()
	if r.Lease != nil {
		go run.renew(ctx)
	}
	if err := run.carry(ctx, c.Start(r.Clock.Now())); err != nil {
		return Finish{}, err
	}
	interrupts := 0
	for {
		if f, done := c.Finished(); done {
			return f, nil
		}
		var event Event
		select {
		case event = <-run.events:
		case <-r.Interrupts:
			interrupts++
			event = Interrupted{Hard: interrupts > 1}
		case <-ctx.Done():
			event = Interrupted{Hard: true}
		}
		if err := run.carry(ctx, c.Step(r.Clock.Now(), event)); err != nil {
			return Finish{}, err
		}
	}
}

// carry carries commands out. Records are written here, one after the other,
// so that nothing overtakes them; what takes time goes on beside.
func (r *running) carry(ctx context.Context, commands []Command) error {
	for _, cmd := range kept(commands) { // to write a record may be the next step
		if _, done := r.core.Finished(); done && acts(cmd) {
			continue // the lease was lost while an earlier command was carried out
		}
		if r.See != nil {
			r.See(r.Clock.Now(), cmd)
		}
		switch cmd := cmd.(type) {
		case Append:
			if err := r.write(ctx, *cmd.Record); err != nil {
				return err
			}
		case Evaluate:
			r.beside(ctx, func(ctx context.Context) Event { return evaluate(ctx, r.Port, cmd) })
		case Perform:
			r.act(ctx, cmd)
		case Arm:
			r.arm(ctx, cmd)
		case Cancel:
			r.disarm(cmd.At)
		case Ask:
			r.ask(ctx, cmd.Gate)
		case Finish:
		}
	}
	return nil
}

// acts reports whether a command reaches out of the run.
func acts(cmd Command) bool {
	_, performs := cmd.(Perform)
	return performs
}

// write appends a record and goes on with what waited for it.
func (r *running) write(ctx context.Context, rec journal.Record) error {
	err := r.Store.Append(context.WithoutCancel(ctx), rec)
	switch {
	case errors.Is(err, journal.ErrTaken):
		return r.carry(ctx, r.core.Step(r.Clock.Now(), LeaseLost{err.Error()}))
	case err != nil:
		return fmt.Errorf("nothing more is done, because the journal cannot be written: %w", err)
	}
	r.send(ctx, Synced{rec.Seq})
	return nil
}

// act makes a call, if the lease still allows it.
func (r *running) act(ctx context.Context, p Perform) {
	if r.Lease != nil && !r.Lease.Valid() {
		r.send(ctx, LeaseLost{"it was not renewed in time"})
		return
	}
	r.beside(ctx, func(ctx context.Context) Event { return perform(ctx, r.Port, p) })
}

func (r *running) beside(ctx context.Context, f func(context.Context) Event) {
	go func() {
		bounded, cancel := context.WithTimeout(ctx, r.CallTimeout)
		defer cancel()
		r.deliver(ctx, f(bounded))
	}()
}

func (r *running) ask(ctx context.Context, g plan.Gate) {
	if r.Decide == nil {
		r.send(ctx, Decided{Gate: g.ID, Why: "nobody was there to ask"})
		return
	}
	go func() { r.deliver(ctx, r.Decide(ctx, g)) }()
}

// send delivers an event that is known at once.
func (r *running) send(ctx context.Context, e Event) { go r.deliver(ctx, e) }

func (r *running) deliver(ctx context.Context, e Event) {
	select {
	case r.events <- e:
	case <-ctx.Done():
	}
}

// everyChange is how often a real driver looks when asked to look at changes.
const everyChange = time.Second

func (r *running) arm(ctx context.Context, a Arm) {
	r.disarm(a.At)
	wait := everyChange
	if !a.When.IsZero() {
		wait = a.When.Sub(r.Clock.Now())
	}
	fired, stop := r.Clock.Timer(wait)
	stopped := make(chan struct{})
	r.timers[a.At] = func() { stop(); close(stopped) }
	go func() {
		select {
		case <-fired:
			r.deliver(ctx, Fired{a.At})
		case <-stopped:
		case <-ctx.Done():
		}
	}()
}

func (r *running) disarm(at string) {
	if stop, armed := r.timers[at]; armed {
		stop()
		delete(r.timers, at)
	}
}

func (r *running) stopTimers() {
	for at := range r.timers {
		r.disarm(at)
	}
}
