package drill

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/arbiter"
	"redoubt/recovery/conduct"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/drill"
	"redoubt/sim/place"
	"redoubt/system"
	"redoubt/tests/homes"
)

// judged is a place at which the observers of an arbiter look, and its judge decides, all the time.
type judged struct {
	*place.Place
	t     testing.TB
	rules arbiter.Rules
	// lost is when the region was lost, decided when the judge's word was there.
	lost, decided time.Time
}

// Break notes when the loss is.
func (j *judged) Break(ctx context.Context, after time.Duration, line string) error {
	j.lost = j.Now().Add(after)
	return j.Place.Break(ctx, after, line)
}

// Wait lets time pass, with looks on the way.
func (j *judged) Wait(ctx context.Context, d time.Duration) error {
	for end := j.Now().Add(d); j.Now().Before(end); {
		if err := homes.Judge(ctx, j.World, j.rules); err != nil {
			return err
		}
		if j.decided.IsZero() && homes.Word(j.t, j.World).ByJudge() {
			j.decided = j.Now()
		}
		if err := j.Place.Wait(ctx, min(j.rules.Every, end.Sub(j.Now()))); err != nil {
			return err
		}
	}
	return nil
}

// arbitrated is the drill of a region's loss where an arbiter decides. The plan begins when the decision has taken as long
// as it may take, and the function that starts the machine has looked as late as it may look.
func arbitrated(t testing.TB) (*drill.Drill, *judged) {
	t.Helper()
	h, s, rules := homes.Standing(t), scenario(t, "region-loss"), arbiter.Default()
	h.Arbitrate(t)
	s.Name, s.Aside, s.Finding = "region-loss, with an arbiter", nil, ""
	s.Said, s.SaidAfter = diagnose.RegionLost, rules.Within()+conduct.WatchEvery
	d := at(t, h, s, 0)
	j := &judged{Place: d.Place.(*place.Place), t: t, rules: rules}
	homes.Say(t, j.World, system.Primary, j.Now())
	homes.Ready(t, j.World, system.Primary)
	d.Place, d.Steady = j, rules.Settle+5*time.Minute
	return d, j
}

// TestDrill_withAnArbiter: the judge decides in time, no person is asked, no gate is set aside, and every tier is back
// within its objective, counted from the loss.
func TestDrill_withAnArbiter(t *testing.T) {
	t.Parallel()
	d, j := arbitrated(t)
	r := run(t, d)
	show(t, r)
	assert.Empty(t, r.Wrong)
	require.False(t, j.decided.IsZero(), "the judge has moved the word")
	t.Logf("decided %s after the loss", j.decided.Sub(j.lost))
	assert.LessOrEqual(t, j.decided.Sub(j.lost), j.rules.Within())
	word := homes.Word(t, j.World)
	assert.Equal(t, system.Secondary, word.Active)
	assert.True(t, word.ByJudge(), "no plan has moved it: %s", word)
	ran, _ := d.Ran()
	for _, g := range ran.Plan.Gates {
		assert.False(t, g.Approval(), "gate %s asks a person", g.ID)
		assert.Empty(t, g.Reason, "gate %s", g.ID)
	}
}
