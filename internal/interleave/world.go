// Package interleave plays a few processes one step at a time, in an order that a
// seed chooses or that an exhaustive walk goes through, to find the order in which a
// protocol breaks. Every access to a store is a yield point. Between two steps any
// process may crash, time may pass, a clock may jump within its bounds, and a request
// or an answer may be lost. The same seed plays the same schedules.
package interleave

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"strings"
	"time"

	"redoubt/internal/clock"
)

// Limits say what may go wrong in one schedule.
type Limits struct {
	// Crashes is how many processes may end between two steps, Losses how many requests or answers may be lost.
	Crashes, Losses int
	// Pauses are what may pass between two steps, for all or for one process that stands still meanwhile; PausesMost
	// is how often, zero means without end.
	Pauses     []time.Duration
	PausesMost int
	// Off is how far a process's clock may lie beside the true time, to either side. It jumps within this.
	Off time.Duration
}

// World is one schedule being played.
type World struct {
	limits                  Limits
	pick                    func(weights []int) int
	now                     time.Time
	all                     []*Process
	crashed, losses, pauses int
	trace                   []entry
	wrong                   error
}

// entry is one line of a trace; it is made into text only when somebody reads it.
type entry struct {
	who, what string
	by        time.Duration
}

// Start is the true time at which every schedule begins.
var Start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// most is how many moves a schedule may have; one that has more goes round in circles.
const most = 5000

// Process is one participant. It is a clock.Clock of its own, which may lie.
type Process struct {
	Name string

	world *World
	off   time.Duration
	wake  time.Time
	dead  bool
	over  bool
	yield func(struct{}) bool
	next  func() (struct{}, bool)
	stop  func()
}

var _ clock.Clock = (*Process)(nil)

// crash is what unwinds a process that has crashed.
type crash struct{}

// Go adds a process. Its body runs when the schedule does.
func (w *World) Go(name string, body func(*Process)) *Process {
	p := &Process{Name: name, world: w}
	p.next, p.stop = iter.Pull(func(yield func(struct{}) bool) {
		p.yield = yield
		defer func() {
			if r := recover(); r != nil {
				if _, is := r.(crash); !is {
					panic(r)
				}
			}
		}()
		body(p)
	})
	w.all = append(w.all, p)
	return p
}

// Fail ends the schedule: what must never happen has happened.
func (w *World) Fail(format string, values ...any) {
	if w.wrong == nil {
		w.wrong = fmt.Errorf(format, values...)
	}
}

// Now is the true time.
func (w *World) Now() time.Time { return w.now }

// Crashed is how many processes have crashed, Lost how many messages were lost.
func (w *World) Crashed() int { return w.crashed }

// Lost is how many requests and answers were lost.
func (w *World) Lost() int { return w.losses }

// Step is a yield point: anything may happen before the process goes on.
func (p *Process) Step(what string) {
	if p.dead {
		panic(crash{}) // a deferred function of a dead process does nothing
	}
	p.world.note(p.Name, what, 0)
	if !p.yield(struct{}{}) {
		p.dead = true
		panic(crash{})
	}
}

// ErrLost means that a request or its answer never came; the caller cannot tell which.
var ErrLost = errors.New("connection reset")

// Access is one access to a store: the request travels, the store acts at once, the answer travels.
func (p *Process) Access(what string, act func() error) error {
	p.Step(what)
	lost := p.world.lose()
	if lost == requestLost {
		p.world.note(p.Name, what+": the request is lost", 0)
		return ErrLost
	}
	err := act()
	p.Step("answer")
	if lost == answerLost {
		p.world.note(p.Name, what+": the answer is lost", 0)
		return ErrLost
	}
	return err
}

// Now is what the process's clock shows.
func (p *Process) Now() time.Time { return p.world.now.Add(p.off) }

// Elapsed is how much time has passed, which no jump of the clock changes.
func (p *Process) Elapsed() time.Duration { return p.world.now.Sub(Start) }

// Sleep waits until d has passed; others go on meanwhile.
func (p *Process) Sleep(ctx context.Context, d time.Duration) error {
	for p.wake = p.world.now.Add(d); p.world.now.Before(p.wake); {
		p.Step("sleep")
	}
	return ctx.Err()
}

// Timer never fires: a process is one line of steps, and what waits beside it is not played.
func (p *Process) Timer(time.Duration) (<-chan time.Time, func()) { return nil, func() {} }

// Choose lets the schedule choose one of n.
func (w *World) Choose(n int) int {
	weights := make([]int, n)
	for i := range weights {
		weights[i] = 1
	}
	return w.pick(weights)
}

func (w *World) note(who, what string, by time.Duration) {
	w.trace = append(w.trace, entry{who, what, by})
}

// Trace tells the schedule, a move a line.
func (w *World) Trace() string {
	var out strings.Builder
	for n, e := range w.trace {
		fmt.Fprintf(&out, "%3d %s: %s", n+1, e.who, e.what)
		if e.by != 0 {
			fmt.Fprintf(&out, " %s", e.by)
		}
		out.WriteByte('\n')
	}
	return out.String()
}
