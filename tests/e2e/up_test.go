// Package e2e runs the whole program by the real Pulumi engine on the
// simulated regions, the way a user does.
package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/sim"
	"redoubt/internal/clitest"
)

func TestMain(m *testing.M) { clitest.Main(m) }

// TestUp_isTheWholeStory brings both homes up and looks at them as a user would.
func TestUp_isTheWholeStory(t *testing.T) {
	p := clitest.New(t)

	first := p.Must(t, "sim", "up")
	t.Log(first.Out)
	for _, want := range []string{"primary", "eu-west-1", "secondary", "eu-central-1", "changes in 3 updates"} {
		assert.Contains(t, first.Out, want)
	}

	logs, err := os.Stat(filepath.Join(p.Dir, ".redoubt", "engine", "logs"))
	require.NoError(t, err)
	assert.False(t, logs.IsDir(), "the engine writes no log of its own: internal/pulumihome")

	again := p.Must(t, "sim", "up")
	assert.Contains(t, again.Out, "\nno change\n")

	p.Must(t, "sim", "preview", "--expect-no-changes")

	var view struct {
		Homes []struct {
			Home  string
			Zones []string
		}
	}
	p.JSON(t, &view, "sim", "show")
	require.Len(t, view.Homes, 2)
	assert.Len(t, view.Homes[0].Zones, 3)

	t.Run("a thin slice of a recovery", func(t *testing.T) { testSlice(t, p) })
	t.Run("an edit of system.yaml shows just that edit", func(t *testing.T) { testEdit(t, p) })
	t.Run("each card of the tabletop breaks and heals", func(t *testing.T) { testCards(t, p) })
	t.Run("the README shows real output", func(t *testing.T) { testReadme(t, p, first) })
	t.Run("a region is lost, recovered from and moved back to", func(t *testing.T) { testRecovery(t, p) })
	t.Run("down leaves only what locks keep", func(t *testing.T) { testDown(t, p) })
}

// testEdit makes two edits at once, because each preview takes its time: how long
// backups are kept, and the tier of an agent.
func testEdit(t *testing.T, p *clitest.Project) {
	path := filepath.Join(p.Dir, "system.yaml")
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.WriteFile(path, before, 0o644)) })
	p.Edit(t, "system.yaml", "monthlyDays: 365, lockDays: 30", "monthlyDays: 366, lockDays: 30")
	p.Edit(t, "system.yaml", "- name: scheduler\n    tier: core", "- name: scheduler\n    tier: archive")
	var plan struct {
		Homes []struct {
			Changes map[string]int
			Steps   []sim.Step
		}
	}
	p.JSON(t, &plan, "sim", "preview")
	require.Len(t, plan.Homes, 2)
	const tier, standby = `metadata.labels["redoubt.dev/tier"]`, `metadata.annotations["redoubt.dev/standby-replicas"]`
	for _, h := range plan.Homes {
		assert.Zero(t, h.Changes["create"]+h.Changes["delete"]+h.Changes["replace"], "only updates in place: %v", h.Changes)
		got := map[string][]string{}
		for _, step := range h.Steps {
			got[step.Name] = step.Properties
		}
		spread := "spec.template.spec.topologySpreadConstraints[0]."
		assert.Equal(t, map[string][]string{
			"vault-plan-artifacts": {"rules[0].copyActions[0].lifecycle.deleteAfter", "rules[0].lifecycle.deleteAfter"},
			"agents-scheduler-deployment": {standby, tier, "spec.template." + tier, "spec.template.spec.priorityClassName",
				spread + "minDomains", spread + "whenUnsatisfiable"},
			"agents-scheduler-scaler":  {standby, tier},
			"agents-scheduler-account": {tier}, "agents-scheduler-budget": {tier}, "agents-scheduler-network": {tier},
			"agents-scheduler-service": {tier},
			// What the agent's alarms tell whom, and the prober's copy of the file.
			"watch-scheduler-ready": {"alarmActions", "tags.redoubt:severity", "tags.redoubt:tier", "tagsAll"},
			"watch-scheduler-zones": {"tags.redoubt:tier", "tagsAll"}, "watch-tier-core": {"alarmRule"},
			"watch-board-tiers": {"dashboardBody"},
			"prober-files":      {`data["system.yaml"]`}, "prober-deployment": {`spec.template.metadata.annotations["redoubt.dev/files"]`},
			// The kept copy of the file, and the tier in the inventory.
			"configuration-system": {"content"}, "control-own": {"content"}, "control-own-pointer": {"insecureValue"},
		}, got)
	}
}

func testDown(t *testing.T, p *clitest.Project) {
	r := p.Must(t, "sim", "down")
	t.Log(r.Out)
	assert.Contains(t, r.Out, "AWS::KMS::Key", "deleted keys wait out their window")
	assert.Equal(t, exit.Usage, p.Run(t, "sim", "show").Code, "nothing is up")
}

func TestUp_refusesABrokenSystemAndTouchesNothing(t *testing.T) {
	p := clitest.New(t)
	p.Edit(t, "system.yaml", "name:", "nmae:")
	r := p.Run(t, "sim", "up")
	assert.Equal(t, exit.Usage, r.Code)
	assert.Contains(t, r.Err, "system.yaml:")
	assert.Contains(t, r.Err, "nmae")
	_, err := os.Stat(filepath.Join(p.Dir, ".redoubt"))
	assert.True(t, os.IsNotExist(err), "nothing was touched")
	assert.Empty(t, strings.TrimSpace(r.Out))
}
