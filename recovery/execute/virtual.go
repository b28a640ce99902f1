package execute

import (
	"context"
	"errors"
	"time"

	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

// Time is the virtual time that a run passes in.
type Time interface {
	Now() time.Time
	// Advance moves the time and does what falls due on the way.
	Advance(to time.Time)
	// NextChange is when something changes next by itself, if anything will: later than now.
	NextChange() (time.Time, bool)
}

// Virtual drives a machine in virtual time, in one thread: the same plan, seed
// and world give the same run, record by record.
type Virtual struct {
	Time  Time
	Port  plan.Port
	Store journal.Store
	// Decide answers for the person who is asked; nil refuses.
	Decide func(plan.Gate) Decided
	// Before is called before each command is carried out and may return an event
	// that happens then, or an error that cuts the run off there. It may be nil.
	Before func(Command) (Event, error)
	// See is told of each command, for progress. It may be nil.
	See func(time.Time, Command)

	timers []timer
	// queue are the events that happened and were not told yet, in room as long as they fit.
	queue []Event
	room  [8]Event
	// asked are the last questions, by who asked.
	asked map[string]asked
}

// asked is a question, an Evaluate, and the answer that it had.
type asked struct {
	question Command
	answer   plan.Answer
}

type timer struct {
	at           string
	when, latest time.Time
	// changes wakes the timer as soon as anything changes.
	changes bool
}

// ErrCut is what Before returns to cut a run off as a crash would.
var ErrCut = errors.New("the run was cut off")

// Run drives the machine to its end. The end of ctx stops the run after the
// steps under way.
func (v *Virtual) Run(ctx context.Context, c *Core) (Finish, error) {
	interrupted, ended := ctx.Err, false
	ctx = context.WithoutCancel(ctx)
	if err := v.carry(ctx, c.Start(v.Time.Now())); err != nil {
		return Finish{}, err
	}
	for {
		if f, done := c.Finished(); done {
			return f, nil
		}
		if !ended && interrupted() != nil {
			ended = true
			if err := v.carry(ctx, c.Step(v.Time.Now(), Interrupted{})); err != nil {
				return Finish{}, err
			}
			continue
		}
		event, ok := v.next()
		if !ok {
			return Finish{}, errors.New("the run waits for nothing: this is a bug")
		}
		if err := v.carry(ctx, c.Step(v.Time.Now(), event)); err != nil {
			return Finish{}, err
		}
	}
}

// next returns the next event: what is queued, else the earliest timer.
func (v *Virtual) next() (Event, bool) {
	if len(v.queue) > 0 {
		e := v.queue[0]
		if v.queue = v.queue[1:]; len(v.queue) == 0 {
			v.queue = v.room[:0]
		}
		return e, true
	}
	for len(v.timers) > 0 {
		t := v.nextTimer()
		if !t.changes || !v.idle(t) {
			return Fired{t.at}, true
		}
		t.when = t.latest
		v.timers = append(v.timers, t)
	}
	return nil, false
}

// idle reports whether a timer that waits for a change would only lead to the answer that
// it had before: the machine would arm it again.
func (v *Virtual) idle(t timer) bool {
	port, is := v.Port.(Whole)
	if !is || !v.Time.Now().Before(t.latest) {
		return false
	}
	last, has := v.asked[t.at]
	if !has {
		return false
	}
	answer, known, err := port.Known(last.question.(Evaluate).Condition)
	return known && answerOf(answer, err) == last.answer
}

// nextTimer takes the earliest timer and lets the time pass until then.
func (v *Virtual) nextTimer() timer {
	now := v.Time.Now()
	best := v.earliest(time.Time{})
	when := v.timers[best].when
	if when.After(now) {
		if change, will := v.Time.NextChange(); will && change.After(now) { // else "now" would be asked for ever
			best = v.earliest(change)
			when = v.timers[best].due(change)
		}
		v.Time.Advance(when)
	}
	t := v.timers[best]
	v.timers = append(v.timers[:best], v.timers[best+1:]...)
	if when.Before(t.when) {
		v.wake()
	}
	return t
}

// earliest is the first of the timers that are due first, when something changes at a time, if it is not zero.
func (v *Virtual) earliest(change time.Time) int {
	best := 0
	for n := range v.timers {
		if v.timers[n].due(change).Before(v.timers[best].due(change)) {
			best = n
		}
	}
	return best
}

// due is when the timer fires if something changes at a time.
func (t *timer) due(change time.Time) time.Time {
	if t.changes && !change.IsZero() && change.Before(t.when) {
		return change
	}
	return t.when
}

// wake makes every timer due that waits for a change.
func (v *Virtual) wake() {
	for n := range v.timers {
		if v.timers[n].changes {
			v.timers[n].when = v.Time.Now()
		}
	}
}

// carry carries commands out in their order.
func (v *Virtual) carry(ctx context.Context, commands []Command) error {
	for _, cmd := range commands {
		if v.Before != nil {
			event, err := v.Before(cmd)
			if err != nil {
				return err
			}
			if event != nil {
				v.queue = append(v.queue, event)
			}
		}
		if v.See != nil {
			v.See(v.Time.Now(), cmd)
		}
		if err := v.do(ctx, cmd); err != nil {
			return err
		}
	}
	return nil
}

func (v *Virtual) do(ctx context.Context, of Command) error {
	switch cmd := of.(type) {
	case Append:
		err := v.Store.Append(ctx, cmd.Record)
		switch {
		case errors.Is(err, journal.ErrTaken):
			v.queue = append(v.queue, LeaseLost{err.Error()})
		case err != nil:
			return err
		default:
			v.queue = append(v.queue, Synced{cmd.Record.Seq})
		}
	case Evaluate:
		c := evaluate(ctx, v.Port, cmd)
		if v.asked == nil {
			v.asked = map[string]asked{}
		}
		v.asked[cmd.At] = asked{of, c.Answer}
		v.queue = append(v.queue, c)
	case Perform:
		v.queue = append(v.queue, perform(ctx, v.Port, cmd))
		v.wake()
	case Arm:
		v.cancel(cmd.At)
		t := timer{cmd.At, cmd.When, cmd.Latest, cmd.When.IsZero()}
		if t.changes {
			t.when = cmd.Latest
		}
		v.timers = append(v.timers, t)
	case Cancel:
		v.cancel(cmd.At)
	case Ask:
		d := Decided{Gate: cmd.Gate.ID, Why: "nobody was there to ask"}
		if v.Decide != nil {
			d = v.Decide(cmd.Gate)
		}
		v.queue = append(v.queue, d)
	case Finish:
	}
	return nil
}

func (v *Virtual) cancel(at string) {
	for n, t := range v.timers {
		if t.at == at {
			v.timers = append(v.timers[:n], v.timers[n+1:]...)
			return
		}
	}
}
