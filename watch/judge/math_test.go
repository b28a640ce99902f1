package judge

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/watch"
)

var began = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func metric(name string) watch.Metric { return watch.Metric{Namespace: "N", Name: name} }

// lines are m1 to m3, of which m3 has no value, and an expression over them.
func lines(expression string) window {
	s := NewSeries(began)
	for n, v := range []float64{10, 12, 16} {
		s.Put(metric("a"), began.Add(time.Duration(n)*time.Minute), v)
		s.Put(metric("b"), began.Add(time.Duration(n)*time.Minute), 4)
	}
	return window{series: s, period: time.Minute, to: began.Add(3 * time.Minute),
		quota: func(m watch.Metric) (float64, bool) { return 64, m.Name == "a" },
		queries: []watch.Query{{ID: "m1", Metric: metric("a"), Statistic: "Maximum"}, {ID: "m2", Metric: metric("b"), Statistic: "Maximum"},
			{ID: "m3", Metric: metric("c"), Statistic: "Sum"}, {ID: "e1", Expression: expression}}}
}

func TestMath_worksOutWhatTheCatalogueUses(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]float64{
		"m1": 16, "m1 + 2*m2": 24, "(m1-m2)/2": 6, "100*FILL(m3,0)/m2": 0, "FILL(m1,0)": 16, "MAX([m2,m3,m1])": 16,
		"DIFF(m1)": 4, "SERVICE_QUOTA(m1)-m1": 48, "IF(DIFF(m1)>0,(SERVICE_QUOTA(m1)-m1)/DIFF(m1),9999)": 12,
		"IF(DIFF(m2)>0,1,9999)": 9999, "(1-m2)/0.001": -3000,
	} {
		v, ok, err := lines(expression).line("e1")
		require.NoError(t, err, expression)
		assert.True(t, ok, expression)
		assert.InDelta(t, want, v, 1e-9, expression)
	}
}

func TestMath_hasNoValueWhereALineHasNone(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{"m3", "m1+m3", "m1/m3", "DIFF(m3)", "m1/(m2-m2)", "MAX([m3])", "SERVICE_QUOTA(m2)"} {
		_, ok, err := lines(expression).line("e1")
		require.NoError(t, err, expression)
		assert.False(t, ok, expression)
	}
}

func TestMath_refusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	for expression, want := range map[string]string{
		"m9": `no line has the id "m9"`, "SEARCH(m1)": "function SEARCH is not known", "m1+": "want a value", "(m1": `want ')'`,
		"m1)": "is left over", "MAX(m1)": `want '['`,
	} {
		_, _, err := lines(expression).line("e1")
		require.ErrorContains(t, err, want, expression)
	}
}

func TestBand_knowsTheUsualAndNotBefore(t *testing.T) {
	t.Parallel()
	s := NewSeries(began)
	a := watch.Alarm{Comparison: watch.AboveBand, Queries: []watch.Query{{ID: "m1", Metric: metric("a"), Statistic: "Average"},
		{ID: "ad1", Expression: "ANOMALY_DETECTION_BAND(m1,4)"}}}
	at := func(n int) point {
		p, err := window{series: s, queries: a.Queries, period: time.Minute, to: began.Add(time.Duration(n) * time.Minute)}.point(a)
		require.NoError(t, err)
		return p
	}
	for n := range 100 {
		s.Put(metric("a"), began.Add(time.Duration(n)*time.Minute), 20+float64(n%3))
	}
	s.Put(metric("a"), began.Add(100*time.Minute), 40)
	assert.Equal(t, point{there: true}, at(5), "five values teach nothing")
	assert.Equal(t, point{there: true}, at(100), "22 is usual")
	assert.Equal(t, point{there: true, bad: true}, at(101), "40 is not")
}
