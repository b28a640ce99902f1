//go:build engine

package survive

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest"
	"redoubt/recovery/adopt"
	"redoubt/sim/disk"
	"redoubt/sim/world"
	"redoubt/system"
)

func TestSwitchover_changesNothingInEitherStack(t *testing.T) {
	t.Parallel()
	follow(t, planned)
}

// TestEngine_survivesToo follows the loss of a region, the failback and a
// restore with the real engine: preview with refresh, update with refresh and
// preview find nothing to do after each, but the inventory after the restore.
func TestEngine_survivesToo(t *testing.T) {
	p := clitest.New(t)
	p.Must(t, "sim", "up")
	for _, e := range unplanned {
		happen(t, p, func(h *homes) { e.does(t, h) })
		if len(e.homes) == 1 {
			// A refresh of what belongs to both regions asks the lost one; an update without it does not.
			stack := string(e.homes[0])
			p.Must(t, "sim", "preview", "--stack", stack, "--expect-no-changes")
			assert.Contains(t, p.Must(t, "sim", "up", "--stack", stack).Out, "\nno change\n", e.name)
			continue
		}
		p.Must(t, "sim", "preview", "--refresh", "--expect-no-changes")
		assert.Contains(t, p.Must(t, "sim", "up", "--refresh").Out, "\nno change\n", e.name)
		p.Must(t, "sim", "preview", "--expect-no-changes")
		happen(t, p, func(h *homes) { h.moved(t, e) })
	}

	var all map[system.Home]adopt.Adoption
	happen(t, p, func(h *homes) {
		h.wait(24 * time.Hour)
		inv := h.inventory(t)
		r := adopt.Restored{Store: "tasks", Generation: 2,
			Selections: h.restorePostgres(t, inv, "tasks", 2, system.Primary)}
		var err error
		all, err = adopt.After(inv, r)
		require.NoError(t, err)
	})
	for _, home := range both {
		p.Edit(t, "Pulumi."+string(home)+".yaml", "  redoubt:home:", "  redoubt:storeGenerations: {tasks: 2}\n  redoubt:home:")
		rewrite(t, p, all[home])
	}
	var plan struct {
		Homes []struct{ Changes map[string]int }
	}
	p.JSON(t, &plan, "sim", "preview", "--refresh")
	for _, h := range plan.Homes {
		assert.Zero(t, h.Changes["create"]+h.Changes["delete"]+h.Changes["replace"], "%v", h.Changes)
	}
	p.Must(t, "sim", "up", "--refresh")
	p.Must(t, "sim", "up")
	p.Must(t, "sim", "preview", "--refresh", "--expect-no-changes")
}

// happen opens the project's simulated regions for something that happens in them.
func happen(t *testing.T, p *clitest.Project, act func(*homes)) {
	t.Helper()
	d, err := disk.Open(filepath.Join(p.Dir, ".redoubt", "world"), world.Config{Seed: 1, Account: "123456789012"})
	require.NoError(t, err)
	act(&homes{World: d.World})
	require.NoError(t, d.Close())
}

// rewrite is what "pulumi stack export | redoubt adopt | pulumi stack import"
// does, on the simulator's own state file.
func rewrite(t *testing.T, p *clitest.Project, a adopt.Adoption) {
	t.Helper()
	path := filepath.Join(p.Dir, ".redoubt", "state", ".pulumi", "stacks", "redoubt", string(a.Home)+".json")
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	var file map[string]any
	require.NoError(t, json.Unmarshal(text, &file))
	checkpoint := file["checkpoint"].(map[string]any)
	state, err := json.Marshal(map[string]any{"version": 3, "deployment": checkpoint["latest"]})
	require.NoError(t, err)
	state, err = a.Apply(state)
	require.NoError(t, err)
	var adopted map[string]any
	require.NoError(t, json.Unmarshal(state, &adopted))
	checkpoint["latest"] = adopted["deployment"]
	text, err = json.Marshal(file)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
}
