package experiments

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"time"

	"redoubt/system"
	"redoubt/system/experiments/actions"
)

var word = regexp.MustCompile(`\{[a-z0-9-]+\}`)

// Words are what braces in a template stand for; see Fill.
type Words map[string]string

// UnfitError says that a home has nothing that an experiment could break.
type UnfitError struct{ Experiment, Why string }

// Error says which, and what is missing.
func (e *UnfitError) Error() string {
	return fmt.Sprintf("experiment %s does not fit: %s", e.Experiment, e.Why)
}

// Subject is what the experiment is about in a system: the store, the agent (of a call who makes it) or the dependency.
// What the system lacks is an UnfitError.
func (e Experiment) Subject(sys *system.System) (store system.Store, agent system.Agent, dependency string, err error) {
	if e.About != "" {
		all := sys.StoresOf(e.About)
		if len(all) == 0 {
			return store, agent, "", &UnfitError{e.Name, fmt.Sprintf("%s has no store of kind %s", sys.Name, e.About)}
		}
		store = all[0]
	}
	if e.Agent {
		found := false
		if agent, found = Called(sys); !found {
			return store, agent, "", &UnfitError{e.Name, fmt.Sprintf("no agent of %s is called by another one alone", sys.Name)}
		}
	}
	if e.Call {
		found := false
		if agent, _, found = Spared(sys); !found {
			return store, agent, "", &UnfitError{e.Name, fmt.Sprintf("no agent of %s does without one that it calls", sys.Name)}
		}
	}
	if e.Dependency {
		for _, a := range sys.Agents {
			if len(a.Needs) > 0 {
				return store, agent, a.Needs[0], nil
			}
		}
		return store, agent, "", &UnfitError{e.Name, fmt.Sprintf("no agent of %s needs a dependency", sys.Name)}
	}
	return store, agent, "", nil
}

// Spared is the first call without which its caller still answers.
func Spared(sys *system.System) (caller, callee system.Agent, found bool) {
	for _, a := range sys.Agents {
		for _, name := range a.Resilience.Without {
			callee, found = sys.Agent(name)
			return a, callee, found
		}
	}
	return caller, callee, false
}

// Called is the first agent that others call and users do not.
func Called(sys *system.System) (system.Agent, bool) {
	for _, a := range sys.Agents {
		if !a.Public && slices.ContainsFunc(sys.Agents, func(by system.Agent) bool { return slices.Contains(by.Calls, a.Name) }) {
			return a, true
		}
	}
	return system.Agent{}, false
}

// Fill puts a home's words into the template. {lasts} is the fault's own duration. A word that the home does not know is
// an error.
func (e Experiment) Fill(words Words) (Experiment, error) {
	all := maps.Clone(words)
	if all == nil {
		all = Words{}
	}
	all["lasts"] = ISO(e.Fault.Lasts)
	f := filler{words: all}
	out := e
	out.Fault.Actions, out.Fault.Targets = nil, nil
	for _, u := range e.Fault.Actions {
		u.Parameters = f.values(u.Parameters)
		out.Fault.Actions = append(out.Fault.Actions, u)
	}
	for _, t := range e.Fault.Targets {
		t.Arns, t.Tags, t.Parameters = f.list(t.Arns), f.values(t.Tags), f.values(t.Parameters)
		filters := map[string][]string{}
		for path, values := range t.Filters {
			filters[path] = f.list(values)
		}
		t.Filters = filters
		out.Fault.Targets = append(out.Fault.Targets, t)
	}
	return out, f.fault(e.Name)
}

// Grants are what the role of the experiments must be allowed, each once, with a home's words.
func Grants(all []Experiment, words Words) ([]actions.Grant, error) {
	f := filler{words: words}
	var out []actions.Grant
	seen := map[string]bool{}
	for _, e := range all {
		for _, u := range e.Fault.Actions {
			a, err := actions.Lookup(u.Action)
			if err != nil {
				return nil, err
			}
			for _, g := range a.Grants {
				if seen[fmt.Sprint(g)] {
					continue
				}
				seen[fmt.Sprint(g)] = true
				out = append(out, f.grant(g))
			}
		}
	}
	return out, f.fault("grants")
}

// ISO is a duration of whole minutes as AWS takes it, such as PT10M.
func ISO(d time.Duration) string { return fmt.Sprintf("PT%dM", int(d/time.Minute)) }

type filler struct {
	words   Words
	missing []string
}

func (f *filler) text(s string) string {
	return word.ReplaceAllStringFunc(s, func(w string) string {
		v := f.words[strings.Trim(w, "{}")]
		if v == "" && !slices.Contains(f.missing, w) {
			f.missing = append(f.missing, w)
		}
		return v
	})
}

func (f *filler) list(in []string) []string {
	var out []string
	for _, s := range in {
		out = append(out, f.text(s))
	}
	return out
}

func (f *filler) values(in map[string]string) map[string]string {
	out := map[string]string{}
	for k, v := range in {
		out[f.text(k)] = f.text(v)
	}
	return out
}

func (f *filler) grant(g actions.Grant) actions.Grant {
	out := actions.Grant{Actions: g.Actions, On: f.list(g.On)}
	for operator, keys := range g.When {
		filled := map[string][]string{}
		for key, values := range keys {
			filled[key] = f.list(values)
		}
		if out.When == nil {
			out.When = map[string]map[string][]string{}
		}
		out.When[operator] = filled
	}
	return out
}

func (f *filler) fault(name string) error {
	if len(f.missing) == 0 {
		return nil
	}
	slices.Sort(f.missing)
	return errors.Join(fmt.Errorf("experiment %s: nobody knows %v", name, f.missing))
}
