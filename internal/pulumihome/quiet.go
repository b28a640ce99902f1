// Package pulumihome prepares the folder that the Pulumi CLI keeps its own things in (PULUMI_HOME), for engines on the
// simulated regions and in tests.
package pulumihome

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Quiet makes the folder, and keeps the CLI from writing its automatic log there. The CLI logs every property of every
// resource at the finest level, compressed and encrypted, and has no setting against it: that was more than half of what
// an update of a home costs it (9.4 and 4.1 s of processor, measured locally, Pulumi 3.250). Where it cannot make its
// folder of logs it goes on without one, so a file stands there.
func Quiet(home string) error {
	logs := filepath.Join(home, "logs")
	if err := os.MkdirAll(home, 0o700); err != nil {
		return fmt.Errorf("make the engine's folder: %w", err)
	}
	switch at, err := os.Lstat(logs); {
	case err == nil && !at.IsDir():
		return nil
	case err == nil:
		if err := os.RemoveAll(logs); err != nil {
			return fmt.Errorf("remove the engine's logs: %w", err)
		}
	case !errors.Is(err, os.ErrNotExist):
		return fmt.Errorf("look at the engine's logs: %w", err)
	}
	if err := os.WriteFile(logs, []byte("kept from being a folder: see redoubt/internal/pulumihome\n"), 0o600); err != nil {
		return fmt.Errorf("keep the engine from logging: %w", err)
	}
	return nil
}
