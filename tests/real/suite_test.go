package real

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path"
	"path/filepath"
	"testing"
	"time"

	structure "github.com/gruntwork-io/terratest/modules/test-structure"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest"
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
	t.Chdir(where.Folder()) // a project, for what asks for one
	defer structure.RunTestStage(t, real.Cleanup, func() {
		late, cancel := context.WithTimeout(context.WithoutCancel(ctx), cleanupLimit)
		defer cancel()
		for _, kept := range where.Cleanup(t, late) {
			t.Log("kept: " + kept)
		}
	})
	structure.RunTestStage(t, real.Deploy, func() { where.Deploy(t, ctx) })
	structure.RunTestStage(t, real.Steady, func() { where.Steady(t, ctx) })
	structure.RunTestStage(t, real.Drills, func() { drills(t, ctx, where, sys) })
	structure.RunTestStage(t, real.Restore, func() {
		for _, seen := range where.Restores(t, ctx) {
			t.Log("restored: " + seen)
		}
	})
	structure.RunTestStage(t, real.Measure, func() {
		measure(t, where, left(t, where))
		bundle(t, where)
	})
}

// cleanupLimit is how long the cleaning up may take, also after the limit of the suite.
const cleanupLimit = 2 * time.Hour

// kept is the folder in which the drills of the last run are kept, as redoubt drill keeps its own.
func kept(where target) string { return filepath.Join(where.Folder(), "drills") }

// drills leads every scenario and keeps what each left. One that fails does not keep the others from being led.
func drills(t *testing.T, ctx context.Context, where target, sys *system.System) {
	t.Helper()
	require.NoError(t, os.RemoveAll(kept(where)), "what stands there is of one run")
	var all []drill.Report
	runs := report.Runs{}
	for _, s := range real.Scenarios {
		r, d := lead(t, ctx, where, sys, s)
		t.Log(told(r))
		all = append(all, r)
		runs.Add(r.Scenario, d)
		require.NoError(t, report.Keep(kept(where), all, runs))
	}
}

// left are the reports of the stage before.
func left(t *testing.T, where target) []drill.Report {
	t.Helper()
	all, unread, err := report.Folder(kept(where))
	require.NoError(t, errors.Join(append(unread, err)...))
	var out []drill.Report
	for _, one := range all {
		out = append(out, one.Report)
	}
	return out
}

// measure sets what was seen against what was predicted, adds it to the record, and fails for what did not hold.
func measure(t *testing.T, where target, all []drill.Report) {
	t.Helper()
	require.Len(t, all, len(real.Scenarios), "the drills of the stage before")
	expected, err := real.Expect()
	require.NoError(t, err)
	before, err := record.Read(where.Record())
	require.NoError(t, err)
	var entries []record.Entry
	for _, r := range all {
		e := record.Of(r, predicted(expected, r.Scenario))
		e.Account = where.Account()
		entries = append(entries, e)
		assert.True(t, r.Passed(), "%s: %v", r.Scenario, r.Wrong)
		assert.Equal(t, where.Kind(), r.Kind)
	}
	added := record.Unrecorded(before, entries...)
	require.NoError(t, record.Append(where.Record(), added...))
	t.Log("\n" + record.Markdown(record.LastOf(append(before, added...), where.Now())))
}

// bundle requires that the drills can be given to an auditor: bundled and signed, here by a key of this test alone, and verified.
func bundle(t *testing.T, where target) {
	t.Helper()
	p, key, archive := clitest.Project{Dir: where.Folder()}, filepath.Join(t.TempDir(), "key.pem"), filepath.Join(t.TempDir(), "evidence.tar")
	p.Must(t, "evidence", "key", key)
	args := []string{"evidence", "--in", kept(where), "--add", where.Record(), "--key", key, "--out", archive}
	want := []string{"system.yaml", "added/drills.jsonl"}
	for _, s := range real.Scenarios {
		args = append(args, s.Scenario)
		for _, file := range []string{"plan.json", "journal", "report.json", "witness.json"} {
			want = append(want, path.Join("drills", s.Scenario, file))
			if s.Back {
				want = append(want, path.Join("drills", s.Scenario, "back", file))
			}
		}
	}
	p.Must(t, args...)
	says := p.Must(t, "evidence", "verify", archive, "--key", key+".pub").Out
	assert.Contains(t, says, fmt.Sprintf("figures: [%s]", where.Kind()))
	for _, member := range want {
		assert.Contains(t, says, "  "+member+" (")
	}
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
