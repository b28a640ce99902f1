package execute

import (
	"encoding/binary"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// The first and the longest wait of a run that names none.
const (
	standardBackoff    = time.Second
	standardMaxBackoff = time.Minute
)

// Backoff is the wait after a failed call: full jitter over a span that
// doubles with each attempt
// (https://aws.amazon.com/builders-library/timeouts-retries-and-backoff-with-jitter/).
// It is a function of seed, step and attempt alone, so that a run can be repeated.
// It is never zero: zero would mean to look when something changes.
func Backoff(o Options, step string, attempt int) time.Duration {
	span := o.MaxBackoff
	if shift := attempt - 1; shift < 30 && o.Backoff<<shift < o.MaxBackoff {
		span = o.Backoff << shift
	}
	h := fnv.New64a()
	_ = binary.Write(h, binary.BigEndian, o.Seed)
	_, _ = h.Write([]byte(step))
	r := rand.New(rand.NewPCG(h.Sum64(), uint64(attempt))) //nolint:gosec // jitter, not a secret
	return time.Duration(r.Int64N(int64(span))) + time.Millisecond
}

// SeedOf makes the jitter of a run its own.
func SeedOf(run string) uint64 {
	h := fnv.New64a()
	_, _ = h.Write([]byte(run))
	return h.Sum64()
}
