package plan

import "fmt"

// Gate allows or refuses a run before anything is called. A gate whose
// condition is not done, or cannot be told within its timeout, refuses.
type Gate struct {
	// ID names the gate within its plan, as a step's does.
	ID    string `json:"id"`
	Title string `json:"title"`
	// Why says what the gate protects.
	Why string `json:"why"`
	// Condition must be done. A gate without one is an approval: a person decides.
	Condition *Condition `json:"condition,omitempty"`
	// Overridable gates give way to a recorded reason and a name.
	Overridable bool `json:"overridable,omitempty"`
	// Reason is why the planner refuses already: what it knew when it planned
	// does not allow the run. Empty lets the condition decide.
	Reason string `json:"reason,omitempty"`
	// Timeout is how long an answer may be missing.
	Timeout Duration `json:"timeout"`
}

// Approval reports whether a person decides.
func (g Gate) Approval() bool { return g.Condition == nil && g.Reason == "" }

// checkGates names what is wrong with the plan's gates.
func (p Plan) checkGates() []error {
	var errs []error
	seen := map[string]bool{}
	for n, g := range p.Gates {
		bad := func(format string, args ...any) {
			errs = append(errs, fmt.Errorf("gate %d (%s): %s", n+1, g.ID, fmt.Sprintf(format, args...)))
		}
		switch {
		case !stepID.MatchString(g.ID):
			bad("id is %q, want lower-case words joined by hyphens", g.ID)
		case seen[g.ID]:
			bad("id is used twice")
		}
		seen[g.ID] = true
		if g.Title == "" || g.Why == "" {
			bad("title or why is empty")
		}
		if g.Timeout <= 0 {
			bad("timeout is %s, want more than 0s", g.Timeout)
		}
		if g.Condition != nil {
			for _, err := range append(g.Condition.check(), g.Condition.Call.check(p, "condition", g.Condition.All)...) {
				bad("%v", err)
			}
		}
	}
	return errs
}
