package watch_test

import (
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/plantest"
	"redoubt/system"
	"redoubt/watch"
)

// example is what both homes of the example watch.
func example(t *testing.T) (*system.System, map[system.Home]watch.Catalogue) {
	t.Helper()
	s, err := system.Load(filepath.Join("..", "system.yaml"))
	require.NoError(t, err)
	inv, err := plantest.Inventory()
	require.NoError(t, err)
	places := map[system.Home]watch.Place{}
	for home, of := range plantest.WithArbiter(inv).Homes {
		p := watch.PlaceOf(of)
		p.VCPUs = 144
		places[home] = p
	}
	out := map[system.Home]watch.Catalogue{}
	for _, home := range system.Homes {
		out[home] = watch.New(s, home, places)
	}
	return s, out
}

func TestCatalogue_leavesNothingOut(t *testing.T) {
	t.Parallel()
	s, all := example(t)
	for home, c := range all {
		assert.Empty(t, c.Bare(s), "%s: no alarm is about it", home)
		of := func(store string, concern watch.Concern) bool {
			return c.Watched(func(a watch.Alarm) bool { return a.Store == store && a.Concern == concern })
		}
		for _, st := range s.Stores {
			for _, concern := range []watch.Concern{watch.Writes, watch.RPO, watch.Lag, watch.Backup, watch.Copy, watch.RestoreTest} {
				backup := concern == watch.Backup || concern == watch.Copy || concern == watch.RestoreTest
				assert.Equal(t, !backup || st.RebuildFrom == "", of(st.Name, concern), "%s: store %s, %s", home, st.Name, concern)
			}
			assert.Equal(t, st.Kind == system.Queue, of(st.Name, watch.QueueAge) && of(st.Name, watch.DeadLetters))
			assert.Equal(t, st.Kind == system.Bucket, of(st.Name, watch.Replication))
		}
	}
	trimmed := all[system.Primary]
	trimmed.Alarms = slices.DeleteFunc(slices.Clone(trimmed.Alarms), func(a watch.Alarm) bool { return a.Store == "tasks" || a.Agent == "planner" })
	assert.Equal(t, []string{`store "tasks"`, `agent "planner"`}, trimmed.Bare(s), "what is not watched is told")
}

var partForm = regexp.MustCompile(`^[a-z][a-z0-9-]*$`)

func TestCatalogue_everyAlarmIsWhole(t *testing.T) {
	t.Parallel()
	_, all := example(t)
	for home, c := range all {
		seen := map[string]bool{}
		for _, a := range c.Alarms {
			assert.False(t, seen[a.Part], "%s twice", a.Part)
			seen[a.Part] = true
			assert.Regexp(t, partForm, a.Part)
			for what, text := range map[string]string{"title": a.Title, "unit": a.Unit, "cause": a.Cause, "command": a.Command,
				"why of silence": a.MissingWhy, "why of the time": a.WithinWhy, "missing": string(a.Missing)} {
				assert.NotEmpty(t, text, "%s: %s has no %s", home, a.Part, what)
			}
			assert.Equal(t, home, a.Home)
			assert.True(t, a.About.Valid(), a.Part)
			assert.Positive(t, a.Within, a.Part)
			_, told := watch.Guides()[a.Concern]
			assert.True(t, told, "%s: the runbook has no section on %s", a.Part, a.Concern)
			holdsToCloudWatch(t, a)
		}
	}
}

// holdsToCloudWatch checks what CloudWatch refuses:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
func holdsToCloudWatch(t *testing.T, a watch.Alarm) {
	t.Helper()
	longest := 24 * time.Hour
	if a.Period >= time.Hour {
		longest = 7 * longest
	}
	assert.LessOrEqual(t, time.Duration(a.Periods)*a.Period, longest, a.Part)
	assert.LessOrEqual(t, a.Datapoints, a.Periods, a.Part)
	assert.Zero(t, a.Period%time.Minute, a.Part)
	for _, q := range a.Queries {
		assert.NotEqual(t, q.Expression == "", q.Metric.Namespace == "", "%s: %s is a metric or an expression", a.Part, q.ID)
		if q.Metric.Namespace == watch.Namespace {
			assert.Contains(t, watch.Published(), q.Metric.Name, a.Part)
			assert.NotEmpty(t, q.Metric.Dimensions[watch.DimSystem])
		}
		for dim, value := range q.Metric.Dimensions {
			assert.NotEmpty(t, value, "%s: dimension %s", a.Part, dim)
		}
	}
}

func TestCatalogue_everyPageGoesThroughOneComposite(t *testing.T) {
	t.Parallel()
	_, all := example(t)
	for home, c := range all {
		parents := map[string]int{}
		for _, one := range c.Composites {
			for _, part := range one.Parts() {
				a, known := c.Alarm(part)
				require.True(t, known, "%s stands on %s", one.Part, part)
				if one.Part != watch.LostPart {
					parents[part]++
					assert.Equal(t, one.Severity, a.Severity, "%s: %s", one.Part, part)
				}
			}
			rule := one.Rule(func(part string) string { return "atlas-" + part })
			assert.Less(t, len(rule), 10240, one.Part)
			assert.LessOrEqual(t, strings.Count(rule, "ALARM("), 100, one.Part)
		}
		for _, a := range c.Alarms {
			want := 1
			if a.Acts() {
				want = 0
			}
			assert.Equal(t, want, parents[a.Part], "%s: %s tells through so many", home, a.Part)
		}
		assert.Equal(t, watch.LostPart, c.Composites[0].Part, "what keeps others still is judged before them")
	}
}

// TestCatalogue_aReturnIsWatchedWhereAnArbiterDecides: nobody else moves work without a person.
func TestCatalogue_aReturnIsWatchedWhereAnArbiterDecides(t *testing.T) {
	t.Parallel()
	s, all := example(t)
	inv, err := plantest.Inventory()
	require.NoError(t, err)
	places := map[system.Home]watch.Place{}
	for home, of := range inv.Homes {
		places[home] = watch.PlaceOf(of)
	}
	of := func(c watch.Catalogue) *watch.Composite {
		n := slices.IndexFunc(c.Composites, func(one watch.Composite) bool { return one.Part == watch.ReturnPart })
		if n < 0 {
			return nil
		}
		return &c.Composites[n]
	}
	for home, c := range all {
		a, known := c.Alarm("return")
		require.True(t, known)
		assert.Equal(t, home.Peer(), a.About)
		require.NotNil(t, of(c))
		assert.Empty(t, of(c).Unless, "the loss of the home comes before its return, and keeps others still for a while")
		_, known = watch.New(s, home, places).Alarm("return")
		assert.False(t, known)
		assert.Nil(t, of(watch.New(s, home, places)))
	}
}

func TestCatalogue_aloneLeavesOutWhatNeedsThePeer(t *testing.T) {
	t.Parallel()
	s, _ := example(t)
	inv, err := plantest.Inventory()
	require.NoError(t, err)
	c := watch.New(s, system.Primary, map[system.Home]watch.Place{system.Primary: watch.PlaceOf(inv.Homes[system.Primary])})
	assert.Empty(t, c.Bare(s))
	for _, a := range c.Alarms {
		assert.Equal(t, system.Primary, a.About, a.Part)
		assert.NotContains(t, []watch.Concern{watch.Lag, watch.RPO, watch.Copy, watch.Line, watch.Inventory}, a.Concern)
	}
	for _, one := range c.Composites {
		assert.Empty(t, one.Unless, one.Part)
	}
}
