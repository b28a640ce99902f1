// Package budget adds up how long a request may take along the graph of calls:
// a caller waits for its callees one after the other, so it must be given more time than
// all of them together. It knows nothing of any system or mesh.
package budget

import (
	"math"
	"slices"
	"time"
)

// Party is one who answers requests.
type Party struct {
	Name string
	// Work is what the party itself works on one request, without waiting.
	Work time.Duration
	// Deadline is how long one request to the party may take. Zero means as long as it needs.
	Deadline time.Duration
	// Limit is what the party may need at most, and Why who says so.
	Limit time.Duration
	Why   string
	// Retry is how a call to the party is tried again.
	Retry Retry
	// Calls names the parties that this one waits for, one after the other.
	Calls []string
	// Outside are the services outside that it waits for, one after the other.
	Outside []Wait
}

// Retry is how a call that did not reach its callee is tried again. A call that
// was begun and ran out of time is not: whether it had an effect is not known, and a callee that is
// slow gets slower by more calls.
type Retry struct {
	// Times is how often the call is tried again, 0 for never.
	Times int
	// Connect is how long a try may take to connect.
	Connect time.Duration
	// Backoff is the base of the exponential wait before each retry.
	Backoff time.Duration
}

// backoffs is Envoy's longest wait before a retry, in bases, as its router filter
// tells of x-envoy-max-retries. Istio sets the base:
// https://istio.io/latest/docs/reference/config/networking/virtual-service/#HTTPRetry
const backoffs = 10

// Longest is what the retries take at most, beside the try that reaches the
// callee: each connects in vain, and waits before the next. Envoy waits a random time below
// (2^n - 1) bases before retry n, and below ten.
func (r Retry) Longest() time.Duration {
	var sum time.Duration
	for n := 1; n <= r.Times; n++ {
		bases := min(backoffs, 1<<min(n, backoffs)-1)
		sum = add(sum, r.Connect, times(bases, r.Backoff))
	}
	return sum
}

// Wait is the time that one party is waited for.
type Wait struct {
	Name  string
	Total time.Duration
}

// Call is the budget of one call.
type Call struct {
	Caller, Callee string
	// PerTry is how long one try may take: the callee's deadline.
	PerTry time.Duration
	Retry  Retry
	// Total is how long the caller waits: PerTry and what the retries take.
	Total time.Duration
}

// Budget is the time of one request to a party.
type Budget struct {
	Party
	// Needs is the party's work and all that it waits for.
	Needs time.Duration
	// Deadline is what its callers wait for one try: what was given, or what it needs.
	Deadline time.Duration
	// Out are its calls, in the order of the party's.
	Out []Call
}

// Waits are all that the party waits for, the calls before the outside.
func (b Budget) Waits() []Wait {
	var out []Wait
	for _, c := range b.Out {
		out = append(out, Wait{c.Callee, c.Total})
	}
	return append(out, b.Outside...)
}

// Sheet is the budget of each party, by name.
type Sheet map[string]Budget

// Calls are all calls, in the order of the parties.
func (s Sheet) Calls(parties []Party) []Call {
	var out []Call
	for _, p := range parties {
		out = append(out, s[p.Name].Out...)
	}
	return out
}

// Sum adds up the budgets of all parties and gives every fault: a circle of
// calls, and a party that has less time than it needs. Parties in or before a circle have no
// budget. Calls of parties that are not there are left out.
func Sum(parties []Party) (Sheet, []Fault) {
	s := &sum{parties: map[string]Party{}, sheet: Sheet{}, state: map[string]state{}}
	for _, p := range parties {
		if _, twice := s.parties[p.Name]; !twice {
			s.parties[p.Name], s.names = p, append(s.names, p.Name)
		}
	}
	for _, name := range s.names {
		s.visit(name, nil)
	}
	return s.sheet, s.faults
}

// state is how far the sum has come with one party.
type state int

const (
	unseen state = iota
	open         // on the path that is being followed
	good
	short  // it has less time than it needs, or waits for one that has
	circle // it has no budget
)

type sum struct {
	names   []string
	parties map[string]Party
	sheet   Sheet
	state   map[string]state
	faults  []Fault
}

// visit adds up one party, after all that it calls.
func (s *sum) visit(name string, path []string) state {
	switch at := s.state[name]; at {
	case unseen:
	case open:
		s.circle(append(path[slices.Index(path, name):], name))
		return circle
	default:
		return at
	}
	s.state[name] = open
	p := s.parties[name]
	b, worst := Budget{Party: p, Needs: p.Work}, good
	for _, callee := range p.Calls {
		if _, known := s.parties[callee]; !known || callee == name {
			continue
		}
		worst = max(worst, s.visit(callee, append(slices.Clip(path), name)))
		to := s.sheet[callee]
		c := Call{Caller: name, Callee: callee, PerTry: to.Deadline, Retry: to.Retry,
			Total: add(to.Deadline, to.Retry.Longest())}
		b.Out, b.Needs = append(b.Out, c), add(b.Needs, c.Total)
	}
	for _, w := range p.Outside {
		b.Needs = add(b.Needs, w.Total)
	}
	b.Deadline = p.Deadline
	if b.Deadline == 0 {
		b.Deadline = b.Needs
	}
	if worst != circle {
		s.sheet[name] = b
		worst = s.judge(b, worst)
	}
	s.state[name] = worst
	return worst
}

// judge holds that a party has the time it needs, and that its callers can give
// it. Of one that waits for a party that is short, only what was given to it is judged: the rest
// may mend itself.
func (s *sum) judge(b Budget, worst state) state {
	switch {
	case b.Party.Deadline > 0 && b.Party.Deadline < b.Needs && worst == good:
		s.short(b, b.Party.Deadline, "it is given")
		return good // its callers wait for what it is given, whatever it needs
	case b.Limit > 0 && b.Deadline > b.Limit && worst == good:
		s.short(b, b.Limit, b.Why)
		return short
	}
	return worst
}

// add adds without overflow.
func add(all ...time.Duration) time.Duration {
	var sum time.Duration
	for _, d := range all {
		if d > math.MaxInt64-sum {
			return math.MaxInt64
		}
		sum += d
	}
	return sum
}

// times multiplies without overflow.
func times(n int, d time.Duration) time.Duration {
	if d > math.MaxInt64/time.Duration(n) {
		return math.MaxInt64
	}
	return time.Duration(n) * d
}
