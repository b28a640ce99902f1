package planner_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// coldSessions gives the sessions' tier the strategy backup-restore: the secondary
// holds copies of backups, and no table.
func coldSessions(r *planner.Request) {
	for i := range r.System.Tiers {
		if r.System.Tiers[i].Name == "edge" {
			r.System.Tiers[i].Strategy = system.BackupRestore
		}
	}
	delete(r.Inventory.Homes[system.Secondary].Stores, "sessions")
}

// answered answers each question with the copies, and the lock table's tags.
func answered(t *testing.T, copies ...any) func(*planner.Request) {
	t.Helper()
	return func(r *planner.Request) {
		coldSessions(r)
		questions, err := planner.Questions(*r)
		require.NoError(t, err)
		r.Answers = map[string]plan.Document{}
		for _, q := range questions {
			r.Answers[planner.CallKey(q)] = plan.Document{"RecoveryPoints": copies, "Tags": []any{
				map[string]any{"Key": "redoubt:store", "Value": "locks"}, map[string]any{"Key": "team", "Value": "a"}}}
		}
	}
}

func point(name, status string, at time.Time) map[string]any {
	return map[string]any{"RecoveryPointArn": name, "Status": status, "CreationDate": at.Format(time.RFC3339)}
}

// lossOf is when the example's region is lost: its objective allows 10 seconds.
func lossOf(t *testing.T) time.Time {
	t.Helper()
	var since time.Time
	_, err := made(t, "region-loss", func(r *planner.Request) { since = r.Finding.Since })
	require.NoError(t, err)
	return since
}

func TestRegionLoss_takesTheNewestWholeCopy(t *testing.T) {
	t.Parallel()
	lost := lossOf(t)
	p, err := made(t, "region-loss", answered(t, point("old", "COMPLETED", lost.Add(-time.Hour)),
		point("new", "COMPLETED", lost.Add(-5*time.Second)), point("torn", "PARTIAL", lost)))
	require.NoError(t, err)
	assert.NotContains(t, gates(p), "copy-sessions", "it is young enough: nobody is asked")
	assert.Equal(t, "new", steps(p)["restore-sessions"].Call.Input["RecoveryPointArn"])
	assert.Equal(t, []any{
		plan.Document{"Key": "redoubt:store", "Value": "sessions"}, plan.Document{"Key": "redoubt:tier", "Value": "edge"},
		plan.Document{"Key": "team", "Value": "a"},
	}, steps(p)["tag-sessions-secondary"].Call.Input["Tags"])
	assert.Subset(t, steps(p)["direct-restored"].Needs, []string{"restore-sessions", "protect-sessions-secondary"})
	assert.Contains(t, steps(p)["take-traffic-secondary"].Needs, "direct-restored", "its tier is critical")
}

func TestRegionLoss_refusesToLoseMoreThanTheCopyAllows(t *testing.T) {
	t.Parallel()
	p, err := made(t, "region-loss", answered(t, point("old", "COMPLETED", lossOf(t).Add(-time.Hour))))
	require.NoError(t, err)
	assert.Equal(t, "the newest copy of sessions was 1h0m0s old when the home was lost", gates(p)["copy-sessions"].Reason)

	p, err = made(t, "region-loss", answered(t))
	require.NoError(t, err)
	assert.Equal(t, "the secondary home holds no copy of a backup of sessions", gates(p)["copy-sessions"].Reason)
	assert.Equal(t, plan.Stop, steps(p)["look-sessions"].OnFailure, "set aside, the run stops where there is no table")
}

func TestRegionLoss_needsARoleAndAKeyToRestore(t *testing.T) {
	t.Parallel()
	_, err := made(t, "region-loss", func(r *planner.Request) {
		answered(t)(r)
		of := r.Inventory.Homes[system.Secondary]
		of.Vault.RestoreRoleArn = ""
		r.Inventory.Homes[system.Secondary] = of
	})
	require.ErrorContains(t, err, "with which role and key store sessions is restored in the secondary home; update it once")
}

// Where the homes hold no replica, nothing follows: neither a rebuild nor a partition waits for it.
func TestRebuild_waitsForNoCopyOfWhatHasBackupsAlone(t *testing.T) {
	t.Parallel()
	for _, example := range []string{"rebuild", "partition"} {
		p, err := made(t, example, coldSessions)
		require.NoError(t, err, example)
		assert.NotContains(t, steps(p), "follow-sessions", example)
		assert.Contains(t, steps(p), "follow-tool-calls", example)
	}
}
