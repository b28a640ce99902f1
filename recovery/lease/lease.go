// Package lease is the one protocol of generation, owner and conditional write
// by which at most one holder acts: an operator's run, an agent's lock, the
// active home. A holder that lost its lease is told so by its next renewal, and a
// resource that remembers the highest generation it saw refuses older ones.
package lease

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"redoubt/internal/clock"
)

// Lease is what the table holds under one name.
type Lease struct {
	// Generation grows with each new holder and never falls, not even by a release.
	Generation int `json:"generation"`
	// Owner is empty when nobody holds it.
	Owner string `json:"owner"`
	// Until is when it ends unless it is renewed.
	Until time.Time `json:"until"`
	// Version grows with each write; conditional writes compare it.
	Version int `json:"version"`
}

// Store keeps leases, in a table that is never replicated.
type Store interface {
	// Get returns the lease, read consistently; the zero Lease when there is none.
	Get(ctx context.Context, name string) (Lease, error)
	// Swap writes next if the lease's version is still that of old, and fails with
	// ErrChanged otherwise. It is one conditional write.
	Swap(ctx context.Context, name string, old, next Lease) error
}

// ErrChanged means that somebody else wrote in between.
var ErrChanged = errors.New("the lease was changed by somebody else")

// ErrLost means that the lease is no longer the caller's.
var ErrLost = errors.New("the lease was lost")

// HeldError says who holds the lease.
type HeldError struct {
	Name, Holder string
	Until        time.Time
}

// Error names the holder and when the lease ends unless it is renewed.
func (e *HeldError) Error() string {
	return fmt.Sprintf("lease %q is held by %s until %s", e.Name, e.Holder, e.Until.UTC().Format(time.RFC3339))
}

// Options say how a lease is held.
type Options struct {
	// TTL is how long a lease lasts without renewal.
	TTL time.Duration
	// Skew is how far two clocks may lie apart: a taker waits so much longer, a
	// holder stops so much earlier. It must be less than half of TTL.
	Skew time.Duration
}

// Held is a lease in the caller's hands.
type Held struct {
	Name string

	store Store
	clock clock.Clock
	opts  Options

	mu    sync.Mutex
	lease Lease
}

// Acquire takes the lease for owner when it is free, ended, or owner's own; a
// new generation begins with each. While another holds it, it fails with a HeldError.
func Acquire(ctx context.Context, s Store, c clock.Clock, name, owner string, o Options) (*Held, error) {
	if owner == "" || o.TTL <= 0 || o.Skew < 0 || 2*o.Skew >= o.TTL {
		return nil, fmt.Errorf("lease %q: owner %q, ttl %s and skew %s, want an owner and a skew below half of the ttl",
			name, owner, o.TTL, o.Skew)
	}
	old, err := s.Get(ctx, name)
	if err != nil {
		return nil, fmt.Errorf("read lease %q: %w", name, err)
	}
	now := c.Now()
	if old.Owner != "" && old.Owner != owner && now.Before(old.Until.Add(o.Skew)) {
		return nil, &HeldError{Name: name, Holder: old.Owner, Until: old.Until}
	}
	next := Lease{Generation: old.Generation + 1, Owner: owner, Until: now.Add(o.TTL), Version: old.Version + 1}
	if err := s.Swap(ctx, name, old, next); err != nil {
		return nil, fmt.Errorf("take lease %q: %w", name, err)
	}
	return &Held{Name: name, lease: next, store: s, clock: c, opts: o}, nil
}

// Generation is the generation that the holder acts under.
func (h *Held) Generation() int {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lease.Generation
}

// TTL is how long the lease lasts without renewal.
func (h *Held) TTL() time.Duration { return h.opts.TTL }

// Valid reports whether the holder may still act by its own clock.
func (h *Held) Valid() bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.valid()
}

// Left is how long the holder may still act by its own clock without a renewal: zero when it may not.
func (h *Held) Left() time.Duration {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.left()
}

func (h *Held) valid() bool { return h.left() > 0 }

func (h *Held) left() time.Duration {
	if h.lease.Owner == "" {
		return 0
	}
	return max(0, h.lease.Until.Add(-h.opts.Skew).Sub(h.clock.Now()))
}

// Renew holds the lease for another TTL. It fails with ErrLost when somebody
// else has taken it, and also when it had ended: another may be about to take it.
func (h *Held) Renew(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if !h.valid() {
		return fmt.Errorf("renew lease %q: it ended at %s: %w", h.Name, h.lease.Until.UTC().Format(time.RFC3339), ErrLost)
	}
	next := h.lease
	next.Until, next.Version = h.clock.Now().Add(h.opts.TTL), h.lease.Version+1
	return h.write(ctx, next)
}

// Release lets the lease go. The generation stays, so that the next one is newer.
func (h *Held) Release(ctx context.Context) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	next := h.lease
	next.Owner, next.Version = "", h.lease.Version+1
	return h.write(ctx, next)
}

// write swaps the lease. After an answer that was lost, what stands in the
// table tells whether the write took place: this one, or an older one of the same holder that was long under way,
// which ends earlier.
func (h *Held) write(ctx context.Context, next Lease) error {
	err := h.store.Swap(ctx, h.Name, h.lease, next)
	if err == nil {
		h.lease = next
		return nil
	}
	now, readErr := h.store.Get(ctx, h.Name)
	switch {
	case readErr != nil:
		return fmt.Errorf("write lease %q: %w", h.Name, errors.Join(err, readErr))
	case now.Generation == next.Generation && now.Version == next.Version:
		h.lease = now // only this holder writes under its generation
		return nil
	case now.Generation != h.lease.Generation:
		return fmt.Errorf("lease %q is held by %q in generation %d: %w", h.Name, now.Owner, now.Generation, ErrLost)
	default:
		return fmt.Errorf("write lease %q: %w", h.Name, err)
	}
}

// Recovery is the name of the lease under which plans run in a home.
const Recovery = "recovery"

// Join takes part in owner's lease, or takes it: several workers of one owner act under one generation. It holds
// the lease for another TTL. As with Acquire, a lease that had ended begins a new generation.
func Join(ctx context.Context, s Store, c clock.Clock, name, owner string, o Options) (*Held, error) {
	for {
		now, err := s.Get(ctx, name)
		if err != nil {
			return nil, fmt.Errorf("read lease %q: %w", name, err)
		}
		held := &Held{Name: name, lease: now, store: s, clock: c, opts: o}
		if now.Owner == owner && held.valid() {
			err = held.Renew(ctx)
		} else {
			held, err = Acquire(ctx, s, c, name, owner, o)
		}
		switch {
		case err == nil:
			return held, nil
		case !errors.Is(err, ErrChanged) && !errors.Is(err, ErrLost): // another worker wrote in between
			return nil, err
		}
		if err := c.Sleep(ctx, 0); err != nil {
			return nil, err
		}
	}
}
