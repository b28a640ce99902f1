package prober_test

import (
	"encoding/json"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/plantest"
	"redoubt/inventory"
	"redoubt/system"
	"redoubt/watch"
	"redoubt/watch/prober"
)

var now = time.Date(2026, 11, 27, 9, 0, 0, 0, time.UTC)

func example(t *testing.T) (*system.System, inventory.Inventory) {
	t.Helper()
	s, err := system.Load(filepath.Join("..", "..", "system.yaml"))
	require.NoError(t, err)
	inv, err := plantest.Inventory()
	require.NoError(t, err)
	return s, plantest.WithArbiter(inv)
}

type key struct {
	into   system.Home
	metric string
}

func keyOf(t *testing.T, into system.Home, m watch.Metric) key {
	t.Helper()
	text, err := json.Marshal(m)
	require.NoError(t, err)
	return key{into, string(text)}
}

// published counts who puts a metric into a home's region.
func published(t *testing.T, s *system.System, inv inventory.Inventory) map[key]int {
	t.Helper()
	out := map[key]int{}
	for _, home := range system.Homes {
		all := append(prober.Publish(s, home, now, prober.Whole(s, inv, home, now)), prober.Fire(s, home))
		for _, p := range all {
			out[keyOf(t, p.Into, p.Metric)]++
		}
	}
	return out
}

// Whether a home has taken the other's work over, only its own alarm asks.
func TestPublish_aWordIsToldInItsOwnHome(t *testing.T) {
	t.Parallel()
	s, inv := example(t)
	taken := true
	for _, home := range system.Homes {
		var into []system.Home
		for _, p := range prober.Publish(s, home, now, prober.Sight{TakenOver: &taken}) {
			if p.Metric.Name == watch.TakenOver {
				into = append(into, p.Into)
				assert.InDelta(t, 1, p.Value, 0)
			}
		}
		assert.Equal(t, []system.Home{home}, into)
	}
	assert.NotEmpty(t, inv.Homes)
}

// An alarm on a metric that nobody publishes rings for ever, or never.
func TestPublish_everyAlarmHasOnePublisher(t *testing.T) {
	t.Parallel()
	s, inv := example(t)
	puts := published(t, s, inv)
	places := map[system.Home]watch.Place{}
	for home, of := range inv.Homes {
		places[home] = watch.PlaceOf(of)
	}
	names := map[string]bool{}
	queries := 0
	for _, home := range system.Homes {
		for _, a := range watch.New(s, home, places).Alarms {
			for _, q := range a.Queries {
				if q.Metric.Namespace != watch.Namespace {
					continue
				}
				names[q.Metric.Name] = true
				queries++
				assert.Equal(t, 1, puts[keyOf(t, home, q.Metric)], "%s home: alarm %s stands on %s %v", home, a.Part, q.Metric.Name,
					q.Metric.Dimensions)
			}
		}
	}
	t.Logf("%d queries of both homes' alarms stand on %d metrics", queries, len(puts))
	for _, name := range watch.Published() {
		assert.True(t, names[name], "no alarm stands on %s", name)
	}
	for k, n := range puts {
		assert.Equal(t, 1, n, "put by more than one: %v", k)
	}
}

func TestPublish_saysNothingOfWhatItDidNotSee(t *testing.T) {
	t.Parallel()
	s, _ := example(t)
	puts := prober.Publish(s, system.Secondary, now, prober.Sight{})
	require.Len(t, puts, 2, "that it runs is all that it knows: %v", puts)
	for n, into := range []system.Home{system.Secondary, system.Primary} {
		assert.Equal(t, prober.Put{Into: into, Metric: watch.Probed(s, watch.Alive, "secondary"), Value: 1}, puts[n])
	}
}

func valueOf(t *testing.T, puts []prober.Put, m watch.Metric) (float64, bool) {
	t.Helper()
	for _, p := range puts {
		if assert.ObjectsAreEqual(m, p.Metric) {
			return p.Value, true
		}
	}
	return 0, false
}

func TestPublish_values(t *testing.T) {
	t.Parallel()
	s, inv := example(t)
	saw := prober.Whole(s, inv, system.Secondary, now)
	saw.Newest["tasks"] = now.Add(-time.Minute)
	saw.Replicas["planner"] = prober.Replicas{Wanted: 4, Ready: 1, Zones: 1}
	saw.Replicas["gateway"] = prober.Replicas{Wanted: 1, Ready: 1, Zones: 1}
	saw.Accepts["tasks"] = false
	delete(saw.Accepts, "artifacts")
	puts := prober.Publish(s, system.Secondary, now, saw)
	tasks, _ := s.Store("tasks")
	for _, c := range []struct {
		name string
		dims []string
		want float64
		none bool
	}{
		{name: watch.MarkAge, dims: []string{"secondary", "tasks"}, want: 60 + watch.Beat(s, tasks).Seconds()},
		{name: watch.ReadyShare, dims: []string{"secondary", "planner"}, want: 0.25},
		{name: watch.ReadyZones, dims: []string{"secondary", "planner"}, want: 1},
		{name: watch.ReadyZones, dims: []string{"secondary", "gateway"}, want: 3},
		{name: watch.Available, dims: []string{"secondary", tasks.Tier}, want: 0},
		{name: watch.Accepts, dims: []string{"secondary", "artifacts"}, none: true},
		{name: watch.Available, dims: []string{"secondary", "archive"}, none: true},
		{name: watch.CertificateDays, dims: []string{"secondary"}, want: 10},
		{name: watch.RoundTrip, dims: []string{"primary", "secondary"}, want: 20},
		{name: watch.CopyAge, dims: []string{"secondary", "tasks"}, want: 2},
		{name: watch.DrillAge, dims: []string{"secondary"}, want: 2},
		{name: watch.MeasuredAge, dims: []string{"secondary"}, want: 3},
		{name: watch.MeasuredRatio, dims: []string{"secondary"}, want: 1.2},
	} {
		got, there := valueOf(t, puts, watch.Probed(s, c.name, c.dims...))
		assert.Equal(t, !c.none, there, "%s %v", c.name, c.dims)
		assert.InDelta(t, c.want, got, 1e-9, "%s %v", c.name, c.dims)
	}
}
