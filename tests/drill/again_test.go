package drill

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/tests/homes"
)

// TestDrill_aSecondLossTakesWhatTheNewCopyLacks loses the second home, too, after the first came back as its copy, which lags.
func TestDrill_aSecondLossTakesWhatTheNewCopyLacks(t *testing.T) {
	t.Parallel()
	d := at(t, homes.Standing(t), scenario(t, "region-loss"), 0)
	require.Empty(t, run(t, d).Wrong)
	ctx := context.Background()
	for _, line := range []string{"lag rds eu-central-1 eu-west-1 5m", "region-up eu-west-1"} {
		require.NoError(t, d.Place.Break(ctx, 0, line))
	}
	require.NoError(t, d.Place.Wait(ctx, 5*time.Hour)) // the old primary is rebuilt
	lost := d.Place.Now()
	require.NoError(t, d.Place.Break(ctx, 0, "region-down eu-central-1"))
	for _, l := range d.Place.Losses(lost) {
		if l.Store == "tasks" {
			assert.InDelta(t, 300, l.Lost, 3, "five minutes of a mark a second")
			return
		}
	}
	t.Fatal("nobody wrote marks into tasks")
}
