package target

import (
	"context"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
)

// errNoAWS is what --on aws says as long as the journal and the lease have no
// table there: a run that another machine cannot resume is none.
var errNoAWS = exit.Errorf(exit.Usage, "use --on sim, or follow the plan by hand: redoubt explain STEP PLAN",
	"this version cannot run plans on AWS: it has no place for their journal there")

func useAWS(context.Context, Options, *project.Project, func(Target) error) error { return errNoAWS }

func runsOnAWS(context.Context, Options, *project.Project) (Runs, error) { return nil, errNoAWS }
