// Package witness measures a loss. It writes numbered marks into every store,
// keeps its own log of what was acknowledged, reads the stores back in the home that
// took over, and compares: the only source of a measured RPO or RTO. This
// package holds the marks and the arithmetic; it writes and reads nothing itself.
package witness

import (
	"encoding/json"
	"fmt"
	"math"
	"time"
)

// Mark is one numbered write, as the witness's own log holds it.
type Mark struct {
	Store string
	// Seq counts from 1 in each store, without gaps.
	Seq int64
	// Acked is when the store acknowledged the write. The zero time means that
	// it never did: such a mark may be in the store or not, and its absence is no loss.
	Acked time.Time
}

// Log is what the witness knows from outside the regions. A nil Log stands for
// one that was lost, without which nothing can be said about loss.
type Log struct {
	// Interval is the time between two marks of one store: the precision of
	// every figure.
	Interval time.Duration
	Marks    []Mark
}

// Sight is one mark found when a store was read back, in the order of reading.
type Sight struct {
	Store string
	Seq   int64
}

// Kind says where a figure comes from.
type Kind string

// The kinds of figure that a witness can give.
const (
	// Simulated figures come from the simulator.
	Simulated Kind = "simulated"
	// MeasuredLocally figures come from real processes on one machine.
	MeasuredLocally Kind = "measured locally"
	// Measured figures come from AWS.
	Measured Kind = "measured"
)

// Figure is a span of time that was found, with its precision and kind. The
// zero Figure is unknown, which is not zero.
type Figure struct {
	Value time.Duration
	// Margin is how far the truth may lie on either side.
	Margin time.Duration
	Kind   Kind
	Known  bool
}

// written is a figure in a file: seconds, and null where nobody knows.
type written struct {
	Seconds *float64 `json:"seconds"`
	Margin  float64  `json:"margin"`
	Kind    Kind     `json:"kind,omitempty"`
}

// MarshalJSON writes seconds, and null for what is unknown.
func (f Figure) MarshalJSON() ([]byte, error) {
	w := written{Margin: f.Margin.Seconds(), Kind: f.Kind}
	if f.Known {
		seconds := f.Value.Seconds()
		w.Seconds = &seconds
	}
	return json.Marshal(w)
}

// UnmarshalJSON reads what MarshalJSON wrote.
func (f *Figure) UnmarshalJSON(text []byte) error {
	var w written
	if err := json.Unmarshal(text, &w); err != nil {
		return err
	}
	*f = Figure{Margin: span(w.Margin), Kind: w.Kind, Known: w.Seconds != nil}
	if f.Known {
		f.Value = span(*w.Seconds)
	}
	return nil
}

func span(seconds float64) time.Duration {
	return time.Duration(math.Round(seconds * float64(time.Second)))
}

// String says the figure with its precision and kind, or that it is unknown.
func (f Figure) String() string {
	if !f.Known {
		return "unknown"
	}
	return fmt.Sprintf("%s ±%s (%s)", f.Value, f.Margin, f.Kind)
}
