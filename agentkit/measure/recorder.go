package measure

import (
	"context"
	"errors"
	"fmt"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/metric"
)

// Scope is the name of the meter that the instruments belong to.
const Scope = "redoubt/agentkit"

// Recorder records values on all instruments. A nil Recorder records nothing,
// so a library takes one without asking whether it is there. It is safe for
// concurrent use.
type Recorder struct {
	record map[string]func(context.Context, float64, metric.MeasurementOption)
}

// New makes every instrument on the meters of p, usually otel.GetMeterProvider().
// The error tells all instruments that the provider refuses.
func New(p metric.MeterProvider) (*Recorder, error) {
	meter := p.Meter(Scope)
	r := &Recorder{record: map[string]func(context.Context, float64, metric.MeasurementOption){}}
	var faults []error
	for _, i := range Instruments() {
		record, err := newRecord(meter, i)
		if err != nil {
			faults = append(faults, fmt.Errorf("instrument %s: %w", i.Name, err))
			continue
		}
		r.record[i.Name] = record
	}
	if err := errors.Join(faults...); err != nil {
		return nil, err
	}
	return r, nil
}

// Record adds or sets the value on the instrument, by its kind, under the
// values of its attributes in their order. A value that is not given counts as
// unknown: a figure must never stop an agent.
func (r *Recorder) Record(ctx context.Context, i Instrument, value float64, by ...string) {
	if r == nil || r.record[i.Name] == nil {
		return
	}
	attributes := make([]attribute.KeyValue, len(i.By))
	for n, name := range i.By {
		attributes[n] = attribute.String(name, Unknown)
		if n < len(by) {
			attributes[n] = attribute.String(name, by[n])
		}
	}
	r.record[i.Name](ctx, value, metric.WithAttributeSet(attribute.NewSet(attributes...)))
}

// Unknown is the value of an attribute that was not given.
const Unknown = "unknown"

// newRecord makes one instrument and returns what records on it.
func newRecord(m metric.Meter, i Instrument) (func(context.Context, float64, metric.MeasurementOption), error) {
	unit, what := metric.WithUnit(i.Unit), metric.WithDescription(i.What)
	switch i.Kind {
	case Counter:
		c, err := m.Float64Counter(i.Name, unit, what)
		return func(ctx context.Context, v float64, by metric.MeasurementOption) { c.Add(ctx, v, by) }, err
	case UpDownCounter:
		c, err := m.Float64UpDownCounter(i.Name, unit, what)
		return func(ctx context.Context, v float64, by metric.MeasurementOption) { c.Add(ctx, v, by) }, err
	case Histogram:
		h, err := m.Float64Histogram(i.Name, unit, what)
		return func(ctx context.Context, v float64, by metric.MeasurementOption) { h.Record(ctx, v, by) }, err
	case Gauge:
		g, err := m.Float64Gauge(i.Name, unit, what)
		return func(ctx context.Context, v float64, by metric.MeasurementOption) { g.Record(ctx, v, by) }, err
	default:
		return nil, fmt.Errorf("kind %q is none of %s, %s, %s, %s", i.Kind, Counter, UpDownCounter, Histogram, Gauge)
	}
}
