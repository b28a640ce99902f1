// Package marks writes the witness's numbered marks into a store of each kind and
// reads them back, with the client that an agent of the system uses. What a store
// acknowledged is said at each kind; a write whose answer never came is not.
package marks

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"redoubt/internal/clock"
)

// Place is one store, in one home, as the marks of one witness see it.
type Place interface {
	// Write writes a mark. It returns nil only when the store has acknowledged it;
	// after an error the mark may be there or not. It makes one attempt.
	Write(ctx context.Context, seq int64) error
	// Read returns the marks in the order in which the store gives them, each as
	// often as it is there.
	Read(ctx context.Context) ([]int64, error)
	// Close lets go of what is open. A place is not used afterwards.
	Close() error
}

// Witness is whose marks they are, and how long they are kept.
type Witness struct {
	// Name is told apart from those of other witnesses of the same stores. Lower-case
	// letters, digits and hyphens.
	Name string
	// Keep is how long a mark stays in the store; zero means DefaultKeep.
	Keep time.Duration
	// Clock is what expiry is counted by; nil is the machine's.
	Clock clock.Clock
}

// DefaultKeep is how long marks stay in a store: longer than any outage that a
// witness should judge, short enough that they cost next to nothing.
const DefaultKeep = 48 * time.Hour

func (w Witness) keep() time.Duration {
	if w.Keep > 0 {
		return w.Keep
	}
	return DefaultKeep
}

func (w Witness) now() time.Time {
	if w.Clock != nil {
		return w.Clock.Now()
	}
	return clock.Wall{}.Now()
}

// digits is a number as text whose order is that of the numbers.
func digits(seq int64) string { return fmt.Sprintf("%012d", seq) }

// Number reads what stands behind a prefix; ok is false for what is no mark of ours.
func Number(text, prefix string) (seq int64, ok bool) {
	rest, ours := strings.CutPrefix(text, prefix)
	if !ours {
		return 0, false
	}
	seq, err := strconv.ParseInt(rest, 10, 64)
	return seq, err == nil && seq > 0
}
