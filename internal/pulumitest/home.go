package pulumitest

import (
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumihome"
)

// Home is a folder of its own for a Pulumi CLI (PULUMI_HOME).
func Home(t testing.TB) string {
	t.Helper()
	home := t.TempDir()
	require.NoError(t, pulumihome.Quiet(home))
	return home
}
