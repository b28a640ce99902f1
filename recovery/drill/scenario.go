package drill

import (
	"embed"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/system/declared"
	"redoubt/system/experiments"
)

// Scenario names a fault, the finding that it should lead to, and what is expected.
type Scenario struct {
	Name  string `yaml:"-"`
	Title string `yaml:"title"`
	// Disruption says which objectives count.
	Disruption system.Disruption `yaml:"disruption"`
	// Faults happen some time after the loss. Words in braces stand for what the homes are called; see Words.
	Faults []Line `yaml:"faults"`
	// About is the kind of the store that the scenario is about, where it is about one: the first of that kind.
	About system.StoreKind `yaml:"about"`
	// Dependency says that it is about one outside: the first that an agent needs.
	Dependency bool `yaml:"dependency"`
	// Agent says that it is about an agent: the first that others call and that is not public.
	Agent bool `yaml:"-"`
	// Call says that it is about a call: the first without which its caller still answers.
	Call bool `yaml:"-"`
	// Before are faults that come and go in the steady state; their times count from its beginning.
	Before []Line `yaml:"-"`
	// Refused is how long requests of a tier may be refused at most; nil leaves that to the objectives.
	Refused *time.Duration `yaml:"-"`
	// Done are the roles of steps none of which may fail, also where the plan goes on without it.
	Done []plan.Role `yaml:"-"`
	// Finding is what the observers should come to. Without one nobody looks: somebody has decided.
	Finding diagnose.Kind `yaml:"finding"`
	// Said is what a person finds where no observer can look, and after how long.
	Said      diagnose.Kind `yaml:"said"`
	SaidAfter time.Duration `yaml:"saidAfter"`
	// Steady is how long all must be well before the loss; zero takes what the drill takes.
	Steady time.Duration `yaml:"steady"`
	// Wait is how long a plan is put off whose backup does not show the point in time yet: it does some minutes later.
	Wait time.Duration `yaml:"wait"`
	// Plan is what is planned then; without one nobody acts.
	Plan planner.Scenario `yaml:"plan"`
	// Aside are gates that the drill's leader sets aside, with the reason.
	Aside map[string]string `yaml:"aside"`
	// Hold is how long the system is left to itself before it is judged.
	Hold time.Duration `yaml:"hold"`
	// Back is the way back, on request.
	Back Back `yaml:"back"`
	// Incident is the recorded one that this replays, with its region, its date and where that is told.
	Incident string `yaml:"incident"`
	Region   string `yaml:"region"`
	Date     string `yaml:"date"`
	Source   string `yaml:"source"`
	// Accepts says why it is known that objectives may be missed: the drill tells by how much, and does not fail for it.
	Accepts string `yaml:"accepts"`
}

// Line is a line of the fault language and when it is said.
type Line struct {
	After time.Duration `yaml:"after"`
	Line  string        `yaml:"line"`
}

// Back says how a drill comes back.
type Back struct {
	Heals []string `yaml:"heals"`
	// After is how long what is healed is left to itself before the plan.
	After time.Duration    `yaml:"after"`
	Plan  planner.Scenario `yaml:"plan"`
}

//go:embed scenarios/*.yaml incidents/*.yaml
var files embed.FS

// Scenarios are those that come with Redoubt, by name.
func Scenarios() ([]Scenario, error) { return declared.All(files, "scenarios", ParseScenario) }

// Incidents are the recorded ones, as scenarios, by name.
func Incidents() ([]Scenario, error) { return declared.All(files, "incidents", ParseScenario) }

// ParseScenario reads a scenario's file, and names all that is wrong with it.
func ParseScenario(name string, text []byte) (Scenario, error) {
	s := Scenario{Name: name}
	if err := declared.Decode("scenario "+name, text, &s); err != nil {
		return s, err
	}
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("scenario %s: "+format, append([]any{name}, args...)...))
	}
	if s.Title == "" {
		bad("title is missing, want one line that says what happens")
	}
	if !slices.Contains(system.Disruptions, s.Disruption) {
		bad("disruption is %q, want one of %v", s.Disruption, system.Disruptions)
	}
	if s.About != "" && !slices.Contains(system.StoreKinds, s.About) {
		bad("about is %q, want one of %v", s.About, system.StoreKinds)
	}
	all := planner.Scenarios()
	for _, p := range []planner.Scenario{s.Plan, s.Back.Plan} {
		if _, known := all[p]; p != "" && !known {
			bad("plan is %q, which the planner does not know", p)
		}
	}
	return s, errors.Join(errs...)
}

var word = regexp.MustCompile(`\{[a-z0-9-]+\}`)

// UnfitError says that a scenario needs something that the system does not have.
type UnfitError struct{ Scenario, Why string }

// Error says which, and what is missing.
func (e *UnfitError) Error() string {
	return fmt.Sprintf("scenario %s does not fit: %s", e.Scenario, e.Why)
}

// Words are what the braces of a scenario's lines stand for: {active} and {standby} are regions, {active-zone-1}
// and so on their zones, {store} is the name that AWS knows the store by that the scenario is about, {ledger} that of its
// work ledger, {dependency} the dependency, {agent} the Deployment of the agent, {caller} and {callee} those of a call.
func (s Scenario) Words(sys *system.System, inv inventory.Inventory, active system.Home) (map[string]string, error) {
	out := map[string]string{}
	for which, home := range map[string]system.Home{"active": active, "standby": active.Peer()} {
		out[which] = inv.Homes[home].Region
		for n, zone := range inv.Homes[home].Zones {
			out[fmt.Sprintf("%s-zone-%d", which, n+1)] = zone
		}
	}
	if s.About != "" {
		store, has := s.store(sys)
		if !has {
			return nil, &UnfitError{s.Name, fmt.Sprintf("%s has no store of kind %s", sys.Name, s.About)}
		}
		of := inv.Homes[active].Stores[store.Name]
		out["store"], out["ledger"] = of.Name, of.LedgerTable
	}
	if s.Agent {
		agent, has := experiments.Called(sys)
		if !has {
			return nil, &UnfitError{s.Name, fmt.Sprintf("no agent of %s is called by others alone", sys.Name)}
		}
		out["agent"] = inv.Homes[active].Agents[agent.Name].Deployment
	}
	if s.Call {
		caller, callee, has := experiments.Spared(sys)
		if !has {
			return nil, &UnfitError{s.Name, fmt.Sprintf("no agent of %s does without one that it calls", sys.Name)}
		}
		of := inv.Homes[active].Agents
		out["caller"], out["callee"] = of[caller.Name].Deployment, of[callee.Name].Deployment
	}
	if s.Dependency {
		name := needed(sys)
		if name == "" {
			return nil, &UnfitError{s.Name, fmt.Sprintf("no agent of %s needs a dependency", sys.Name)}
		}
		out["dependency"] = name
	}
	return out, nil
}

// Fits says what a system lacks for the scenario, or nothing.
func (s Scenario) Fits(sys *system.System, inv inventory.Inventory, active system.Home) error {
	_, err := s.Words(sys, inv, active)
	return err
}

// store is the first of the kind that the scenario is about; what has to be restored must not be rebuilt from another.
func (s Scenario) store(sys *system.System) (system.Store, bool) {
	for _, one := range sys.Stores {
		if one.Kind == s.About && (s.Plan != planner.Restore || one.RebuildFrom == "") {
			return one, true
		}
	}
	return system.Store{}, false
}

// needed is the first dependency that an agent needs; a system may declare more.
func needed(sys *system.System) string {
	for _, a := range sys.Agents {
		if len(a.Needs) > 0 {
			return a.Needs[0]
		}
	}
	return ""
}

// say puts the words into a line.
func say(line string, words map[string]string) (string, error) {
	var missing []string
	out := word.ReplaceAllStringFunc(line, func(w string) string {
		v := words[strings.Trim(w, "{}")]
		if v == "" {
			missing = append(missing, w)
		}
		return v
	})
	if len(missing) > 0 {
		return "", fmt.Errorf("line %q: nobody knows %v", line, missing)
	}
	return out, nil
}
