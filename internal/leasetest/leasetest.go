// Package leasetest takes parts of the lease's protocol away, so that tests see what they are for.
package leasetest

import (
	"context"

	"redoubt/recovery/lease"
)

// Spoiled is a lock table whose reads or writes are not what they should be.
type Spoiled struct {
	lease.Store
	// Got changes what was read, Put what is about to be written; nil leaves it.
	Got func(*lease.Lease)
	Put func(old, next *lease.Lease)
}

// Get reads, and spoils what was read.
func (s Spoiled) Get(ctx context.Context, name string) (lease.Lease, error) {
	l, err := s.Store.Get(ctx, name)
	if s.Got != nil && err == nil {
		s.Got(&l)
	}
	return l, err
}

// Swap spoils what is written, and writes it.
func (s Spoiled) Swap(ctx context.Context, name string, old, next lease.Lease) error {
	if s.Put != nil {
		s.Put(&old, &next)
	}
	return s.Store.Swap(ctx, name, old, next)
}
