//go:build !linux

package drill

import (
	"context"

	"redoubt/internal/cli/exit"
	"redoubt/recovery/drill"
)

// onLocal refuses: what is killed must be found and must not outlive the command, which takes Linux.
func (o *Options) onLocal(context.Context, []drill.Scenario) error {
	return exit.Errorf(exit.Refused, "run the same command on Linux, or on the simulated regions with --on sim",
		"real processes are killed on Linux alone")
}
