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
// and world give the same run, record by record. It may drive another after it.
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

	// began is when the run began, or was gone on with; timers count from there.
	began  time.Time
	timers []timer
	// queue are the events that happened; the first of them that was not told yet is told next.
	queue []Event
	told  int
	// asked are the last questions of what is not done.
	asked []asked
}

// ErrCut is what Before returns to cut a run off as a crash would.
var ErrCut = errors.New("the run was cut off")

// Run drives the machine to its end. The end of ctx stops the run after the
// steps under way.
func (v *Virtual) Run(ctx context.Context, c *Core) (Finish, error) {
	interrupted, ended := ctx.Err, false
	ctx = context.WithoutCancel(ctx)
	v.began, v.told = v.Time.Now(), 0
	v.timers, v.queue, v.asked = v.timers[:0], v.queue[:0], v.asked[:0]
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
	if v.told < len(v.queue) {
		e := v.queue[v.told]
		if v.told++; v.told == len(v.queue) {
			v.queue, v.told = v.queue[:0], 0
		}
		return e, true
	}
	for len(v.timers) > 0 {
		t, now := v.nextTimer()
		if !t.changes || now >= t.latest || !v.idle(&t) {
			return Fired{t.at}, true
		}
		t.when = t.latest
		v.timers = append(v.timers, t)
	}
	return nil, false
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
		err := v.Store.Append(ctx, *cmd.Record)
		switch {
		case errors.Is(err, journal.ErrTaken):
			v.queue = append(v.queue, LeaseLost{err.Error()})
		case err != nil:
			return err
		default:
			v.queue = append(v.queue, Synced{cmd.Record.Seq})
		}
	case Evaluate:
		j := judge(ctx, v.Port, cmd.Condition)
		c := checkedOf(cmd, j)
		if c.Answer != plan.Done { // else nobody waits for it
			v.asks(asked{cmd.At, of, c.Answer, j.Of})
		}
		v.queue = append(v.queue, c)
	case Perform:
		v.queue = append(v.queue, perform(ctx, v.Port, cmd))
		v.wake(v.now())
	case Arm:
		v.cancel(cmd.At)
		t := timer{cmd.At, cmd.When.Sub(v.began), cmd.Latest.Sub(v.began), cmd.When.IsZero(), v.last(cmd.At)}
		if t.changes {
			t.when = t.latest
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
