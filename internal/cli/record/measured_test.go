package record

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/recovery/drill/record"
	"redoubt/watch"
	"redoubt/witness"
)

// line is a drill of the sandbox some days ago.
func line(scenario string, kind witness.Kind, days int) record.Entry {
	figure := func(d time.Duration) witness.Figure { return witness.Figure{Value: d, Kind: kind, Known: true} }
	return record.Entry{Version: record.Version, At: now.AddDate(0, 0, -days), System: "sandbox", Scenario: scenario, Kind: kind, Passed: true,
		Plan: "sha256:1", Tiers: []record.Tier{{Name: "core", Took: figure(12 * time.Minute), Predicted: figure(10 * time.Minute)},
			{Name: "files", Took: figure(time.Minute)}}}
}

func TestLastMeasured_isAsOldAsTheOldestOfTheLast(t *testing.T) {
	t.Parallel()
	r, err := lastMeasured([]record.Entry{line("region-loss", witness.Measured, 200), line("region-loss", witness.Measured, 3),
		line("switchover", witness.Measured, 5), line("switchover", witness.Simulated, 1), line("zone-loss", witness.Measured, 300)}, "atlas")
	require.NoError(t, err)
	tiers := []watch.RecordedTier{{Name: "core", Took: 720, Predicted: 600}}
	assert.Equal(t, watch.Record{At: now.AddDate(0, 0, -5), Drills: []watch.RecordedDrill{
		{Scenario: "switchover", Kind: "measured", Plan: "sha256:1", System: "sandbox", Tiers: tiers},
		{Scenario: "region-loss", Kind: "measured", Plan: "sha256:1", System: "sandbox", Tiers: tiers}}}, r)
	assert.InDelta(t, 1.2, r.Ratio(), 1e-9)
	own, err := lastMeasured([]record.Entry{line("region-loss", witness.Measured, 1), line("switchover", witness.Measured, 1)}, "sandbox")
	require.NoError(t, err)
	assert.Empty(t, own.Drills[0].System, "the system itself was drilled")
}

func TestLastMeasured_saysAllThatStandsAgainstIt(t *testing.T) {
	t.Parallel()
	failed := line("region-loss", witness.Measured, 1)
	failed.Passed, failed.Wrong = false, []string{"tier core: recovered after 20m", "store tasks: lost 3"}
	_, err := lastMeasured([]record.Entry{line("region-loss", witness.Measured, 2), failed, line("switchover", witness.MeasuredLocally, 1)}, "atlas")
	require.EqualError(t, err, "switchover: no drill on AWS is on record\n"+
		"region-loss: the last drill on AWS has failed: tier core: recovered after 20m; store tasks: lost 3")
	assert.Equal(t, exit.NotProven, exit.Of(err))
}
