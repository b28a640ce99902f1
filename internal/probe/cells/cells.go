// Package cells keeps one mark of a prober in a store of each kind: when it was written, overwritten again and again. It
// is written where clients write, by the name that follows the switch, and read where the prober's own home would go on
// from: how old what is read is, is what would be lost, were the other home lost now.
package cells

import (
	"context"
	"errors"
	"time"

	"redoubt/system"
)

// Cell is the mark of one prober in one store.
type Cell interface {
	// Write overwrites the mark where the home that serves takes writes. It makes one attempt, and returns nil only
	// when the store has acknowledged it.
	Write(ctx context.Context, serves system.Home, at time.Time) error
	// Read returns the mark that the prober's own home has. ErrNone is that there is none.
	Read(ctx context.Context) (time.Time, error)
	// Close lets go of what is open. A cell is not used afterwards.
	Close()
}

// ErrNone is that the home has no mark yet.
var ErrNone = errors.New("no mark has come here yet")

// keep is how long a mark stays in a store that forgets by itself, when no prober runs any more.
const keep = 48 * time.Hour

// encode writes a time so that reading it back loses nothing.
func encode(at time.Time) string { return at.UTC().Format(time.RFC3339Nano) }

func decode(text string) (time.Time, error) { return time.Parse(time.RFC3339Nano, text) }
