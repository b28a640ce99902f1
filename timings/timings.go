// Package timings says how long AWS takes: durations and lags with the page
// that gives them, looked up by typed id, and assumed distributions where AWS
// publishes only words.
package timings

import (
	_ "embed"
	"fmt"
	"math"
	"sync"
	"time"

	"gopkg.in/yaml.v3"
)

//go:generate go run ./internal/gen

// ID names one timing. Every id of timings.yaml has a constant in ids.go, so
// that code which names a timing that is not there does not build.
type ID string

// Metric is what a timing measures.
type Metric string

// The two metrics.
const (
	// Duration is how long something takes.
	Duration Metric = "duration"
	// Lag is how far a copy is behind.
	Lag Metric = "lag"
)

// Kind is how much a source is worth.
type Kind string

// The kinds of source, the strongest first.
const (
	SLA        Kind = "sla"
	Doc        Kind = "doc"
	Blog       Kind = "blog"
	ThirdParty Kind = "third-party"
	// Own is a rule of this program; its source is a page in docs/.
	Own Kind = "own"
)

// Timing is what one source says of one mechanism.
type Timing struct {
	ID        ID
	Mechanism string
	Metric    Metric
	// Unit is the unit of the source's figures in the file; durations carry their own.
	Unit string
	Kind Kind
	// Source is the address of the page.
	Source string
	// Note says what the figures are not, and under which conditions they hold.
	Note string

	typical, max *time.Duration
}

// Typical returns what the source calls typical, often an upper end. It is
// false when the source gives no such figure, which never means zero.
func (t Timing) Typical() (time.Duration, bool) { return known(t.typical) }

// Max returns the longer figure of the source: a limit, the end of a range or
// a percentile, as the note says. It is false when the source gives none.
func (t Timing) Max() (time.Duration, bool) { return known(t.max) }

// Longest returns the longest figure that the source gives. It is false when
// the source speaks in words only.
func (t Timing) Longest() (time.Duration, bool) {
	if d, ok := t.Max(); ok {
		return d, true
	}
	return t.Typical()
}

// Get returns the timing. Ids come from the constants; an id that is not in
// the file is a programmer's error and panics. Ids out of a document go through Lookup.
func Get(id ID) Timing {
	t, ok := load().timings[id]
	if !ok {
		panic(fmt.Sprintf("timings: no timing %q; use a constant of ids.go", id))
	}
	return t
}

// Lookup returns the timing with an id that was read from a document.
func Lookup(id string) (Timing, bool) {
	t, ok := load().timings[ID(id)]
	return t, ok
}

// IDs lists every timing in the order of the file.
func IDs() []ID { return load().ids }

func known(d *time.Duration) (time.Duration, bool) {
	if d == nil {
		return 0, false
	}
	return *d, true
}

//go:embed timings.yaml
var rawTimings []byte

//go:embed priors.yaml
var rawPriors []byte

type entry struct {
	ID        ID
	Mechanism string
	Metric    Metric
	Unit      string
	Typical   *float64
	Max       *float64 `yaml:"p99_or_max"`
	Kind      Kind
	Source    string
	Note      string
}

type data struct {
	timings map[ID]Timing
	ids     []ID
	priors  map[PriorID]Assumed
	all     []PriorID
}

var load = sync.OnceValue(func() data {
	d := data{timings: map[ID]Timing{}, priors: map[PriorID]Assumed{}}
	var entries []entry
	must(yaml.Unmarshal(rawTimings, &entries))
	for _, e := range entries {
		d.ids = append(d.ids, e.ID)
		d.timings[e.ID] = Timing{
			ID: e.ID, Mechanism: e.Mechanism, Metric: e.Metric, Unit: e.Unit, Kind: e.Kind,
			Source: e.Source, Note: e.Note, typical: seconds(e.Typical), max: seconds(e.Max),
		}
	}
	var priors []prior
	must(yaml.Unmarshal(rawPriors, &priors))
	for _, p := range priors {
		d.all = append(d.all, p.ID)
		d.priors[p.ID] = Assumed{
			ID: p.ID, P50: *seconds(&p.P50), P95: *seconds(&p.P95), GroundedOn: p.GroundedOn, Note: p.Note,
		}
	}
	return d
})

func seconds(s *float64) *time.Duration {
	if s == nil {
		return nil
	}
	d := time.Duration(math.Round(*s * float64(time.Second)))
	return &d
}

// must is for the embedded files alone: they are broken only by a bad commit.
func must(err error) {
	if err != nil {
		panic("timings: embedded data: " + err.Error())
	}
}
