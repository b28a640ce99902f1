//go:build engine

package engine

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/internal/clitest"
)

// TestRegionDown_theOtherHomeStillUpdates loses the primary's region and changes
// something; the secondary's update goes through, the primary's does not.
func TestRegionDown_theOtherHomeStillUpdates(t *testing.T) {
	p := clitest.New(t)
	p.Must(t, "sim", "up")
	p.Must(t, "sim", "inject", "region-down", "eu-west-1")
	p.Must(t, "sim", "preview", "--stack", "secondary", "--expect-no-changes")

	p.Edit(t, "system.yaml", "monthlyDays: 365, lockDays: 30", "monthlyDays: 366, lockDays: 30")
	r := p.Must(t, "sim", "up", "--stack", "secondary")
	assert.Contains(t, r.Out, "changes in 1 updates")
	p.Must(t, "sim", "preview", "--stack", "secondary", "--expect-no-changes")
	assert.NotEqual(t, exit.OK, p.Run(t, "sim", "up", "--stack", "primary").Code, "the dead region takes no update")

	p.Must(t, "sim", "inject", "region-up", "eu-west-1")
	p.Must(t, "sim", "up")
	p.Must(t, "sim", "preview", "--expect-no-changes")
}

// TestBlankPeer_removesNothing empties the inventory that the peer's stack
// exports, as if that stack had lost everything.
func TestBlankPeer_removesNothing(t *testing.T) {
	p := clitest.New(t)
	p.Must(t, "sim", "up")
	for _, stack := range []string{"primary", "secondary"} {
		blankInventory(t, p, stack)
		other := map[string]string{"primary": "secondary", "secondary": "primary"}[stack]
		p.Must(t, "sim", "preview", "--stack", other, "--expect-no-changes")
		p.Must(t, "sim", "up", "--stack", other)
		p.Must(t, "sim", "preview", "--stack", other, "--expect-no-changes")
		p.Must(t, "sim", "up", "--stack", stack) // which tells its inventory again
	}
}

// blankInventory overwrites the exported inventory in the engine's state.
func blankInventory(t *testing.T, p *clitest.Project, stack string) {
	t.Helper()
	path := filepath.Join(p.Dir, ".redoubt", "state", ".pulumi", "stacks", "redoubt", stack+".json")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var state map[string]any
	require.NoError(t, json.Unmarshal(text, &state))
	latest := state["checkpoint"].(map[string]any)["latest"].(map[string]any)
	done := false
	for _, r := range latest["resources"].([]any) {
		res := r.(map[string]any)
		if res["type"] == "pulumi:pulumi:Stack" {
			outputs := res["outputs"].(map[string]any)
			require.NotEmpty(t, outputs["inventory"])
			outputs["inventory"] = ""
			done = true
		}
	}
	require.True(t, done)
	text, err = json.Marshal(state)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
}
