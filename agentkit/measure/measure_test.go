package measure_test

import (
	"errors"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.opentelemetry.io/otel/metric"
	"go.opentelemetry.io/otel/metric/noop"

	"redoubt/agentkit/measure"
	"redoubt/internal/metrictest"
)

var named = regexp.MustCompile(`^agentkit(\.[a-z]+)+$`)

func TestInstruments_areNamedOnceWithUnitAndSentence(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for _, i := range measure.Instruments() {
		assert.Regexp(t, named, i.Name)
		assert.False(t, seen[i.Name], "%s is declared twice", i.Name)
		seen[i.Name] = true
		assert.NotEmpty(t, i.Unit, i.Name)
		assert.NotEmpty(t, i.What, i.Name)
		assert.NotEmpty(t, i.By, "%s is told by nothing", i.Name)
	}
}

func TestRecorder_recordsEachKindUnderItsAttributes(t *testing.T) {
	t.Parallel()
	m := metrictest.New(t)
	ctx := t.Context()
	m.Recorder.Record(ctx, measure.Retries, 1, "memory", "slow")
	m.Recorder.Record(ctx, measure.Retries, 1, "memory", "slow")
	m.Recorder.Record(ctx, measure.BulkheadUsed, 3, "memory")
	m.Recorder.Record(ctx, measure.BulkheadUsed, -1, "memory")
	m.Recorder.Record(ctx, measure.Level, 2, "planner")
	m.Recorder.Record(ctx, measure.Level, 1, "planner")
	m.Recorder.Record(ctx, measure.CallDuration, 0.5, "memory")
	assert.InDelta(t, 2, m.Value(t, measure.Retries, "memory", "slow"), 0)
	assert.InDelta(t, 2, m.Value(t, measure.BulkheadUsed, "memory"), 0)
	assert.InDelta(t, 1, m.Value(t, measure.Level, "planner"), 0)
	assert.InDelta(t, 0.5, m.Value(t, measure.CallDuration, "memory", measure.Unknown), 0, "what is not given is unknown")
	assert.Zero(t, m.Value(t, measure.Attempts, "memory"), "what nobody recorded is not there")
}

func TestRecorder_nilRecordsNothing(t *testing.T) {
	t.Parallel()
	var none *measure.Recorder
	assert.NotPanics(t, func() { none.Record(t.Context(), measure.Calls, 1) })
}

// refusing is a provider whose meter refuses every gauge.
type refusing struct{ metric.MeterProvider }

type refusingMeter struct{ metric.Meter }

func (r refusing) Meter(name string, o ...metric.MeterOption) metric.Meter {
	return refusingMeter{r.MeterProvider.Meter(name, o...)}
}

func (refusingMeter) Float64Gauge(string, ...metric.Float64GaugeOption) (metric.Float64Gauge, error) {
	return nil, errors.New("no gauges here")
}

func TestNew_tellsAllThatIsRefused(t *testing.T) {
	t.Parallel()
	_, err := measure.New(refusing{noop.NewMeterProvider()})
	require.ErrorContains(t, err, "instrument agentkit.level: no gauges here")
	require.ErrorContains(t, err, "instrument agentkit.ready: no gauges here")
	require.NotContains(t, err.Error(), "agentkit.calls")
}
