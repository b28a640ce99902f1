package render

import (
	"fmt"
	"strings"
	"time"

	"redoubt/recovery/plan"
)

// Graph renders the steps of a plan and what each needs as a Mermaid graph: https://mermaid.js.org/syntax/flowchart.html.
// A need that another need implies is left out; the longest way to users being served is drawn thick.
func Graph(p plan.Plan) string {
	var b strings.Builder
	b.WriteString("flowchart LR\n")
	names, critical := map[string]string{}, map[string]string{}
	way := p.Critical().Steps
	for n, id := range way {
		if n > 0 {
			critical[id] = way[n-1]
		}
	}
	for n, s := range p.Steps {
		names[s.ID] = fmt.Sprintf("s%d", n+1)
		fmt.Fprintf(&b, "  %s[\"%d. %s\"]\n", names[s.ID], n+1, mermaid(s.Title))
	}
	before := ancestors(p.Steps)
	for _, s := range p.Steps {
		for _, need := range s.Needs {
			if implied(s, need, before) {
				continue
			}
			arrow := "-->"
			if critical[s.ID] == need {
				arrow = "==>"
			}
			fmt.Fprintf(&b, "  %s %s %s\n", names[need], arrow, names[s.ID])
		}
	}
	return b.String()
}

// ancestors are all steps before each step, by its id.
func ancestors(steps []plan.Step) map[string]map[string]bool {
	out := map[string]map[string]bool{}
	for _, s := range steps { // each follows what it needs
		all := map[string]bool{}
		for _, need := range s.Needs {
			all[need] = true
			for id := range out[need] {
				all[id] = true
			}
		}
		out[s.ID] = all
	}
	return out
}

// implied reports whether another need of the step has the need before it.
func implied(s plan.Step, need string, before map[string]map[string]bool) bool {
	for _, other := range s.Needs {
		if before[other][need] {
			return true
		}
	}
	return false
}

// Timeline renders when each step is predicted to begin and end, counted from the beginning of the run, as a Mermaid
// chart: https://mermaid.js.org/syntax/gantt.html. A step whose budget is given in words only takes no time in it.
func Timeline(p plan.Plan) string {
	var b strings.Builder
	fmt.Fprintf(&b, "gantt\n  title %s: predicted from budgets, in minutes and seconds\n", mermaid(p.Title))
	b.WriteString("  dateFormat X\n  axisFormat %M:%S\n")
	critical := map[string]bool{}
	for _, id := range p.Critical().Steps {
		critical[id] = true
	}
	ends, section := map[string]time.Duration{}, plan.Role("none")
	for _, s := range p.Steps {
		if s.Role != section {
			section = s.Role
			fmt.Fprintf(&b, "  section %s\n", section)
		}
		var begins time.Duration
		for _, need := range s.Needs {
			begins = max(begins, ends[need])
		}
		takes, _ := plan.Takes(s)
		ends[s.ID] = begins + takes
		mark := ""
		if critical[s.ID] {
			mark = "crit, "
		}
		fmt.Fprintf(&b, "  %s : %s%d, %d\n", mermaid(s.Title), mark, int(begins.Seconds()), int(ends[s.ID].Seconds()))
	}
	return b.String()
}

// mermaid is a text without what Mermaid reads as its own.
func mermaid(text string) string {
	return strings.NewReplacer(`"`, "'", ":", ",", ";", ",", "#", "no.").Replace(text)
}
