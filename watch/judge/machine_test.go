package judge

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/watch"
)

// home is a home with an alarm a tier may page for, one about the loss of the other home, and a ticket.
func home() watch.Catalogue {
	alarm := func(part string, s watch.Severity) watch.Alarm {
		return watch.Alarm{Part: part, Severity: s, Queries: []watch.Query{{ID: "m1", Metric: metric(part), Statistic: "Maximum"}},
			Comparison: watch.Above, Period: time.Minute, Periods: 3, Datapoints: 2, Missing: watch.NotBreaching}
	}
	return watch.Catalogue{
		Alarms: []watch.Alarm{alarm("store", watch.Page), alarm("agent", watch.Page), alarm("other", watch.Ticket)},
		Composites: []watch.Composite{
			{Part: "lost", Severity: watch.Page, Any: []string{"other"}},
			{Part: "tier", Severity: watch.Page, Any: []string{"store"}, Both: [][2]string{{"agent", "other"}}, Unless: "lost",
				Wait: 3 * time.Minute, Extension: 10 * time.Minute},
		},
	}
}

// walk lets minutes pass in which the alarms named are bad, and returns who told when, in minutes.
func walk(t *testing.T, minutes int, bad func(n int, part string) bool) map[string][]int {
	t.Helper()
	s := NewSeries(began)
	m, out := New(home(), s, nil), map[string][]int{}
	for n := range minutes {
		at := began.Add(time.Duration(n) * time.Minute)
		for _, part := range []string{"store", "agent", "other"} {
			v := 0.0
			if bad(n, part) {
				v = 1
			}
			s.Put(metric(part), at, v)
		}
		events, err := m.Tick(at)
		require.NoError(t, err)
		for _, e := range events {
			if e.Tells {
				out[e.Part] = append(out[e.Part], n)
			}
		}
	}
	return out
}

func TestMachine_oneIncidentPagesOnce(t *testing.T) {
	t.Parallel()
	got := walk(t, 60, func(n int, part string) bool { return n >= 10 && part == "store" })
	assert.Equal(t, map[string][]int{"tier": {16}}, got, "two of three, a minute to arrive, and three in which the other home may be lost")
	got = walk(t, 60, func(n int, part string) bool { return n >= 10 && part != "agent" })
	assert.Equal(t, map[string][]int{"lost": {13}, "other": {13}}, got, "the tier would only repeat it")
}

func TestMachine_whatOutlastsTheLossIsToldAfterIt(t *testing.T) {
	t.Parallel()
	got := walk(t, 90, func(n int, part string) bool { return n >= 10 && (part == "store" || part == "other" && n < 40) })
	require.Len(t, got["tier"], 1)
	assert.Equal(t, 10, got["tier"][0]-42, "ten minutes after the last minute in which the loss kept it still")
}

func TestMachine_aFlappingMetricPagesOnce(t *testing.T) {
	t.Parallel()
	got := walk(t, 120, func(n int, part string) bool { return part == "store" && n >= 10 && n%3 != 0 })
	assert.Len(t, got["tier"], 1, "bad in two of three minutes for two hours")
	assert.Empty(t, walk(t, 120, func(n int, part string) bool { return part == "store" && n%4 == 0 }), "one of four is noise")
}

func TestMachine_aPairNeedsBoth(t *testing.T) {
	t.Parallel()
	assert.Empty(t, walk(t, 60, func(n int, part string) bool { return part == "agent" }))
}
