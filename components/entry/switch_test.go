package entry

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/system"
)

// homes records both homes' entries as they stand after three updates.
func homes(t *testing.T) map[system.Home]*pulumitest.Recorder {
	t.Helper()
	return map[system.Home]*pulumitest.Recorder{
		system.Primary: run(t, primary()), system.Secondary: run(t, secondary()),
	}
}

func TestSwitch_movesByActsAloneWhicheverHomeIsDead(t *testing.T) {
	t.Parallel()
	const p, s = system.Primary, system.Secondary
	cases := []struct {
		name  string
		steps []step
	}{
		{"nothing was ever put", []step{wait(p)}},
		{"a dead primary moves nothing", []step{kill(p, p), wait(p)}},
		{"a dead secondary moves nothing", []step{kill(s, p), wait(p)}},
		{"the secondary takes from a dead primary", []step{kill(p, p), put(s, 1, s), wait(s)}},
		{"the secondary takes from a living primary", []step{put(s, 1, s), wait(s)}},
		{"a primary that returns moves nothing", []step{kill(p, p), put(s, 1, s), revive(p, s), wait(s)}},
		{"the primary reclaims from a dead secondary", []step{put(s, 1, s), kill(s, s), put(p, 1, p), wait(p)}},
		{"a secondary that returns moves nothing", []step{
			put(s, 1, s), kill(s, s), put(p, 1, p), revive(s, p), wait(p),
		}},
		{"there, back, reset, and there again", []step{
			put(s, 1, s), put(p, 1, p), put(s, 0, p), put(p, 0, p), wait(p), kill(p, p), put(s, 1, s),
		}},
		{"the reset in the wrong order sends traffic back", []step{put(s, 1, s), put(p, 1, p), put(p, 0, s)}},
		{"the window: a reclaim that was not reset holds on to a dead primary", []step{
			put(s, 1, s), kill(s, s), put(p, 1, p), revive(s, p), kill(p, p), put(s, 1, p), wait(p),
		}},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			m := newModel(t, homes(t))
			for n, step := range c.steps {
				step.act(m)
				assert.Equal(t, step.want, m.minute(), "after step %d", n+1)
			}
		})
	}
}

func TestSwitch_stepsInTheTableOfTheDocumentation(t *testing.T) {
	t.Parallel()
	m := newModel(t, homes(t))
	for _, s := range []step{
		wait(system.Primary),
		put(system.Secondary, 1, system.Secondary),
		put(system.Primary, 1, system.Primary),
		put(system.Secondary, 0, system.Primary),
		put(system.Primary, 0, system.Primary),
	} {
		s.act(m)
		assert.Equal(t, s.want, m.minute())
	}
}

func TestSwitch_eachHomeWatchesTheMetricItPuts(t *testing.T) {
	t.Parallel()
	for home, want := range map[system.Home][2]string{
		system.Primary:   {"atlas-primary-reclaimed", "Reclaimed"},
		system.Secondary: {"atlas-secondary-taken", "Taken"},
	} {
		t.Run(string(home), func(t *testing.T) {
			t.Parallel()
			alarms := homes(t)[home].OfType(alarmType)
			require.Len(t, alarms, 1)
			got := alarms[0].Values()
			assert.Equal(t, want[0], got["name"])
			assert.Equal(t, want[1], got["metricName"])
			assert.Equal(t, "Redoubt/Switch", got["namespace"])
			assert.Equal(t, map[string]any{"System": "atlas"}, got["dimensions"])
			assert.Equal(t, "ignore", got["treatMissingData"], "silence changes nothing")
		})
	}
}

func TestSwitch_alarmsStayWithinWhatAHealthCheckCanFollow(t *testing.T) {
	t.Parallel()
	for home, r := range homes(t) {
		got := r.Get(t, alarmType, "main-switch-alarm").Values()
		assert.Contains(t, []any{"Average", "Minimum", "Maximum", "Sum", "SampleCount"}, got["statistic"], home)
		assert.EqualValues(t, 60, got["period"], "%s: standard resolution", home)
		assert.EqualValues(t, 1, got["evaluationPeriods"], "%s", home)
		for _, beyond := range []string{"metricQueries", "extendedStatistic", "datapointsToAlarm", "thresholdMetricId"} {
			assert.NotContains(t, got, beyond, "%s", home)
		}
	}
}

func TestSwitch_checksFollowTheAlarmsByNameAndRegion(t *testing.T) {
	t.Parallel()
	r := run(t, primary())
	cases := []struct {
		name, alarm, region string
		inverted            bool
	}{
		{"main-switch-taken", "atlas-secondary-taken", central, false},
		{"main-switch-reclaimed", "atlas-primary-reclaimed", west, true},
	}
	for _, c := range cases {
		got := r.Get(t, checkType, c.name).Values()
		assert.Equal(t, "CLOUDWATCH_METRIC", got["type"], c.name)
		assert.Equal(t, c.alarm, got["cloudwatchAlarmName"], c.name)
		assert.Equal(t, c.region, got["cloudwatchAlarmRegion"], c.name)
		assert.Equal(t, c.inverted, got["invertHealthcheck"], c.name)
		assert.Equal(t, "LastKnownStatus", got["insufficientDataHealthStatus"], c.name)
	}
	both := r.Get(t, checkType, "main-switch").Values()
	assert.Equal(t, "CALCULATED", both["type"])
	assert.EqualValues(t, 1, both["childHealthThreshold"])
	assert.ElementsMatch(t, []any{"main-switch-taken_id", "main-switch-reclaimed_id"}, both["childHealthchecks"])
}

func TestSwitch_checksAreUpdatedWhenTheirAlarmChanges(t *testing.T) {
	t.Parallel()
	r := run(t, primary())
	taken := r.Get(t, checkType, "main-switch-taken").Values()["triggers"].(map[string]any)["alarm"]
	reclaimed := r.Get(t, checkType, "main-switch-reclaimed").Values()["triggers"].(map[string]any)["alarm"]
	assert.NotEqual(t, taken, reclaimed)

	a := alarmOf(secondary().Scope)
	same, err := a.hash()
	require.NoError(t, err)
	assert.Equal(t, same, taken, "the primary knows the secondary's alarm without asking")
	a.Threshold = 2
	other, err := a.hash()
	require.NoError(t, err)
	assert.NotEqual(t, same, other)
}

func TestSwitch_secondaryOwnsNoCheckOfIt(t *testing.T) {
	t.Parallel()
	for _, check := range run(t, secondary()).OfType(checkType) {
		assert.True(t, strings.HasPrefix(check.Name, "main-probe"), check.Name)
	}
}
