package real

import (
	"flag"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/real"
)

var update = flag.Bool("update", false, "write again what is expected of a run on AWS")

// TestExpected_isWhatTheSimulatedRegionsTell holds what make drill-real reckons with against what the program declares
// now, and against the drills as they are now.
func TestExpected_isWhatTheSimulatedRegionsTell(t *testing.T) {
	t.Parallel()
	where, sys := openSimulator(t)
	s := where.(*simulator)
	s.Deploy(t, t.Context())
	e := real.Expected{Bill: s.bill(t)}
	for _, of := range real.Scenarios {
		r, _ := lead(t, t.Context(), where, sys, of)
		require.True(t, r.Passed(), "%s: %v", of.Scenario, r.Wrong)
		one := real.ExpectedDrill{Scenario: of.Scenario, RTO: map[string]time.Duration{}}
		last := r
		if r.Failback != nil {
			last = *r.Failback
		}
		one.Takes = last.Phases[len(last.Phases)-1].To.Sub(r.Phases[0].From).Round(time.Second)
		for _, tier := range r.Tiers {
			one.RTO[tier.Name] = tier.Took.Value.Round(time.Second)
		}
		e.Drills = append(e.Drills, one)
	}
	text, err := e.Text()
	require.NoError(t, err)
	file := filepath.Join(root(), "internal", "real", "expected.yaml")
	if *update {
		require.NoError(t, os.WriteFile(file, text, 0o644))
	}
	kept, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(kept), string(text), "run go generate ./tests/real")
	p, err := real.Table()
	require.NoError(t, err)
	_, err = e.Estimate(p)
	require.NoError(t, err, "everything that costs has a price")
}
