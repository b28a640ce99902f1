package pulumihome_test

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumihome"
)

// TestQuiet_standsWhereLogsWouldBe: a folder of logs cannot be made any more, whatever stood there before.
func TestQuiet_standsWhereLogsWouldBe(t *testing.T) {
	t.Parallel()
	home := filepath.Join(t.TempDir(), "new", "home")
	logs := filepath.Join(home, "logs")
	for _, before := range []func() error{
		func() error { return nil },
		func() error { return nil }, // it stands already
		func() error {
			return errors.Join(os.Remove(logs), os.Mkdir(logs, 0o700), os.WriteFile(filepath.Join(logs, "old.log"), nil, 0o600))
		},
	} {
		require.NoError(t, before())
		require.NoError(t, pulumihome.Quiet(home))
		require.Error(t, os.MkdirAll(logs, 0o700))
	}
}
