package call

import (
	"errors"
	"fmt"
	"time"
)

// Off switches a policy off: as the value of a single setting, or of the first
// field of a group, as in Breaker{Failures: Off}.
const Off = -1

// Settings say how one callee is called. A zero field means its default; Off
// switches the policy off.
type Settings struct {
	// Callee names who is called, as in system.yaml: an agent or a dependency. Required.
	Callee string
	// Budget is the longest a call may take, with all its attempts and waits; the caller's own
	// deadline shortens it. Default 10 s.
	Budget time.Duration
	// PerTry is the longest that one attempt may take, until its answer is read. Default 3 s.
	PerTry time.Duration
	// Retries is how many attempts may follow the first, 1 to 10. Default 2.
	Retries int
	Backoff Backoff
	// RetryShare is how many retries and hedges there may be for each call, above 0 to 1; default 0.2,
	// as in the retry budget of Envoy's circuit breakers (retry_budget in config.cluster.v3.CircuitBreakers).
	// Unlike there it is a share of all calls and not of those in flight, see RetryReserve.
	RetryShare float64
	Breaker    Breaker
	Bulkhead   Bulkhead
	Hedge      Hedge
	// Without says that system.yaml lets the caller go on without the callee. The client gives the error all the same: what is
	// answered then is the caller's.
	Without bool
}

// Backoff is the wait before a retry: a random part (full jitter) of Base,
// doubled with each retry, up to Max
// (https://aws.amazon.com/blogs/architecture/exponential-backoff-and-jitter/).
type Backoff struct {
	// Base is 100 ms by default; Off retries at once.
	Base time.Duration
	// Max is 2 s by default.
	Max time.Duration
}

// Breaker opens when a share of the attempts in a window failed.
type Breaker struct {
	// Failures is the share that opens it, above 0 to 1. Default 0.5.
	Failures float64
	// Calls is how many attempts the window must hold before it may open. Default 20.
	Calls int
	// Window is how far back attempts count. Default 10 s.
	Window time.Duration
	// Open is how long it refuses before it probes; at least PerTry, so that no attempt
	// from before can end as a probe. Default 5 s.
	Open time.Duration
	// Probes is how many attempts run at once when it is half-open, and how many of them must succeed
	// to close it; one failure opens it again. Default 3.
	Probes int
}

// Bulkhead bounds how many attempts run at once, until their answers are read.
type Bulkhead struct {
	// Calls is how many run at once. Default 64.
	Calls int
	// Wait is how long one may wait for a place. Default 100 ms; Off refuses at once.
	Wait time.Duration
}

// Hedge sends a safe read a second time when the first is slow, and takes the
// better answer. It is off by default.
type Hedge struct {
	// After is how long the first may take alone: about what 95 of 100 reads take.
	After time.Duration
}

// RetryReserve is how many retries and hedges a callee may have beyond its share, so
// that a caller with few calls retries at all. Never are there more than
// RetryReserve + RetryShare * calls.
const RetryReserve = 10

// Resolved returns the settings with the defaults filled in.
func (s Settings) Resolved() Settings {
	fill(&s.Budget, 10*time.Second)
	fill(&s.PerTry, 3*time.Second)
	fill(&s.Retries, 2)
	fill(&s.Backoff.Base, 100*time.Millisecond)
	fill(&s.Backoff.Max, 2*time.Second)
	fill(&s.RetryShare, 0.2)
	fill(&s.Breaker.Failures, 0.5)
	fill(&s.Breaker.Calls, 20)
	fill(&s.Breaker.Window, 10*time.Second)
	fill(&s.Breaker.Open, 5*time.Second)
	fill(&s.Breaker.Probes, 3)
	fill(&s.Bulkhead.Calls, 64)
	fill(&s.Bulkhead.Wait, 100*time.Millisecond)
	fill(&s.Hedge.After, Off)
	return s
}

// fill sets a field that says nothing to its default.
func fill[T comparable](field *T, standard T) {
	var nothing T
	if *field == nothing {
		*field = standard
	}
}

// Validate tells all faults of the settings at once, after the defaults.
func (s Settings) Validate() error {
	var faults []error
	fault := func(found bool, format string, args ...any) {
		if found {
			faults = append(faults, fmt.Errorf("call %q: "+format, append([]any{s.Callee}, args...)...))
		}
	}
	fault(s.Callee == "", "Callee is missing, want the name of who is called")
	s = s.Resolved()
	fault(s.Budget < 0 && s.Budget != Off, "Budget is %s, want a time or Off", s.Budget)
	fault(s.PerTry < 0 && s.PerTry != Off, "PerTry is %s, want a time or Off", s.PerTry)
	fault(s.Budget > 0 && s.PerTry > s.Budget, "PerTry is %s, want no more than the Budget of %s", s.PerTry, s.Budget)
	fault(s.Retries != Off && (s.Retries < 1 || s.Retries > 10), "Retries is %d, want 1 to 10 or Off", s.Retries)
	fault(s.RetryShare != Off && !share(s.RetryShare), "RetryShare is %v, want above 0 to 1 or Off", s.RetryShare)
	fault(s.Backoff.Base < 0 && s.Backoff.Base != Off, "Backoff.Base is %s, want a time or Off", s.Backoff.Base)
	fault(s.Backoff.Max < s.Backoff.Base, "Backoff.Max is %s, want at least Backoff.Base, %s",
		s.Backoff.Max, s.Backoff.Base)
	fault(s.Bulkhead.Calls < 1 && s.Bulkhead.Calls != Off, "Bulkhead.Calls is %d, want at least 1 or Off",
		s.Bulkhead.Calls)
	fault(s.Bulkhead.Wait < 0 && s.Bulkhead.Wait != Off, "Bulkhead.Wait is %s, want a time or Off", s.Bulkhead.Wait)
	fault(s.Budget > 0 && s.Bulkhead.Wait > s.Budget, "Bulkhead.Wait is %s, want no more than the Budget of %s",
		s.Bulkhead.Wait, s.Budget)
	fault(s.Hedge.After < 0 && s.Hedge.After != Off, "Hedge.After is %s, want a time or Off", s.Hedge.After)
	fault(s.PerTry > 0 && s.Hedge.After >= s.PerTry, "Hedge.After is %s, want less than PerTry, %s",
		s.Hedge.After, s.PerTry)
	if s.Breaker.Failures != Off {
		s.validateBreaker(fault)
	}
	return errors.Join(faults...)
}

func (s Settings) validateBreaker(fault func(bool, string, ...any)) {
	b := s.Breaker
	fault(!share(b.Failures), "Breaker.Failures is %v, want above 0 to 1 or Off", b.Failures)
	fault(b.Calls < 1, "Breaker.Calls is %d, want at least 1", b.Calls)
	fault(b.Window <= 0, "Breaker.Window is %s, want a time", b.Window)
	fault(b.Probes < 1, "Breaker.Probes is %d, want at least 1", b.Probes)
	longest, of := s.PerTry, "PerTry"
	if longest == Off {
		longest, of = s.Budget, "Budget"
	}
	fault(longest == Off, "Breaker needs PerTry or Budget: an attempt without an end could count as a probe much later")
	fault(b.Open < longest, "Breaker.Open is %s, want at least %s, %s: else an attempt from before could count as a probe",
		b.Open, of, longest)
}

func share(v float64) bool { return v > 0 && v <= 1 }
