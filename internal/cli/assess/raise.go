package assess

import (
	"context"
	"path/filepath"

	"redoubt/assess"
	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/internal/cli/sim"
	"redoubt/internal/cli/target"
	"redoubt/sim/drive"
	"redoubt/sim/world"
	"redoubt/system"
)

// Forecast is the forecast of the project in a folder, with a version of the system's file. Nothing is touched.
func Forecast(ctx context.Context, folder, file string, o assess.Options) (assess.Report, error) {
	p, err := project.OpenIn(folder)
	if err != nil {
		return assess.Report{}, err
	}
	base, err := raise(ctx, p, file, nil)
	if err != nil {
		return assess.Report{}, err
	}
	return assess.Assess(ctx, base, o)
}

// raise brings both homes up on a world of this process. File is another version of the system's file; empty
// takes the project's own. Changes are settings that are others than in the settings' files.
func raise(ctx context.Context, p *project.Project, file string, changes map[string]string) (assess.Base, error) {
	abs := ""
	if file != "" {
		s, err := system.Load(file)
		if err != nil {
			return assess.Base{}, exit.With(exit.Usage, err, "redoubt system check "+file)
		}
		other := *p
		other.System = s
		p = &other
		if abs, err = filepath.Abs(file); err != nil {
			return assess.Base{}, err
		}
	}
	defer assess.CollectLess()()
	w := world.New(world.Config{Seed: 1, Account: p.Accounts[system.Primary]})
	if _, err := sim.Raise(ctx, w, p.Dir, abs, changes); err != nil {
		return assess.Base{}, exit.With(exit.Usage, err, "redoubt system check; redoubt sim up shows where it fails")
	}
	known, err := target.Know(ctx, target.InMemory(p, w))
	if err != nil {
		return assess.Base{}, err
	}
	return assess.Base{System: p.System, Active: system.Primary,
		World: drive.World{World: w, Regions: p.Regions, Inventory: known.Inventory}}, nil
}
