// Package measure names what agents tell about themselves, each figure once
// with its unit, and records it through OpenTelemetry.
//
// A new figure is a line in one of the lists of this package, a scenario in the
// test that holds every instrument to be really recorded, and a run of
// go generate ./docs/internal/gen for its line in docs/agentkit.md.
package measure

import "slices"

// Kind says what a value does to an instrument.
type Kind string

// The four kinds, by the names of OpenTelemetry
// (https://opentelemetry.io/docs/specs/otel/metrics/api/#instrument).
const (
	// Counter adds a value that is never negative.
	Counter Kind = "counter"
	// UpDownCounter adds a value that may be negative.
	UpDownCounter Kind = "up-down counter"
	// Histogram counts values by their size.
	Histogram Kind = "histogram"
	// Gauge keeps the last value.
	Gauge Kind = "gauge"
)

// Instrument is one figure that agents tell.
type Instrument struct {
	// Name begins with agentkit.
	Name string
	Kind Kind
	// Unit is in the notation of UCUM: s for seconds, {call} for a count of calls, 1 for none.
	Unit string
	// By names the attributes, in the order in which Record takes their values.
	By []string
	// What says in one sentence what a value tells.
	What string
}

// Instruments lists every instrument of agentkit in the order of the page.
func Instruments() []Instrument { return slices.Concat(calls, health, stores) }
