package execute

import (
	"context"
	"errors"

	"redoubt/recovery/lease"
)

// renewals is how many times a lease is renewed within its TTL, so that two
// renewals may fail before it ends.
const renewals = 4

// renew keeps the lease until the run ends, and tells when it is lost. A renewal
// that fails for another reason is tried again: the lease still stands.
func (r *running) renew(ctx context.Context) {
	for {
		if r.Clock.Sleep(ctx, r.Lease.TTL()/renewals) != nil {
			return
		}
		err := r.Lease.Renew(ctx)
		if errors.Is(err, lease.ErrLost) {
			r.deliver(ctx, LeaseLost{err.Error()})
			return
		}
	}
}
