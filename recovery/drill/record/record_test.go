package record_test

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/drill"
	"redoubt/recovery/drill/record"
	"redoubt/recovery/plan"
	"redoubt/witness"
)

var now = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

func figure(d time.Duration, kind witness.Kind) witness.Figure {
	return witness.Figure{Value: d, Margin: time.Second, Kind: kind, Known: true}
}

func entry(scenario string, kind witness.Kind, before time.Duration) record.Entry {
	end := drill.Phase{Name: "settling", To: now.Add(-before)}
	r := drill.Report{System: "sandbox", Scenario: scenario, Kind: kind, Phases: []drill.Phase{{Name: "steady"}, end}, Tiers: []drill.Tier{{Name: "core",
		RTO: plan.Duration(15 * time.Minute), RPO: plan.Duration(time.Minute), Took: figure(6*time.Minute, kind), Lost: figure(0, kind)}}}
	return record.Of(r, map[string]witness.Figure{"core": figure(4*time.Minute, witness.Simulated)})
}

func TestRecord_isReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "deep", "record.jsonl")
	all, err := record.Read(file)
	require.NoError(t, err)
	assert.Empty(t, all, "nobody has drilled yet")
	first, second := entry("region-loss", witness.Measured, 48*time.Hour), entry("zone-loss", witness.Simulated, time.Hour)
	require.NoError(t, record.Append(file, first))
	require.NoError(t, record.Append(file, second))
	all, err = record.Read(file)
	require.NoError(t, err)
	assert.Equal(t, []record.Entry{first, second}, all)
}

func TestRead_leavesOutOnlyALastLineThatWasCut(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "record.jsonl")
	require.NoError(t, record.Append(file, entry("a", witness.Measured, 0), entry("b", witness.Measured, 0)))
	whole, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(file, whole[:len(whole)-5], 0o600))
	all, err := record.Read(file)
	require.NoError(t, err)
	require.Len(t, all, 1)
	require.NoError(t, os.WriteFile(file, append([]byte("{\n"), whole...), 0o600))
	_, err = record.Read(file)
	require.ErrorContains(t, err, "line 1")
	require.NoError(t, os.WriteFile(file, []byte(`{"version":9}`+"\n"), 0o600))
	_, err = record.Read(file)
	require.ErrorContains(t, err, "version is 9, want 1 to 1")
}

func TestLastOf_tellsTheAgeOfTheLastOfEachKind(t *testing.T) {
	t.Parallel()
	all := []record.Entry{entry("region-loss", witness.Measured, 200*24*time.Hour), entry("region-loss", witness.Simulated, time.Hour),
		entry("region-loss", witness.Measured, 130*24*time.Hour), entry("zone-loss", witness.Measured, 24*time.Hour)}
	own := all[0]
	own.System = "atlas"
	last := record.LastOf(append(all, own), now)
	require.Len(t, last, 4)
	assert.Equal(t, []string{"atlas", "sandbox"}, []string{last[0].System, last[1].System}, "each system has its own")
	assert.Equal(t, plan.Duration(200*24*time.Hour), last[0].Age)
	last = last[1:]
	assert.Equal(t, plan.Duration(130*24*time.Hour), last[0].Age)
	assert.True(t, last[0].Stale)
	assert.Equal(t, witness.Simulated, last[1].Kind)
	assert.False(t, last[2].Stale)
}

func TestOf_tellsOfTheWayBack(t *testing.T) {
	t.Parallel()
	back := drill.Report{Phases: []drill.Phase{{Name: "settling", To: now}}, Wrong: []string{"tier core: recovered after 20m"}, Failed: true}
	e := record.Of(drill.Report{Scenario: "switchover", Phases: []drill.Phase{{To: now.Add(-time.Hour)}}, Failback: &back}, nil)
	assert.False(t, e.Passed, "a drill whose way back failed did not hold")
	assert.Equal(t, []string{"the way back: tier core: recovered after 20m"}, e.Wrong)
	assert.Equal(t, now, e.At)
}

func TestUnrecorded_leavesOutWhatIsThereAlready(t *testing.T) {
	t.Parallel()
	first, later := entry("region-loss", witness.Measured, 48*time.Hour), entry("region-loss", witness.Measured, time.Hour)
	assert.Equal(t, []record.Entry{later}, record.Unrecorded([]record.Entry{first}, first, later), "a stage that is repeated records once")
	elsewhere := first
	elsewhere.Account = "111122223333"
	assert.Len(t, record.Unrecorded([]record.Entry{first}, elsewhere), 1)
}

func TestMarkdown_setsWhatWasSeenAgainstWhatWasPredicted(t *testing.T) {
	t.Parallel()
	text := record.Markdown(record.LastOf([]record.Entry{entry("region-loss", witness.Measured, 130*24*time.Hour)}, now))
	assert.Contains(t, text, "| region-loss | sandbox | 2026-07-20, 130 days ago (too long) | measured | core | 6m | 15m | 4m | 1.50 | 0s | 1m | met |")
	assert.Equal(t, "No drill is on record.\n", record.Markdown(nil))
	_, ok := record.Tier{Took: figure(time.Minute, witness.Measured)}.Ratio()
	assert.False(t, ok, "nothing was predicted")
}
