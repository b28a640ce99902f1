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

	"redoubt/stacks"
	"redoubt/system"
)

// settle puts the engine's state in order after a run that did not end: the
// stale lock goes, and so do creations that were under way. What they made is
// found again by its token when the next update asks for it.
func (w *workspace) settle(ctx context.Context) error {
	if !w.cutShort() {
		return nil
	}
	w.streams.Above("the last update did not end; going on from where it was\n")
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
		if err := amend(ctx, stack, dropPending); err != nil {
			return fmt.Errorf("settle stack %s: %w", h, err)
		}
	}
	return w.unmark()
}

// amend changes the stack's state; change reports whether it changed anything.
func amend(ctx context.Context, stack auto.Stack, change func(*apitype.DeploymentV3) bool) error {
	state, err := stack.Export(ctx)
	if err != nil {
		return err
	}
	var deployment apitype.DeploymentV3
	if err := json.Unmarshal(state.Deployment, &deployment); err != nil {
		return err
	}
	if !change(&deployment) {
		return nil
	}
	if state.Deployment, err = json.Marshal(deployment); err != nil {
		return err
	}
	return stack.Import(ctx, state)
}

// dropPending removes the operations that never ended; it reports whether there were any.
func dropPending(d *apitype.DeploymentV3) bool {
	had := len(d.PendingOperations) > 0
	d.PendingOperations = nil
	return had
}

// stateFile is where the engine keeps a stack's state.
func (w *workspace) stateFile(h system.Home) string {
	return w.Path("state", ".pulumi", "stacks", "redoubt", string(h)+".json")
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

// forgetPeer takes the exported inventory, in which the peer is pinned, from a
// home's state, and peerReady from its settings.
func (w *workspace) forgetPeer(ctx context.Context, h system.Home) error {
	if _, err := os.Stat(w.stateFile(h)); errors.Is(err, os.ErrNotExist) {
		return nil
	}
	stack, err := w.stack(ctx, h, map[string]any{peerReadyKey: false})
	if err != nil {
		return err
	}
	return amend(ctx, stack, dropInventory)
}

// dropInventory removes the exported inventory; it reports whether there was one.
func dropInventory(d *apitype.DeploymentV3) bool {
	had := false
	for _, r := range d.Resources {
		if r.Type == "pulumi:pulumi:Stack" {
			_, has := r.Outputs[stacks.InventoryOutput]
			delete(r.Outputs, stacks.InventoryOutput)
			had = had || has
		}
	}
	return had
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
