// Package experiments declares what is broken on purpose, once: the hypothesis, the fault in the words of the simulated
// regions and of AWS Fault Injection Service, what is expected, how it is cleaned up, and the mitigation without which the
// expectation fails. The drill on the simulated regions and the template on AWS both come from here.
package experiments

import (
	"embed"
	"strings"
	"time"

	"redoubt/system"
	"redoubt/system/declared"
)

// Experiment is one thing that is broken on purpose.
type Experiment struct {
	// Name is that of the file; it is part of names on AWS and never changes.
	Name string `yaml:"-"`
	// Title says what happens, Hypothesis what holds nevertheless.
	Title      string `yaml:"title"`
	Hypothesis string `yaml:"hypothesis"`
	// Disruption says which objectives count.
	Disruption system.Disruption `yaml:"disruption"`
	// About is the kind of the store that it is about; the first of that kind. Agent says that it is about the first
	// agent that others call, Dependency that it is about the first service outside that an agent needs, Call that it is
	// about the first call without which the caller still answers.
	About      system.StoreKind `yaml:"about"`
	Agent      bool             `yaml:"agent"`
	Dependency bool             `yaml:"dependency"`
	Call       bool             `yaml:"call"`
	Fault      Fault            `yaml:"fault"`
	Expect     Expect           `yaml:"expect"`
	Cleanup    Cleanup          `yaml:"cleanup"`
	Mitigation Mitigation       `yaml:"mitigation"`
	// Schedule is when it runs by itself outside production, as EventBridge Scheduler has it; empty is never.
	Schedule string `yaml:"schedule"`
}

// Fault is what is broken.
type Fault struct {
	// Lines are in the fault language of the simulated regions.
	Lines []string `yaml:"lines"`
	// Lasts is how long, at most Longest. Then the clean-up begins.
	Lasts time.Duration `yaml:"lasts"`
	// Actions and Targets are those of a template of AWS Fault Injection Service.
	Actions []Use    `yaml:"actions"`
	Targets []Target `yaml:"targets"`
	// Objects are what is set in the cluster meanwhile, where the service has no action: then it only waits, and by that
	// says how long.
	Objects []Object `yaml:"objects"`
	// None says why the service has no action for it, and what is done instead.
	None string `yaml:"none"`
}

// Use is one action of a template.
type Use struct {
	Name       string            `yaml:"name"`
	Action     string            `yaml:"action"`
	Target     string            `yaml:"target"`
	Parameters map[string]string `yaml:"parameters"`
	// After are the actions that must have ended before.
	After []string `yaml:"after"`
}

// Target is what a template's actions are aimed at.
type Target struct {
	Name string `yaml:"name"`
	Type string `yaml:"type"`
	// Mode is ALL, COUNT(n) or PERCENT(n).
	Mode string `yaml:"mode"`
	// Arns name at most five resources; Tags and Filters pick them.
	Arns       []string            `yaml:"arns"`
	Tags       map[string]string   `yaml:"tags"`
	Filters    map[string][]string `yaml:"filters"`
	Parameters map[string]string   `yaml:"parameters"`
}

// Expect is what must hold, beside the objectives of the disruption.
type Expect struct {
	// Then are lines of what else happens once all is cleaned up: what is expected is expected of that, and until then
	// nobody notices anything.
	Then []string `yaml:"then"`
	// Finding is what the observers come to, Plan what is planned then; without them nobody acts.
	Finding string `yaml:"finding"`
	Plan    string `yaml:"plan"`
	// Done are the roles of the plan's steps none of which may fail, also where the plan goes on without it.
	Done []string `yaml:"done"`
	// Said is what a person finds where no observer can look, SaidAfter after how long.
	Said      string        `yaml:"said"`
	SaidAfter time.Duration `yaml:"saidAfter"`
	// Refused is how long requests of any tier may be refused at most; absent leaves it to the objectives.
	Refused *time.Duration `yaml:"refused"`
	// Aside are gates that the drill's leader sets aside, with the reason. Wait is how long a plan is put off.
	Aside map[string]string `yaml:"aside"`
	Wait  time.Duration     `yaml:"wait"`
}

// Cleanup is how all is well again.
type Cleanup struct {
	// Lines end the fault on the simulated regions, once it has lasted.
	Lines []string `yaml:"lines"`
	// After is how long the system is left to itself then, before it is judged, or before the plan of the way back.
	After time.Duration `yaml:"after"`
	// Plan is the way back, where the work has moved: the clean-up is part of it then, and comes when somebody asks for it.
	Plan string `yaml:"plan"`
	// AWS says what ends it there.
	AWS string `yaml:"aws"`
}

// Mitigation is what the experiment tests.
type Mitigation struct {
	// Name is by what tests take it away, Words what it is.
	Name  string `yaml:"name"`
	Words string `yaml:"words"`
}

//go:embed declared/*.yaml
var files embed.FS

// All are the experiments that come with Redoubt, by name. All that is wrong with them is told at once.
func All() ([]Experiment, error) { return declared.All(files, "declared", Parse) }

// Parse reads one experiment and names all that is wrong with it.
func Parse(name string, text []byte) (Experiment, error) {
	e := Experiment{Name: name}
	if err := declared.Decode("experiment "+name, text, &e); err != nil {
		return e, err
	}
	return e, e.Check()
}

// Declared reports whether AWS Fault Injection Service has actions for the experiment.
func (e Experiment) Declared() bool { return len(e.Fault.Actions) > 0 }

// Inside reports whether an action runs inside the cluster, which needs rights there.
func (e Experiment) Inside() bool {
	for _, u := range e.Fault.Actions {
		if strings.HasPrefix(u.Action, "aws:eks:pod-") {
			return true
		}
	}
	return false
}
