package target

import (
	"redoubt/internal/cli/project"
	"redoubt/internal/cli/stored"
	"redoubt/sim/world"
)

// InMemory is a world of this process as a target, whose runs are kept nowhere.
func InMemory(p *project.Project, w *world.World) Target {
	return simulated{&stored.Regions{Project: p, World: w}, localRuns("")}
}
