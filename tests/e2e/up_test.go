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

	again := p.Must(t, "sim", "up")
	assert.Contains(t, again.Out, "\nno change\n")

	p.Must(t, "sim", "preview", "--expect-no-changes")
	p.Must(t, "sim", "preview", "--refresh", "--expect-no-changes")

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
	t.Run("the README shows real output", func(t *testing.T) { testReadme(t, p, first) })
	t.Run("down leaves only what locks keep", func(t *testing.T) { testDown(t, p) })
}

func testEdit(t *testing.T, p *clitest.Project) {
	path := filepath.Join(p.Dir, "system.yaml")
	before, err := os.ReadFile(path)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, os.WriteFile(path, before, 0o644)) })
	p.Edit(t, "system.yaml", "monthlyDays: 365, lockDays: 30", "monthlyDays: 366, lockDays: 30")
	var plan struct {
		Changed int
		Homes   []struct{ Changes map[string]int }
	}
	p.JSON(t, &plan, "sim", "preview")
	assert.Equal(t, 4, plan.Changed, "one backup plan and the kept copy of the file in each home")
	for _, h := range plan.Homes {
		assert.Equal(t, 2, h.Changes["update"], "%v", h.Changes)
		assert.Zero(t, h.Changes["create"]+h.Changes["delete"]+h.Changes["replace"], "only updates in place: %v", h.Changes)
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
