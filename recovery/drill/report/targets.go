package report

import (
	"strings"
	"time"

	"redoubt/recovery/drill"
	"redoubt/witness"
)

// Targets writes a table of every tier in every drill, and of its way back, as Markdown: each objective beside what was
// found, with the kind of that figure.
func Targets(all []drill.Report) string {
	var t text
	t.b.WriteString("| Drill | Disruption | Tier | RTO: objective | found | RPO: objective | found | Kind | Verdict |\n")
	t.b.WriteString("|" + strings.Repeat(" --- |", 9) + "\n")
	for _, r := range all {
		t.targets(r, r.Scenario)
		if r.Failback != nil {
			t.targets(*r.Failback, r.Scenario+", the way back")
		}
	}
	return t.String()
}

func (t *text) targets(r drill.Report, name string) {
	for _, one := range r.Tiers {
		t.row(plain(name), plain(string(r.Disruption)), plain(one.Name), span(time.Duration(one.RTO)), exact(one.Took),
			span(time.Duration(one.RPO)), exact(one.Lost), plain(string(r.Kind)), hit(r, one))
	}
}

func hit(r drill.Report, one drill.Tier) string {
	switch {
	case r.Failed:
		return "**failed**"
	case len(one.Missed) == 0:
		return "met"
	case r.Held():
		return "**missed**, as is known"
	}
	return "**missed**"
}

func exact(f witness.Figure) string {
	if !f.Known {
		return "unknown"
	}
	return span(f.Value)
}

// Known lists why drills may miss objectives, as Markdown; empty when none does.
func Known(all []drill.Report) string {
	var t text
	for _, r := range all {
		if r.Accepted != "" && !r.Met() {
			t.b.WriteString("- `" + r.Scenario + "`: " + plain(r.Accepted) + ".\n")
		}
	}
	return t.String()
}
