// Package actions is the catalogue of the actions of AWS Fault Injection Service: what each is aimed at, what it takes,
// when it ends, and what an experiment's role must be allowed for it. AWS takes any text for the name of an action when a
// template is made by this program's provider, so that a slip is found here or on the day.
package actions

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"

	"gopkg.in/yaml.v3"

	"redoubt/internal/nearest"
)

// Source is the page that the catalogue stands on. Each entry has its place there, under its own name.
const Source = "https://docs.aws.amazon.com/fis/latest/userguide/fis-actions-reference.html"

// AtOnce is the end of an action that has no duration: what it does is done, and what it broke comes back by itself.
const AtOnce = "at once"

// Action is one action.
type Action struct {
	// ID is AWS's own name, such as aws:rds:failover-db-cluster.
	ID string `yaml:"id"`
	// Target is the type of the resources that it is aimed at, empty for none; Key is what a template calls them.
	Target string `yaml:"target"`
	Key    string `yaml:"key"`
	// Declared is false where the program's provider takes no target of that key. Absent is true.
	Declared *bool `yaml:"declared"`
	// Ends is AtOnce, or the parameter that bounds it, an ISO 8601 duration such as PT10M.
	Ends string `yaml:"ends"`
	// Parameters are what it takes; a name with an exclamation mark must be given.
	Parameters []string `yaml:"parameters"`
	// Grants are what the role of an experiment must be allowed.
	Grants []Grant `yaml:"grants"`
}

// Grant allows some actions of IAM on some resources.
type Grant struct {
	Actions []string `yaml:"actions"`
	// On are SERVICE:RESOURCE of the home's region and account, whole ARNs, or *.
	On []string `yaml:"on"`
	// When are conditions as IAM has them: operator, key, values.
	When map[string]map[string][]string `yaml:"when"`
}

// Use is an action in a template.
type Use struct {
	ID         string
	Parameters map[string]string
	// Target is the type of the resources that the template aims it at; empty for none.
	Target string
}

//go:embed actions.yaml
var text []byte

var load = sync.OnceValues(func() ([]Action, error) {
	var out []Action
	dec := yaml.NewDecoder(bytes.NewReader(text))
	dec.KnownFields(true)
	err := dec.Decode(&out)
	return out, err
})

// All are the actions of the catalogue, sorted by name.
func All() ([]Action, error) { return load() }

// Lookup finds an action. One that is not known is refused, with what was meant.
func Lookup(id string) (Action, error) {
	all, err := load()
	if err != nil {
		return Action{}, err
	}
	ids := make([]string, 0, len(all))
	for _, a := range all {
		if a.ID == id {
			return a, nil
		}
		ids = append(ids, a.ID)
	}
	return Action{}, fmt.Errorf("action %q is none of AWS Fault Injection Service's: %s", id, nearest.Hint(id, ids))
}

// Declarable reports whether the program's provider can declare a template with the action.
func (a Action) Declarable() bool { return a.Declared == nil || *a.Declared }

// Takes are the names of the parameters, and which of them must be given.
func (a Action) Takes() (names, required []string) {
	for _, p := range a.Parameters {
		name, must := strings.CutSuffix(p, "!")
		if names = append(names, name); must {
			required = append(required, name)
		}
	}
	return names, required
}

// Check says all that is wrong with a use of an action: an action, a parameter or a target that is not known, a
// parameter that is missing, and a provider that cannot declare it.
func (u Use) Check() error {
	a, err := Lookup(u.ID)
	if err != nil {
		return err
	}
	var errs []error
	bad := func(format string, args ...any) { errs = append(errs, fmt.Errorf(u.ID+": "+format, args...)) }
	names, required := a.Takes()
	for name := range u.Parameters {
		if !slices.Contains(names, name) {
			bad("parameter %q is not known: %s", name, nearest.Hint(name, names))
		}
	}
	for _, name := range required {
		if u.Parameters[name] == "" {
			bad("parameter %q is missing", name)
		}
	}
	if u.Target != a.Target {
		bad("is aimed at %q, want %q", u.Target, a.Target)
	}
	if !a.Declarable() {
		bad("the program's provider cannot declare a target of the key %s", a.Key)
	}
	return errors.Join(errs...)
}
