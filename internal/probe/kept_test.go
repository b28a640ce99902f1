package probe

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/system"
	"redoubt/watch/prober"
)

func TestBackups_tellWhatTheVaultHolds(t *testing.T) {
	t.Parallel()
	e, f := theEyes(t, system.Secondary)
	saw, _, err := round(t, e)
	require.NoError(t, err)
	assert.Equal(t, prober.Kept{Backup: now.Add(-2 * time.Hour), Copied: now.Add(-3 * time.Hour), Restored: now.Add(-24 * time.Hour)},
		saw.Kept["tasks"], "the newest whole point of either home's cluster, over all pages; a test that failed is none")
	assert.Equal(t, saw.Kept["tasks"], saw.Kept["work"], "of a queue its ledger is backed up")
	assert.Equal(t, prober.Kept{Backup: now.Add(-6 * time.Hour), Copied: now.Add(-7 * time.Hour), Restored: now.Add(-5 * time.Hour)},
		saw.Kept["scores"], "a cache has exports: own ones and those that replication brought")
	assert.NotContains(t, saw.Kept, "recall", "what is rebuilt is not kept")
	delete(f.points, backedUp(e.own(), system.Store{Name: "tasks"}))
	e.kept.at = time.Time{}
	saw, _, err = round(t, e)
	require.NoError(t, err)
	assert.True(t, saw.Kept["tasks"].Backup.IsZero(), "what was never made has no age")
}

// TestBackups_areAskedSeldomAndAgainAfterAFailure: their ages are told in hours, and a store that fails hides no other.
func TestBackups_areAskedSeldomAndAgainAfterAFailure(t *testing.T) {
	t.Parallel()
	e, f := theEyes(t, system.Secondary)
	f.broken["HeadObject"] = true
	saw, _, err := round(t, e)
	require.ErrorContains(t, err, "store scores: gone")
	assert.False(t, saw.Kept["tasks"].Backup.IsZero())
	f.broken["HeadObject"] = false
	for range 2 {
		saw, _, err = round(t, e)
		require.NoError(t, err)
		assert.False(t, saw.Kept["scores"].Backup.IsZero())
	}
	assert.Equal(t, 2, f.asked["ListRestoreJobs"], "after the failure, and not again in the same five minutes")
	v, is := e.Clock.(*clock.Virtual)
	require.True(t, is)
	require.NoError(t, v.Advance(now.Add(again)))
	f.broken["ListRestoreJobs"] = true
	saw, err = e.Round(t.Context())
	require.ErrorContains(t, err, "the backups: restore tests: gone")
	assert.True(t, saw.Kept["tasks"].Restored.IsZero(), "what could not be seen now is not told from memory")
	assert.False(t, saw.Kept["tasks"].Backup.IsZero())
}
