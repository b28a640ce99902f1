package witness_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/witness"
)

func TestFigure_isReadAsItWasWritten(t *testing.T) {
	t.Parallel()
	for text, f := range map[string]witness.Figure{
		`{"seconds":1.5,"margin":1,"kind":"simulated"}`: {
			Value: 1500 * time.Millisecond, Margin: time.Second, Kind: witness.Simulated, Known: true},
		`{"seconds":0,"margin":1,"kind":"measured"}`: {Margin: time.Second, Kind: witness.Measured, Known: true},
		`{"seconds":null,"margin":0}`:                {},
	} {
		raw, err := json.Marshal(f)
		require.NoError(t, err)
		assert.JSONEq(t, text, string(raw))
		var back witness.Figure
		require.NoError(t, json.Unmarshal(raw, &back))
		assert.Equal(t, f, back)
	}
}
