package recovery

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/tests/homes"
)

// raised is both homes of the example with changes to its files, on a world of
// their own. A change that replaces nothing fails the test.
func raised(t testing.TB, changes map[string]*strings.Replacer) *lab {
	t.Helper()
	folder := t.TempDir()
	for _, name := range []string{"Pulumi.primary.yaml", "Pulumi.secondary.yaml", "system.yaml"} {
		text, err := os.ReadFile(filepath.Join("..", "..", name))
		require.NoError(t, err)
		changed := string(text)
		if change := changes[name]; change != nil {
			changed = change.Replace(changed)
			require.NotEqual(t, string(text), changed, "%s is as it was", name)
		}
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(changed), 0o600))
	}
	sys, err := system.Load(filepath.Join(folder, "system.yaml"))
	require.NoError(t, err)
	h, err := homes.Raise(world.New(world.Config{Seed: 1}), folder)
	require.NoError(t, err)
	return &lab{Homes: h, sys: sys}
}
