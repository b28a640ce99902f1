// Package chaos brings the small system up outside production, and looks at what may be broken there on purpose.
package chaos

import (
	"context"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/sim"
	"redoubt/internal/clitest"
	"redoubt/internal/engine"
	"redoubt/sim/world"
	"redoubt/tests/homes"
)

const templates = "AWS::FIS::ExperimentTemplate"

func raise(t *testing.T, settings map[string]string) *sim.Raised {
	t.Helper()
	small := filepath.Join(clitest.Root(t), "internal", "clitest", "testdata", "small.yaml")
	r, err := sim.Raise(context.Background(), world.New(world.Config{Seed: 1}), clitest.Root(t), small, settings)
	require.NoError(t, err)
	return r
}

// TestUp_declaresExperimentsOutsideProduction: the simulated regions take every template, its role and its alarms, as AWS
// would, and a fourth update finds nothing to do.
func TestUp_declaresExperimentsOutsideProduction(t *testing.T) {
	t.Parallel()
	r := raise(t, map[string]string{"redoubt:production": "false"})
	for _, region := range []string{homes.Ireland, homes.Frankfurt} {
		found := r.World.Find(region, templates, func(*world.Entity) bool { return true })
		assert.Greater(t, len(found), 8, region)
		for _, e := range found {
			assert.Regexp(t, `^EXT[A-Z0-9]{15}$`, e.ID)
		}
		schedules := r.World.Find(region, "AWS::Scheduler::Schedule", func(e *world.Entity) bool {
			at, _ := e.In["Target"].(world.Document)
			return at["Arn"] == "arn:aws:scheduler:::aws-sdk:fis:startExperiment"
		})
		assert.Len(t, schedules, 5, "%s: those that the small system has something for", region)
	}
	again, err := r.Engine.Stack("primary").Up(context.Background())
	require.NoError(t, err)
	assert.Empty(t, again.Of(engine.Create))
	assert.Empty(t, again.Of(engine.Replace))
}

// TestUp_breaksNothingInProduction, unless it is allowed, and then nothing by itself.
func TestUp_breaksNothingInProduction(t *testing.T) {
	t.Parallel()
	all := func(*world.Entity) bool { return true }
	assert.Empty(t, raise(t, nil).World.Find(homes.Ireland, templates, all))
	r := raise(t, map[string]string{"redoubt:experimentsInProduction": "true"})
	assert.NotEmpty(t, r.World.Find(homes.Ireland, templates, all))
	assert.Empty(t, r.World.Find(homes.Ireland, "AWS::Scheduler::Schedule", func(e *world.Entity) bool {
		at, _ := e.In["Target"].(world.Document)
		return at["Arn"] == "arn:aws:scheduler:::aws-sdk:fis:startExperiment"
	}))
}
