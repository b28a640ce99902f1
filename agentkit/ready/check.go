// Package ready tells the truth about an agent: whether it can take work now
// (readiness), whether it must be started again (liveness), and that it is about
// to stop (draining).
//
// Readiness is about what this replica alone can lose: its connections, its
// warm state, its lease. A store or a model that all replicas share is not critical: it would
// take all of them out at once, and a degradation level answers better than nobody. Liveness never asks a
// dependency, for a restart mends none.
package ready

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"redoubt/internal/clock"
)

// Check is one thing that an agent needs.
type Check struct {
	// Name says what is looked at, such as lease.
	Name string
	// Run looks, and says what is wrong. Its context ends with Timeout.
	Run func(context.Context) error
	// Timeout is the longest it may take; a check that takes longer fails. Default 1 s.
	Timeout time.Duration
	// MaxAge is how long a result stands before the check runs again. Default 5 s.
	MaxAge time.Duration
	// Advisory checks are told and do not make the agent unready.
	Advisory bool
}

// Result is what a check found.
type Result struct {
	Name     string `json:"name"`
	OK       bool   `json:"ok"`
	Advisory bool   `json:"advisory,omitempty"`
	// Fault is what is wrong, for people.
	Fault string `json:"fault,omitempty"`
	// AgeMillis is how old the result is.
	AgeMillis int64 `json:"ageMillis"`
}

// ErrTimeout is the fault of a check that took longer than its time.
var ErrTimeout = errors.New("took longer than its time")

// probe runs one check, one run at a time, and keeps its last result.
type probe struct {
	Check
	clock clock.Clock

	mu      sync.Mutex
	at      time.Time
	err     error
	running chan error
}

// result is the last result while it is young, or that of a new run. A run that
// does not end is waited for again and not started again.
func (p *probe) result(ctx context.Context) Result {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.at.IsZero() || p.clock.Now().Sub(p.at) >= p.MaxAge {
		p.err = p.run(ctx)
		p.at = p.clock.Now()
	}
	r := Result{Name: p.Name, OK: p.err == nil, Advisory: p.Advisory, AgeMillis: p.clock.Now().Sub(p.at).Milliseconds()}
	if p.err != nil {
		r.Fault = p.err.Error()
	}
	return r
}

func (p *probe) run(ctx context.Context) error {
	if p.running == nil {
		done := make(chan error, 1)
		p.running = done
		// Who asked may go; the result is for the next one too.
		ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), p.Timeout)
		go func() {
			defer cancel()
			done <- p.safely(ctx)
		}()
	}
	late, stop := p.clock.Timer(p.Timeout)
	defer stop()
	select {
	case err := <-p.running:
		p.running = nil
		return err
	case <-late:
		return fmt.Errorf("%w of %s", ErrTimeout, p.Timeout)
	}
}

// safely turns a panic of the check into its fault.
func (p *probe) safely(ctx context.Context) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	return p.Run(ctx)
}
