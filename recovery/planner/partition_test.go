package planner_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

func TestPartition_leavesEverythingWhereItIs(t *testing.T) {
	t.Parallel()
	p, err := made(t, "partition")
	require.NoError(t, err)
	assert.Empty(t, p.Gates, "an observer sees the home that serves")
	all := steps(p)
	release := all["release-secondary"]
	assert.Equal(t, system.Secondary, release.Call.Home)
	assert.Nil(t, release.Undo)
	assert.NotContains(t, all, "keep-primary", "the domain leads to the primary when nobody claims anything")
	for _, store := range []string{"tasks", "sessions", "artifacts", "work", "recall", "scores"} {
		s := all["follow-"+store]
		require.NotEmpty(t, s.ID, store)
		assert.Contains(t, s.Needs, "release-secondary")
		assert.Equal(t, 24*time.Hour, time.Duration(s.Timeout), "a line may be cut for long")
	}
	for _, store := range []string{"sessions", "artifacts"} {
		assert.Equal(t, system.Primary, all["follow-"+store].Call.Home, "%s: what the serving home writes", store)
		assert.Equal(t, system.Secondary, all["follow-"+store].Condition.Call.Home, "%s is looked for on the other side", store)
	}
}

func TestPartition_keepsTheClaimOfTheSecondary(t *testing.T) {
	t.Parallel()
	p, err := made(t, "partition-of-the-secondary")
	require.NoError(t, err)
	all := steps(p)
	assert.Contains(t, all, "release-primary")
	value, _ := plan.Path("MetricData[0].Value").Find(all["keep-secondary"].Call.Input)
	assert.EqualValues(t, 1, value)
}

func TestPartition_isNotForAHomeThatNobodySees(t *testing.T) {
	t.Parallel()
	blind := []diagnose.Observation{{Observer: "secondary", Aspect: diagnose.Entry, Home: system.Primary, State: diagnose.Bad}}
	alive := []diagnose.Observation{{Observer: "primary", Aspect: diagnose.Entry, Home: system.Secondary, State: diagnose.Bad}}
	for name, c := range map[string]struct {
		finding diagnose.Finding
		want    string
	}{
		"nobody looked":      {diagnose.Finding{}, "nobody has looked"},
		"the region is lost": {diagnose.Finding{Kind: diagnose.RegionLost, Home: system.Primary, For: blind}, "no observer sees the primary"},
		"it is silent":       {diagnose.Finding{Kind: diagnose.RegionSilent, Home: system.Primary, For: blind}, "plan region-loss"},
		"the other one is":   {diagnose.Finding{Kind: diagnose.RegionSilent, Home: system.Secondary, For: alive}, ""},
		"all is well again":  {diagnose.Finding{Kind: diagnose.Healthy}, ""},
	} {
		p, err := made(t, "partition", func(r *planner.Request) { r.Finding = c.finding })
		require.NoError(t, err, name)
		gate, refuses := gates(p)["active-seen"]
		assert.Equal(t, c.want != "", refuses, name)
		assert.Contains(t, gate.Reason, c.want, name)
		assert.False(t, gate.Overridable, "%s: nobody may hold for a home that is not there", name)
	}
}
