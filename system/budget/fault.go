package budget

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"redoubt/timings"
)

// Fault is a party that cannot answer in time.
type Fault struct {
	// Party is the one to change.
	Party string
	// Path leads from one that nobody calls through Party to what it waits for longest.
	Path []string
	// Least is what a request to the party needs, zero of a circle.
	Least time.Duration
	cause string
}

// String says what is wrong, with the path and the figures.
func (f Fault) String() string { return strings.Join(f.Path, " -> ") + ": " + f.cause }

func (s *sum) circle(path []string) {
	if slices.ContainsFunc(s.faults, func(f Fault) bool { return f.Least == 0 && f.Party == path[0] }) {
		return
	}
	s.faults = append(s.faults, Fault{Party: path[0], Path: slices.Clone(path),
		cause: "the calls go round in a circle, so their deadlines cannot add up"})
}

func (s *sum) short(b Budget, given time.Duration, why string) {
	as := timings.Short
	figures := []string{as(b.Work) + " of its own work"}
	for _, c := range b.Out {
		text := fmt.Sprintf("%s for %s", as(c.Total), c.Callee)
		if c.Retry.Times > 0 {
			text += fmt.Sprintf(" (%s a try, %d retried)", as(c.PerTry), c.Retry.Times)
		}
		figures = append(figures, text)
	}
	for _, w := range b.Outside {
		figures = append(figures, fmt.Sprintf("%s for %s", as(w.Total), w.Name))
	}
	least := b.Needs
	text := fmt.Sprintf("a request to %s may take %s (%s), but needs %s: %s", b.Name, as(given), why, as(least),
		strings.Join(figures, ", "))
	if b.Party.Deadline >= b.Needs { // what it is given is too long, not too short
		least = b.Needs
		text = fmt.Sprintf("a request to %s is given %s, but may take %s (%s)", b.Name, as(b.Party.Deadline), as(given), why)
	}
	s.faults = append(s.faults, Fault{Party: b.Name, Path: append(s.above(b.Name), s.below(b.Name)...), Least: least,
		cause: text})
}

// callers is how many callers a fault names before its party.
const callers = 6

// above leads from a party that nobody calls to name, without name: the first caller of each.
func (s *sum) above(name string) []string {
	var path []string
	for at, seen := name, map[string]bool{name: true}; ; {
		i := slices.IndexFunc(s.names, func(n string) bool {
			return !seen[n] && slices.Contains(s.parties[n].Calls, at)
		})
		if i >= 0 && len(path) == callers {
			i, path = -1, append(path, "...")
		}
		if i < 0 {
			slices.Reverse(path)
			return path
		}
		at = s.names[i]
		seen[at] = true
		path = append(path, at)
	}
}

// below leads from name to what is waited for longest at each step.
func (s *sum) below(name string) []string {
	path := []string{name}
	for {
		waits := s.sheet[name].Waits()
		if len(waits) == 0 {
			return path
		}
		worst := slices.MaxFunc(waits, func(a, b Wait) int { return int(min(1, max(-1, a.Total-b.Total))) })
		name = worst.Name
		path = append(path, name)
	}
}
