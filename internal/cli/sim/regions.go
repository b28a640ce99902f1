package sim

import (
	"context"
	"errors"
	"os"

	"redoubt/internal/cli/project"
	"redoubt/sim/world"
)

// Regions are a project's stored simulated regions in the hands of this process.
type Regions struct {
	*project.Project
	World *world.World
}

// Use holds the project's simulated regions for act, and keeps what act changes.
// Who is what others are told who wait for them.
func Use(ctx context.Context, o *Options, p *project.Project, who string, act func(*Regions) error) error {
	if _, err := os.Stat(p.Path("world")); errors.Is(err, os.ErrNotExist) {
		return errNothingUp
	}
	w, err := open(ctx, o, p, who)
	if err != nil {
		return err
	}
	return errors.Join(act(&Regions{p, w.world}), w.Close())
}
