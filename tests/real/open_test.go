//go:build !real

package real

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/internal/real"
	"redoubt/system"
)

// open opens the simulated regions. A real account needs the build tag, too.
func open(t *testing.T, s real.Settings) (target, *system.System, context.Context) {
	t.Helper()
	require.False(t, s.AWS, "%s is aws, and the suite was built without the tag real: make drill-real builds it with", real.EnvOn)
	where, sys := openSimulator(t)
	return where, sys, t.Context()
}
