package recovery

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"text/tabwriter"

	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
)

// printer writes text, such as a stream's Printf or Notef.
type printer func(format string, args ...any)

// table writes rows of cells in columns.
type table struct {
	to   printer
	text *bytes.Buffer
	*tabwriter.Writer
}

func tableTo(p printer) table {
	text := &bytes.Buffer{}
	return table{p, text, tabwriter.NewWriter(text, 0, 0, 2, ' ', 0)}
}

func (t table) row(cells ...string) { _, _ = fmt.Fprintln(t, strings.Join(cells, "\t")) }

// end writes the rows, without blanks at their ends.
func (t table) end() {
	_ = t.Flush()
	for line := range strings.Lines(t.text.String()) {
		t.to("%s\n", strings.TrimRight(line, " \n"))
	}
}

// critical is the critical path of a plan as it is told.
type critical struct {
	Steps []string `json:"steps"`
	// Takes is in seconds, by the budgets; its kind is predicted.
	Takes float64 `json:"takesSeconds"`
	Kind  string  `json:"kind"`
	// Unknown are steps whose budget is given in words only: the way may be longer.
	Unknown []string `json:"unknownBudgets,omitempty"`
}

func criticalOf(p plan.Plan) critical {
	way := p.Critical()
	return critical{Steps: way.Steps, Takes: way.Takes.Seconds(), Kind: "predicted", Unknown: way.Unknown}
}

// show writes a plan for people: what it is for, its gates, its steps in an
// order in which they can be done, and how long users wait.
func show(p printer, pl plan.Plan) {
	p("%s\n", pl.Title)
	if pl.Because != "" {
		p("because: %s\n", pl.Because)
	}
	showGates(p, pl.Gates)
	way := pl.Critical()
	p("\nsteps (* on the critical path)\n")
	t := tableTo(p)
	for _, s := range pl.Steps {
		mark := " "
		if slices.Contains(way.Steps, s.ID) {
			mark = "*"
		}
		t.row(mark+" "+s.ID, s.Title, "in "+string(s.Call.Home), takes(s), after(s))
	}
	t.end()
	p("\ncritical path: %s\n", strings.Join(way.Steps, " -> "))
	p("takes %s (predicted by the budgets)", span(way.Takes))
	if way.Unknown != nil {
		p(", and what AWS gives in words only: %s", listed(way.Unknown))
	}
	p("\n")
}

func showGates(p printer, gates []plan.Gate) {
	if len(gates) == 0 {
		return
	}
	p("\ngates\n")
	t := tableTo(p)
	for _, g := range gates {
		t.row("  "+g.ID, gateKind(g), or(g.Reason, g.Title))
	}
	t.end()
}

func gateKind(g plan.Gate) string {
	switch {
	case g.Reason != "" && g.Overridable:
		return "refuses"
	case g.Reason != "":
		return "refuses, always"
	case g.Approval():
		return "asks"
	}
	return "looks"
}

// takes is a step's budget for people.
func takes(s plan.Step) string {
	d, known := plan.Takes(s)
	if !known {
		return "some time"
	}
	return seconds(d.Seconds())
}

func after(s plan.Step) string {
	switch n := len(s.Needs); {
	case n == 0:
		return ""
	case n > 3:
		return fmt.Sprintf("after %s and %d more", s.Needs[0], n-1)
	}
	return "after " + listed(s.Needs)
}

// refusals are the gates that refuse whatever the target says.
func refusals(p plan.Plan) []string {
	out := []string{}
	for _, g := range p.Gates {
		if g.Reason != "" {
			out = append(out, g.ID)
		}
	}
	return out
}

// rebuildFirst is what to type next where old writers run in the home to which the work is to go; empty where none do.
func rebuildFirst(p plan.Plan) string {
	for _, g := range p.Gates {
		if g.ID == planner.OldWritersGate && g.Reason != "" {
			return "redoubt plan " + string(planner.Rebuild) + " --out rebuild.json"
		}
	}
	return ""
}

// always is the first gate that refuses and that nobody may set aside; empty when there is none.
func always(p plan.Plan) string {
	for _, g := range p.Gates {
		if g.Reason != "" && !g.Overridable {
			return g.ID
		}
	}
	return ""
}

// setsAside are the flags by which the gates that refuse already are set aside.
func setsAside(p plan.Plan) string {
	text := ""
	for _, g := range p.Gates {
		if g.Reason != "" && g.Overridable {
			text += " --override " + g.ID + "=REASON"
		}
	}
	if text != "" {
		text += " --by NAME"
	}
	return text
}

func or(v, fallback string) string {
	if v == "" {
		return fallback
	}
	return v
}
