package render

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"redoubt/recovery/plan"
)

// Form is a form in which a plan is shown.
type Form string

// The forms.
const (
	AsRunbook  Form = "runbook"
	AsGraph    Form = "graph"
	AsTimeline Form = "timeline"
	AsMachine  Form = "state-machine"
)

// Forms are the forms with what each is.
var Forms = map[Form]string{
	AsRunbook:  "Markdown that a person follows by hand: with the commands of AWS, and of redoubt on the simulated regions",
	AsGraph:    "a Mermaid graph of the steps and what each needs",
	AsTimeline: "a Mermaid chart of when each step is predicted to begin and end",
	AsMachine:  "a Step Functions state machine",
}

// As renders the plan in a form.
func As(form Form, p plan.Plan, m Machine) (string, error) {
	switch form {
	case AsRunbook:
		return Runbook(p)
	case AsGraph:
		return Graph(p), nil
	case AsTimeline:
		return Timeline(p), nil
	case AsMachine:
		return m.Of(p)
	}
	return "", fmt.Errorf("form is %q, want one of %s", form, Names())
}

// Names lists the forms for a person.
func Names() string {
	var all []string
	for _, f := range slices.Sorted(maps.Keys(Forms)) {
		all = append(all, string(f))
	}
	return strings.Join(all, ", ")
}
