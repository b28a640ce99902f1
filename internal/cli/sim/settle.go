package sim

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/common/apitype"

	"redoubt/internal/cli/streams"
	"redoubt/system"
)

// settle puts the engine's state in order after a run that did not end: the
// stale lock goes, and so do creations that were under way. What they made is
// found again by its token when the next update asks for it.
func (w *workspace) settle(ctx context.Context, s *streams.Streams) error {
	if !w.cutShort() {
		return nil
	}
	s.Notef("the last update did not end; going on from where it was\n")
	for _, h := range system.Homes {
		if _, err := os.Stat(w.stateFile(h)); errors.Is(err, os.ErrNotExist) {
			continue
		}
		stack, err := w.stack(ctx, h, nil)
		if err != nil {
			return err
		}
		if err := stack.Cancel(ctx); err != nil {
			return fmt.Errorf("unlock stack %s: %w", h, err)
		}
		if err := dropPending(ctx, stack); err != nil {
			return fmt.Errorf("settle stack %s: %w", h, err)
		}
	}
	return w.unmark()
}

// dropPending removes the operations that never ended from the stack's state.
func dropPending(ctx context.Context, stack auto.Stack) error {
	state, err := stack.Export(ctx)
	if err != nil {
		return err
	}
	var deployment apitype.DeploymentV3
	if err := json.Unmarshal(state.Deployment, &deployment); err != nil {
		return err
	}
	if len(deployment.PendingOperations) == 0 {
		return nil
	}
	deployment.PendingOperations = nil
	if state.Deployment, err = json.Marshal(deployment); err != nil {
		return err
	}
	return stack.Import(ctx, state)
}

// stateFile is where the engine keeps a stack's state.
func (w *workspace) stateFile(h system.Home) string {
	return w.path("state", ".pulumi", "stacks", "redoubt", string(h)+".json")
}

// deployed reports whether the stack has any resource of its own.
func (w *workspace) deployed(h system.Home) (bool, error) {
	text, err := os.ReadFile(w.stateFile(h))
	if errors.Is(err, os.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	var state struct {
		Checkpoint struct {
			Latest *struct{ Resources []struct{ Custom bool } }
		}
	}
	if err := json.Unmarshal(text, &state); err != nil {
		return false, fmt.Errorf("%s: %w", filepath.Base(w.stateFile(h)), err)
	}
	if state.Checkpoint.Latest == nil {
		return false, nil
	}
	for _, r := range state.Checkpoint.Latest.Resources {
		if r.Custom {
			return true, nil
		}
	}
	return false, nil
}

// forget removes the settings that the simulator added, so that the next up
// begins with the first round.
func (w *workspace) forget() error {
	var errs []error
	for _, h := range system.Homes {
		if err := os.Remove(w.settingsFile(h)); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
