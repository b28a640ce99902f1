package arbiter

import (
	"fmt"
	"time"

	"redoubt/system"
)

// Word says which home is to be the active one. It stands in the arbiter's table, with a copy in each home's own;
// without an arbiter it stands in the home's own table alone.
type Word struct {
	// Active is the home that is to serve.
	Active system.Home `json:"active"`
	// Generation grows by one with each move.
	Generation int `json:"generation"`
	// At is when the move was decided, by the clock of who decided; zero is never.
	At time.Time `json:"at,omitzero"`
	// Ready says that the other home may be appointed without a person: its stores follow those of the active home.
	// A move takes it away, and the plan that makes the other home whole again gives it back.
	Ready bool `json:"ready"`
	// Judged is the generation that the judge has decided by itself. Where it is another one than Generation, a person has
	// moved the word since, or a person's plan.
	Judged int `json:"judged,omitempty"`
	// Why tells a person what led to it.
	Why string `json:"why,omitempty"`
	// Version grows with each write; conditional writes compare it.
	Version int `json:"version"`
}

// First is the word where none was written yet: the primary home serves, and nobody has said that the other is ready.
func First() Word { return Word{Active: system.Primary} }

// Move is the word that appoints the other home.
func (w Word) Move(now time.Time, why string) Word {
	return Word{Active: w.Active.Peer(), Generation: w.Generation + 1, At: now, Why: why, Version: w.Version + 1}
}

// ByJudge reports whether nobody but the judge decided the last move.
func (w Word) ByJudge() bool { return w.Generation > 0 && w.Judged == w.Generation }

// TakenOver reports whether the judge has given a home the work, and nobody has said since that the other home stands by
// again: what ran there is not known to be stopped.
func (w Word) TakenOver(home system.Home) bool { return w.ByJudge() && w.Active == home && !w.Ready }

// Newer reports whether the word replaces another one: it has more moves, or as many and more writes.
func (w Word) Newer(than Word) bool {
	return w.Generation > than.Generation || w.Generation == than.Generation && w.Version > than.Version
}

// String says who is to serve, since when.
func (w Word) String() string {
	return fmt.Sprintf("the %s home serves, by word %d: %s", w.Active, w.Generation, w.Why)
}
