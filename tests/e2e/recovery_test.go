package e2e

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/internal/clitest"
)

// ended is what the commands tell as JSON.
type ended struct {
	Run, Kind                          string
	Recovered                          bool
	TookSeconds, RecoveredAfterSeconds float64
	ExitCode                           int
	// What plan tells.
	Plan         struct{ Lost string }
	CriticalPath struct{ TakesSeconds float64 }
	Finding      struct{ Kind string }
	Refuses      []string
	// What sim show tells.
	Traffic struct{ Home string }
}

// testRecovery loses the primary's region, recovers in the secondary, and moves
// back, as a script would: by exit codes and JSON. After it the real engine finds
// nothing to do, also when it reads back what exists.
func testRecovery(t *testing.T, p *clitest.Project) {
	told := func(want exit.Code, args ...string) ended {
		t.Helper()
		r := p.Run(t, append(args, "--json")...)
		require.Equal(t, want, r.Code, "redoubt %v\n%s\n%s", args, r.Out, r.Err)
		var e ended
		require.NoError(t, json.Unmarshal([]byte(r.Out), &e), r.Out)
		return e
	}
	p.Must(t, "sim", "inject", "region-down", "eu-west-1")
	plan := told(exit.OK, "plan", "region-loss", "--out", "loss.json")
	assert.Equal(t, "region silent", plan.Finding.Kind)
	assert.Equal(t, "primary", plan.Plan.Lost)
	assert.Equal(t, []string{"confirmed-fence"}, plan.Refuses[:1])

	refused := told(exit.Refused, "run", "loss.json")
	assert.Equal(t, 3, refused.ExitCode)
	assert.False(t, refused.Recovered)
	assert.Equal(t, "primary", told(exit.OK, "sim", "show").Traffic.Home, "nothing was called")

	args := []string{"run", "loss.json", "--by", "ann"}
	for _, gate := range plan.Refuses {
		args = append(args, "--override", gate+"=a test of it")
	}
	lost := told(exit.OK, args...)
	assert.True(t, lost.Recovered)
	assert.Equal(t, "simulated", lost.Kind)
	t.Logf("recovered after %gs (simulated), %gs predicted", lost.RecoveredAfterSeconds, plan.CriticalPath.TakesSeconds)
	assert.Positive(t, lost.RecoveredAfterSeconds)
	assert.LessOrEqual(t, lost.RecoveredAfterSeconds, lost.TookSeconds)
	assert.Equal(t, "secondary", told(exit.OK, "sim", "show").Traffic.Home)
	again := told(exit.OK, "resume")
	assert.Equal(t, lost.Run, again.Run, "a run that has recovered says so again")

	p.Must(t, "sim", "inject", "region-up", "eu-west-1")
	p.Must(t, "plan", "rebuild", "--out", "rebuild.json")
	assert.True(t, told(exit.OK, "run", "rebuild.json", "--by", "ann").Recovered)
	p.Must(t, "sim", "wait", "45m")
	p.Must(t, "plan", "failback", "--out", "back.json")
	assert.True(t, told(exit.OK, "run", "back.json", "--approve", "approval", "--by", "ann").Recovered)
	assert.Equal(t, "primary", told(exit.OK, "sim", "show").Traffic.Home)
	p.Must(t, "sim", "preview", "--refresh", "--expect-no-changes")
}
