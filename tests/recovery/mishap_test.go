package recovery

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/recovery/verify"
	"redoubt/sim/drive"
	"redoubt/sim/fault"
)

// mishap is one thing that goes wrong in a run, as a line of a scenario file.
type mishap struct {
	// After is when a fault of the world is injected, counted from the run's beginning.
	After time.Duration
	Fault string
	// Step, On (call or check), Nth to Until and What hit the requests of a step:
	// throttled, conflict, denied, unreachable (no effect), lost (the effect takes
	// place, the answer does not arrive); for a check silent or stale (it tells what was before).
	Step, On   string
	Nth, Until int
	What       string
	// Cut is the record at which the run is cut off and resumed by another operator.
	Cut int
}

// String is the line that parseMishap reads.
func (m mishap) String() string {
	switch {
	case m.Fault != "":
		return fmt.Sprintf("after %s: %s", m.After, m.Fault)
	case m.Cut > 0:
		return fmt.Sprintf("cut at record %d", m.Cut)
	}
	return fmt.Sprintf("%s %d-%d of %s: %s", m.On, m.Nth, m.Until, m.Step, m.What)
}

func parseMishap(line string) (mishap, error) {
	var m mishap
	if rest, is := strings.CutPrefix(line, "after "); is {
		after, line, _ := strings.Cut(rest, ": ")
		d, err := time.ParseDuration(after)
		if err != nil {
			return m, err
		}
		_, err = fault.Parse(line)
		return mishap{After: d, Fault: line}, err
	}
	if n, err := fmt.Sscanf(line, "cut at record %d", &m.Cut); n == 1 {
		return m, err
	}
	head, what, _ := strings.Cut(line, ": ")
	if n, err := fmt.Sscanf(head, "%s %d-%d of %s", &m.On, &m.Nth, &m.Until, &m.Step); n != 4 {
		return m, fmt.Errorf("mishap %q is not understood: %w", line, err)
	}
	m.What = what
	return m, nil
}

// unlucky is a port and a time in which mishaps happen.
type unlucky struct {
	drive.World
	mishaps []mishap
	began   time.Time
	// calls and checks are the steps by the text of the call that they make.
	calls, checks map[string]string
	seen          map[string]int
	before        map[string]plan.Document
	injected      map[int]bool
	// acted counts the calls of each step that took effect.
	acted map[string]int
	// verified is true once a restored store was looked at and is what it should be.
	verified bool
	// watch is called after everything that changes the world.
	watch func()
}

func unluckyPort(w drive.World, p plan.Plan, all []mishap) *unlucky {
	u := &unlucky{
		World: w, mishaps: all, began: w.Now(), calls: map[string]string{}, checks: map[string]string{},
		seen: map[string]int{}, before: map[string]plan.Document{}, injected: map[int]bool{}, acted: map[string]int{},
	}
	for _, s := range p.Steps {
		u.calls[planner.CallKey(s.Call)] = s.ID
		u.checks[planner.CallKey(s.Condition.Call)] = s.ID
	}
	return u
}

var classes = map[string]execute.Class{
	"throttled": execute.Throttled, "conflict": execute.Conflict, "denied": execute.Denied,
}

// Call makes a call, unless a mishap hits it.
func (u *unlucky) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	key := planner.CallKey(c)
	if step, is := u.checks[key]; is {
		return u.look(ctx, step, c)
	}
	step := u.calls[key]
	what := u.hit(step, "call")
	switch what {
	case "", "lost":
	case "unreachable":
		return nil, errors.New("connection refused")
	default:
		return nil, &execute.ClassError{Class: classes[what], Err: errors.New(what)}
	}
	out, err := u.World.Call(ctx, c)
	if err == nil && out["Rewound"] != 0 { // a bucket in which nothing was left to do is as it was
		u.acted[step]++
	}
	u.watch()
	if what == "lost" {
		return nil, errors.New("connection reset")
	}
	return out, err
}

func (u *unlucky) look(ctx context.Context, step string, c plan.Call) (plan.Document, error) {
	what := u.hit(step, "check")
	if old, has := u.before[step]; has && what == "stale" {
		return old, nil
	}
	if what == "silent" {
		return nil, errors.New("no answer")
	}
	out, err := u.World.Call(ctx, c)
	if err == nil {
		u.before[step] = out
		u.verified = u.verified || c.Operation == verify.VerifyStore && out["Passed"] == true
	}
	return out, err
}

func (u *unlucky) hit(step, on string) string {
	u.seen[step+on]++
	n := u.seen[step+on]
	for _, m := range u.mishaps {
		if m.Step == step && m.On == on && m.Nth <= n && n <= m.Until {
			return m.What
		}
	}
	return ""
}

// Advance lets time pass, and the faults happen that fall due.
func (u *unlucky) Advance(to time.Time) {
	for {
		n, at := u.nextFault()
		if n < 0 || at.After(to) {
			break
		}
		u.World.Advance(at)
		u.injected[n] = true
		f, err := fault.Parse(u.mishaps[n].Fault)
		if err == nil {
			err = u.World.World.Inject(f)
		}
		if err != nil {
			panic(err)
		}
		u.watch()
	}
	u.World.Advance(to)
	u.watch()
}

func (u *unlucky) nextFault() (int, time.Time) {
	best, when := -1, time.Time{}
	for n, m := range u.mishaps {
		at := u.began.Add(m.After)
		if m.Fault != "" && !u.injected[n] && (best < 0 || at.Before(when)) {
			best, when = n, at
		}
	}
	return best, when
}

// NextChange is when something changes next.
func (u *unlucky) NextChange() (time.Time, bool) {
	change, will := u.World.NextChange()
	if n, at := u.nextFault(); n >= 0 && (!will || at.Before(change)) {
		return at, true
	}
	return change, will
}

// cuts are the records at which the run is cut off, in order.
func cuts(all []mishap) []int {
	var out []int
	for _, m := range all {
		if m.Cut > 0 {
			out = append(out, m.Cut)
		}
	}
	slices.Sort(out)
	return out
}
