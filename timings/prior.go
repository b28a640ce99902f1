package timings

import (
	"fmt"
	"time"
)

// PriorID names one assumed distribution. Every id of priors.yaml has a
// constant in ids.go, which starts with Prior.
type PriorID string

// Assumed is a lognormal distribution that nobody measured: a judgement, used
// where the sources have words and no figures. What is computed from it must
// say "assumed".
type Assumed struct {
	ID       PriorID
	P50, P95 time.Duration
	// GroundedOn names the timings that the judgement rests on.
	GroundedOn []ID
	Note       string
}

type prior struct {
	ID         PriorID
	P50, P95   float64
	GroundedOn []ID `yaml:"grounded_on"`
	Note       string
}

// Prior returns the assumed distribution. An id that is not in the file is a
// programmer's error and panics.
func Prior(id PriorID) Assumed {
	p, ok := load().priors[id]
	if !ok {
		panic(fmt.Sprintf("timings: no prior %q; use a constant of ids.go", id))
	}
	return p
}

// PriorIDs lists every prior in the order of the file.
func PriorIDs() []PriorID { return load().all }

// Quantile returns the duration that a share p of all cases stays below; p is
// at least 0 and less than 1, and anything else panics.
func (a Assumed) Quantile(p float64) time.Duration { return a.Distribution().Quantile(p) }

// Distribution is the prior as the distribution that it means.
func (a Assumed) Distribution() Lognormal { return Lognormal{Median: a.P50, High: a.P95, At: 0.95} }

// String says the two percentiles and that they are assumed.
func (a Assumed) String() string {
	return fmt.Sprintf("%s: median %s, 95th percentile %s (assumed)", a.ID, a.P50, a.P95)
}
