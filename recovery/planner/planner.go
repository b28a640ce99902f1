package planner

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// Scenario is what a plan recovers from, or what a person wants.
type Scenario string

// The scenarios.
const (
	ZoneLoss       Scenario = "zone-loss"
	RegionLoss     Scenario = "region-loss"
	Switchover     Scenario = "switchover"
	Failback       Scenario = "failback"
	WriterLoss     Scenario = "writer-loss"
	Restore        Scenario = "restore"
	Partition      Scenario = "partition"
	DependencyLoss Scenario = "dependency-loss"
	Rebuild        Scenario = "rebuild"
)

// Request is all that a plan is made from.
type Request struct {
	Scenario  Scenario
	System    *system.System
	Inventory inventory.Inventory
	// Finding is what was found; a switchover, a failback and a rebuild need none.
	Finding diagnose.Finding
	Goal    Goal
	// Now is when the plan is made. It names the marks that the run writes.
	Now time.Time
	// Answers are what the Questions were answered, by the text of the call (CallKey).
	Answers map[string]plan.Document
	// Seen is what the planner's gates stand on.
	Seen Seen
	// Hash is that of the inventory, where it is known already; empty is worked out.
	Hash string
}

// Goal is what is wanted, and what may be lost on the way.
type Goal struct {
	// Active is the home that serves now. It is a fact of the hour, not of the code.
	Active system.Home
	// Store, Zone and Dependency name what the scenario is about.
	Store, Zone, Dependency string
	// At is the point in time that a store is restored to.
	At time.Time
	// Generation is that under which a store is restored, the first of which nothing stands (Beside); zero is the next.
	Generation int
	// From is the generation from whose backups it is restored, where those of now begin too late (Reach); zero is that of now.
	From int
}

// Seen is what is known of the inventory and of earlier runs when a plan is made.
type Seen struct {
	// InventoryAt is when each home last wrote its inventory; zero is unknown.
	InventoryAt map[system.Home]time.Time
	// MovedAt is when traffic last moved; zero is never.
	MovedAt time.Time
	// OldWriters are the agents that run beyond a standby's size where the system does not serve.
	OldWriters []string
}

// recipe makes the plan of one scenario. Asks lists what must be asked before.
type recipe struct {
	title string
	asks  func(Request) ([]plan.Call, error)
	make  func(*draft) error
	// all tells that the plan moves everything, so that it may forget nothing.
	all bool
}

// recipes are all scenarios. Each file adds its own here by name.
var recipes = map[Scenario]recipe{
	DependencyLoss: {title: "Do without a service outside, or use it again", make: dependencyLoss},
	ZoneLoss:       {title: "Recover from the loss of a zone", asks: zoneQuestions, make: zoneLoss},
	WriterLoss:     {title: "Recover from the loss of a store's writer", asks: writerQuestions, make: writerLoss},
	Partition:      {title: "Hold while the homes do not see each other", make: partition},
	RegionLoss:     {title: "Recover from the loss of a region", asks: regionQuestions, make: regionLoss, all: true},
	Switchover:     {title: "Move to the other home as planned", make: switchover, all: true},
	Failback:       {title: "Move back to the primary home", make: failback, all: true},
	Restore:        {title: "Bring one store back to a point in time", asks: restoreQuestions, make: restore},
	Rebuild:        {title: "Make the home that is back a standby again", make: rebuild},
}

// Scenarios lists every scenario with its title, sorted by name.
func Scenarios() map[Scenario]string {
	out := map[Scenario]string{}
	for name, r := range recipes {
		out[name] = r.title
	}
	return out
}

// CallKey is the text by which the answer to a question is found.
func CallKey(c plan.Call) string { return fmt.Sprintf("%s %v", c, c.Input) }

// Questions are the calls that must be answered before the plan can be made:
// none of them changes anything.
func Questions(r Request) ([]plan.Call, error) {
	rec, err := recipeOf(r)
	if err != nil || rec.asks == nil {
		return nil, err
	}
	return rec.asks(r)
}

// Make plans. It asks nobody: equal requests give equal plans. Its error names
// all that is missing or wrong in the request.
func Make(r Request) (plan.Plan, error) {
	rec, err := recipeOf(r)
	if err != nil {
		return plan.Plan{}, err
	}
	d := &draft{Request: r, title: rec.title}
	if err := errors.Join(rec.make(d), errors.Join(d.errs...)); err != nil {
		return plan.Plan{}, fmt.Errorf("plan %s: %w", r.Scenario, err)
	}
	p, err := d.plan()
	if err != nil {
		return plan.Plan{}, err
	}
	if rec.all {
		err = Covers(p, r.System, r.Inventory)
	}
	return p, errors.Join(Check(p), err)
}

func recipeOf(r Request) (recipe, error) {
	rec, known := recipes[r.Scenario]
	switch {
	case !known:
		var names []string
		for _, name := range slices.Sorted(maps.Keys(recipes)) {
			names = append(names, string(name))
		}
		return recipe{}, fmt.Errorf("scenario is %q, want one of: %s", r.Scenario, strings.Join(names, ", "))
	case r.System == nil || r.System.Name != r.Inventory.System:
		return recipe{}, fmt.Errorf("plan %s: the inventory is that of %q, not of the system", r.Scenario, r.Inventory.System)
	case !r.Goal.Active.Valid():
		return recipe{}, fmt.Errorf("plan %s: the active home is %q, want one of %v", r.Scenario, r.Goal.Active, system.Homes)
	}
	return rec, nil
}
