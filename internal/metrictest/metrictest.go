// Package metrictest reads in a test what a recorder of agentkit has recorded.
package metrictest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"redoubt/agentkit/measure"
)

// Metrics is a recorder with its reader.
type Metrics struct {
	Recorder *measure.Recorder
	reader   *sdk.ManualReader
}

// New returns a recorder that keeps everything until it is asked.
func New(t *testing.T) *Metrics {
	t.Helper()
	reader := sdk.NewManualReader()
	r, err := measure.New(sdk.NewMeterProvider(sdk.WithReader(reader)))
	require.NoError(t, err)
	return &Metrics{Recorder: r, reader: reader}
}

// Point is one value of an instrument, under the values of its attributes. Of
// a histogram the value is the sum.
type Point struct {
	Unit  string
	By    []string
	Value float64
}

// Points are the values of the instrument; its attributes must be those that it declares.
func (m *Metrics) Points(t *testing.T, i measure.Instrument) []Point {
	t.Helper()
	var all metricdata.ResourceMetrics
	require.NoError(t, m.reader.Collect(t.Context(), &all))
	for _, scope := range all.ScopeMetrics {
		at := slices.IndexFunc(scope.Metrics, func(d metricdata.Metrics) bool { return d.Name == i.Name })
		if scope.Scope.Name == measure.Scope && at >= 0 {
			return points(t, i, scope.Metrics[at])
		}
	}
	return nil
}

// Value is what was recorded under these values of the attributes, zero when nothing was.
func (m *Metrics) Value(t *testing.T, i measure.Instrument, by ...string) float64 {
	t.Helper()
	for _, p := range m.Points(t, i) {
		if slices.Equal(p.By, by) {
			return p.Value
		}
	}
	return 0
}

func points(t *testing.T, i measure.Instrument, m metricdata.Metrics) []Point {
	t.Helper()
	var out []Point
	add := func(by attribute.Set, v float64) {
		p := Point{Unit: m.Unit, Value: v}
		require.Equal(t, len(i.By), by.Len(), "%s has other attributes than it declares", i.Name)
		for _, name := range i.By {
			value, found := by.Value(attribute.Key(name))
			require.True(t, found, "%s has no attribute %s", i.Name, name)
			p.By = append(p.By, value.AsString())
		}
		out = append(out, p)
	}
	switch data := m.Data.(type) {
	case metricdata.Sum[float64]:
		require.Equal(t, i.Kind == measure.Counter, data.IsMonotonic, i.Name)
		for _, p := range data.DataPoints {
			add(p.Attributes, p.Value)
		}
	case metricdata.Gauge[float64]:
		for _, p := range data.DataPoints {
			add(p.Attributes, p.Value)
		}
	case metricdata.Histogram[float64]:
		for _, p := range data.DataPoints {
			add(p.Attributes, p.Sum)
		}
	default:
		require.Fail(t, "unknown data", "%s: %T", i.Name, m.Data)
	}
	return out
}
