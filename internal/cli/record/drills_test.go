package record

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/recovery/drill"
	"redoubt/watch"
	"redoubt/witness"
)

var now = time.Date(2026, 11, 27, 12, 0, 0, 0, time.UTC)

// write keeps a report, as of some hours ago.
func write(t *testing.T, dir string, hours int, r drill.Report) {
	t.Helper()
	r.Phases = []drill.Phase{{Name: "steady"}}
	raw, err := json.Marshal(r)
	require.NoError(t, err)
	file := filepath.Join(dir, r.Scenario+".json")
	require.NoError(t, os.WriteFile(file, raw, 0o600))
	at := now.Add(-time.Duration(hours) * time.Hour)
	require.NoError(t, os.Chtimes(file, at, at))
}

func TestGather_isAsOldAsTheOldestReport(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, 2, drill.Report{System: "atlas", Scenario: "region-loss", Kind: witness.Simulated, Seed: 7, Plan: drill.Plan{Hash: "sha256:1"}})
	write(t, dir, 9, drill.Report{System: "atlas", Scenario: "zone-loss", Kind: witness.Measured})
	r, err := gather(dir, "atlas", now)
	require.NoError(t, err)
	assert.Equal(t, watch.Record{At: now.Add(-9 * time.Hour).Local(), Drills: []watch.RecordedDrill{
		{Scenario: "region-loss", Kind: "simulated", Seed: 7, Plan: "sha256:1"}, {Scenario: "zone-loss", Kind: "measured"}}}, r)
}

func TestGather_saysAllThatStandsAgainstIt(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write(t, dir, 1, drill.Report{System: "atlas", Scenario: "good"})
	write(t, dir, 25, drill.Report{System: "atlas", Scenario: "old"})
	write(t, dir, 1, drill.Report{System: "sandbox", Scenario: "other"})
	write(t, dir, 1, drill.Report{System: "atlas", Scenario: "way-back", Failback: &drill.Report{Wrong: []string{"late"}}})
	_, err := gather(dir, "atlas", now)
	require.Error(t, err)
	assert.Equal(t, "old: it was written 25h0m0s ago, want at most 24h0m0s\n"+
		"other: it is of the system \"sandbox\", want \"atlas\"\nway-back: it has failed", err.Error())
	assert.Equal(t, exit.NotProven, exit.Of(err))
}
