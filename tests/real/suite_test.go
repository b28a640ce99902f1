package real

import (
	"context"
	"os"
	"path/filepath"
	"testing"
	"time"

	structure "github.com/gruntwork-io/terratest/modules/test-structure"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/real"
	"redoubt/recovery/drill"
	"redoubt/recovery/drill/record"
	"redoubt/recovery/drill/report"
	"redoubt/system"
	"redoubt/witness"
)

// TestSuite runs every stage, on the simulated regions or, with every guard open, on a real account. SKIP_<stage>=true leaves
// one out; what the stages leave for each other is kept, so each can be repeated.
func TestSuite(t *testing.T) {
	settings, err := real.Read(os.Getenv)
	require.NoError(t, err)
	where, sys, ctx := open(t, settings)
	reports := filepath.Join(where.Folder(), "reports.json")
	defer structure.RunTestStage(t, real.Cleanup, func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupLimit)
		defer cancel()
		for _, kept := range where.Cleanup(t, late) {
			t.Log("kept: " + kept)
		}
	})
	structure.RunTestStage(t, real.Deploy, func() { where.Deploy(t, ctx) })
	structure.RunTestStage(t, real.Steady, func() { where.Steady(t, ctx) })
	structure.RunTestStage(t, real.Drills, func() {
		structure.SaveTestData(t, reports, true, drills(t, ctx, where, sys))
	})
	structure.RunTestStage(t, real.Restore, func() {
		for _, seen := range where.Restores(t, ctx) {
			t.Log("restored: " + seen)
		}
	})
	structure.RunTestStage(t, real.Measure, func() {
		var all []drill.Report
		structure.LoadTestData(t, reports, &all)
		measure(t, where, all)
	})
}

// cleanupLimit is how long the cleaning up may take, also after the limit of the suite.
const cleanupLimit = 2 * time.Hour

// drills leads every scenario. One that fails does not keep the others from being led.
func drills(t *testing.T, ctx context.Context, where target, sys *system.System) []drill.Report {
	t.Helper()
	var out []drill.Report
	for _, s := range real.Scenarios {
		r := lead(t, ctx, where, sys, s)
		t.Log(told(r))
		out = append(out, r)
	}
	return out
}

// measure sets what was seen against what was predicted, adds it to the record, and fails for what did not hold.
func measure(t *testing.T, where target, all []drill.Report) {
	t.Helper()
	require.Len(t, all, len(real.Scenarios), "the drills of the stage before")
	expected, err := real.Expect()
	require.NoError(t, err)
	kept, err := record.Read(where.Record())
	require.NoError(t, err)
	var entries []record.Entry
	for _, r := range all {
		e := record.Of(r, predicted(expected, r.Scenario))
		e.Account = where.Account()
		entries = append(entries, e)
		assert.True(t, r.Passed(), "%s: %v", r.Scenario, r.Wrong)
		assert.Equal(t, where.Kind(), r.Kind)
	}
	added := record.Unrecorded(kept, entries...)
	require.NoError(t, record.Append(where.Record(), added...))
	t.Log("\n" + record.Markdown(record.LastOf(append(kept, added...), where.Now())))
	page, err := report.HTMLOfAll(all)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(where.Folder(), "report.html"), page, 0o600))
}

// predicted is what the simulated regions told of a scenario.
func predicted(e real.Expected, scenario string) map[string]witness.Figure {
	out := map[string]witness.Figure{}
	for _, d := range e.Drills {
		for tier, rto := range d.RTO {
			if d.Scenario == scenario {
				out[tier] = witness.Figure{Value: rto, Margin: time.Second, Kind: witness.Simulated, Known: true}
			}
		}
	}
	return out
}
