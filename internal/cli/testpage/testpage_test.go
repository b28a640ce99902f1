package testpage

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/internal/clock"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/tests/homes"
)

// cloud is CloudWatch with one alarm, which goes off some looks after its metric was put.
type cloud struct {
	none   bool
	before bool
	after  int
	denied error
	puts   []plan.Call
	asked  []any
}

func (c *cloud) Call(_ context.Context, call plan.Call) (plan.Document, error) {
	if call.Operation == "PutMetricData" {
		c.puts = append(c.puts, call)
		return plan.Document{}, c.denied
	}
	c.asked = call.Input["AlarmNames"].([]any)
	if c.none {
		return plan.Document{"MetricAlarms": []any{}}, nil
	}
	state := "OK"
	if c.before || len(c.puts) > 0 {
		if c.after--; c.after < 0 {
			state = "ALARM"
		}
	}
	return plan.Document{"MetricAlarms": []any{plan.Document{"StateValue": state}}}, nil
}

// leap is a clock whose sleeps pass at once.
type leap struct {
	clock.Wall
	now time.Time
}

func (l *leap) Now() time.Time { return l.now }

func (l *leap) Sleep(_ context.Context, d time.Duration) error {
	l.now = l.now.Add(d)
	return nil
}

func of(t *testing.T, c *cloud) fire {
	t.Helper()
	return fire{port: c, clock: &leap{now: time.Unix(0, 0)}, sys: homes.System(t), home: system.Secondary, on: "aws"}
}

func TestRun_waitsForTheAlarm(t *testing.T) {
	t.Parallel()
	c := &cloud{after: 3}
	f := of(t, c)
	took, err := f.run(t.Context())
	require.NoError(t, err)
	assert.Equal(t, 3*every, took)
	assert.Equal(t, []any{"atlas-secondary-test"}, c.asked)
	require.Len(t, c.puts, 1)
	assert.Equal(t, system.Secondary, c.puts[0].Home, "an alarm sees the metrics of its own region")
	assert.Equal(t, plan.Document{"Namespace": "Redoubt/Watch", "MetricData": []any{plan.Document{
		"MetricName": "TestFire", "Value": 1.0, "Dimensions": []any{
			plan.Document{"Name": "Home", "Value": "secondary"}, plan.Document{"Name": "System", "Value": "atlas"}}}}}, c.puts[0].Input)
	assert.Contains(t, f.told(took, "measured"), "went off 30s after its metric was put (measured)")
}

func TestRun_saysWhatIsMissing(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]struct {
		cloud
		code exit.Code
		says string
	}{
		"no alarm":         {cloud{none: true}, exit.Refused, "the secondary home has no alarm atlas-secondary-test"},
		"one before":       {cloud{before: true}, exit.Refused, "in ALARM from a test page before this one"},
		"a silent alarm":   {cloud{after: 1000}, exit.NotProven, "is OK 4m0s after its metric was put, want ALARM"},
		"nobody may do it": {cloud{denied: errors.New("denied")}, exit.Stopped, "put the metric: denied"},
	} {
		c := want.cloud
		_, err := of(t, &c).run(t.Context())
		require.ErrorContains(t, err, want.says, name)
		assert.Equal(t, want.code, exit.Of(err), name)
		assert.Equal(t, want.code == exit.Refused, len(c.puts) == 0, "nothing is put where nothing looks")
	}
}
