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
