package agents

import (
	"net/http"

	"go.opentelemetry.io/otel/attribute"
	sdk "go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/metric/metricdata"

	"redoubt/agentkit/measure"
)

// figures shows what an agent measures, for people and tests. In a cluster an exporter of OpenTelemetry stands here
// instead.
type figures struct{ reader *sdk.ManualReader }

// Figure is one value of an instrument of package measure; of a histogram it is the count.
type Figure struct {
	Name  string            `json:"name"`
	By    map[string]string `json:"by"`
	Value float64           `json:"value"`
}

func newFigures() (*figures, *measure.Recorder, error) {
	reader := sdk.NewManualReader()
	recorder, err := measure.New(sdk.NewMeterProvider(sdk.WithReader(reader)))
	return &figures{reader}, recorder, err
}

// ServeHTTP answers with all figures as JSON.
func (f *figures) ServeHTTP(w http.ResponseWriter, req *http.Request) {
	var all metricdata.ResourceMetrics
	if err := f.reader.Collect(req.Context(), &all); err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	out := []Figure{}
	for _, scope := range all.ScopeMetrics {
		for _, m := range scope.Metrics {
			out = append(out, values(m)...)
		}
	}
	reply(w, http.StatusOK, out)
}

func values(m metricdata.Metrics) (out []Figure) {
	add := func(by attribute.Set, value float64) {
		f := Figure{Name: m.Name, By: map[string]string{}, Value: value}
		for _, kv := range by.ToSlice() {
			f.By[string(kv.Key)] = kv.Value.AsString()
		}
		out = append(out, f)
	}
	switch data := m.Data.(type) {
	case metricdata.Sum[float64]:
		for _, p := range data.DataPoints {
			add(p.Attributes, p.Value)
		}
	case metricdata.Gauge[float64]:
		for _, p := range data.DataPoints {
			add(p.Attributes, p.Value)
		}
	case metricdata.Histogram[float64]:
		for _, p := range data.DataPoints {
			add(p.Attributes, float64(p.Count))
		}
	}
	return out
}
