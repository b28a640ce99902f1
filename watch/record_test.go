package watch_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/watch"
)

func TestRecord_isReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 27, 3, 17, 0, 0, time.FixedZone("CET", 3600))
	raw, err := watch.Record{System: "atlas", At: at, Drills: []watch.RecordedDrill{{Scenario: "region-loss", Kind: "simulated", Seed: 7, Plan: "sha256:1"}}}.Encode()
	require.NoError(t, err)
	r, err := watch.DecodeRecord(raw, "atlas")
	require.NoError(t, err)
	assert.Equal(t, watch.Record{Version: 1, System: "atlas", At: at.UTC(),
		Drills: []watch.RecordedDrill{{Scenario: "region-loss", Kind: "simulated", Seed: 7, Plan: "sha256:1"}}}, r)
}

func TestRatio_isTheWorstOfWhatWasPredicted(t *testing.T) {
	t.Parallel()
	r := watch.Record{Drills: []watch.RecordedDrill{
		{Scenario: "switchover", Tiers: []watch.RecordedTier{{Name: "core", Took: 300, Predicted: 360}, {Name: "files", Took: 720, Predicted: 600}}},
		{Scenario: "region-loss", Tiers: []watch.RecordedTier{{Name: "core", Took: 60}, {Name: "files", Took: 660, Predicted: 600}}}}}
	assert.InDelta(t, 1.2, r.Ratio(), 1e-9)
	assert.Zero(t, watch.Record{Drills: []watch.RecordedDrill{{Scenario: "zone-loss"}}}.Ratio(), "nobody had predicted")
}

func TestDecodeRecord_saysAllThatIsWrong(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		`no`: "record: invalid character 'o' in literal null (expecting 'u')",
		`{}`: "record: version is 0, want 1 to 1\nrecord: system is \"\", want \"atlas\"\nrecord: at is missing",
		`{"version":2,"system":"other","at":"2026-11-27T03:17:00Z"}`: "record: version is 2, want 1 to 1\nrecord: system is \"other\", want \"atlas\"",
	} {
		_, err := watch.DecodeRecord([]byte(text), "atlas")
		assert.EqualError(t, err, want, text)
	}
}
