package report

import (
	"fmt"
	"strings"
	"time"

	"redoubt/recovery/drill"
	"redoubt/witness"
)

// FailureModes writes for each drill what breaks, what survives it, what can be lost and how that is proved, as
// Markdown. What stands there is what the drills found.
func FailureModes(all []drill.Report) string {
	var t text
	t.b.WriteString("| What fails | Who goes on, who waits | What was lost | What recovers it | Proved by |\n")
	t.b.WriteString("|" + strings.Repeat(" --- |", 5) + "\n")
	for _, r := range all {
		recovers := "nothing has to be done"
		if r.Plan.Title != "" {
			recovers = sentence(plain(r.Plan.Title))
		}
		t.row(plain(r.Title), waits(r), losses(r), recovers, "`redoubt drill "+r.Scenario+"` ("+plain(string(r.Kind))+")")
	}
	return t.String()
}

// waits says for how long requests of each tier were refused.
func waits(r drill.Report) string {
	var on, off []string
	for _, one := range r.Tiers {
		switch {
		case !one.Took.Known:
			off = append(off, plain(one.Name)+" does not come back")
		case one.Took.Value == 0:
			on = append(on, plain(one.Name))
		default:
			off = append(off, fmt.Sprintf("%s waits %s", plain(one.Name), span(one.Took.Value)))
		}
	}
	if len(on) > 0 {
		off = append([]string{list(on) + " " + map[bool]string{true: "goes", false: "go"}[len(on) == 1] + " on"}, off...)
	}
	return strings.Join(off, "; ")
}

// losses says which stores lost acknowledged writes, and how far back.
func losses(r drill.Report) string {
	var out []string
	for _, s := range r.Stores {
		switch {
		case !s.Loss.RPO.Known:
			out = append(out, plain(s.Name)+": unknown")
		case s.Loss.Lost > 0 && s.Rebuilt != "":
			out = append(out, fmt.Sprintf("%s: %s, read again from %s", plain(s.Name), lostFor(s.Loss), plain(s.Rebuilt)))
		case s.Loss.Lost > 0:
			out = append(out, plain(s.Name)+": "+lostFor(s.Loss))
		}
	}
	if len(out) == 0 {
		return "nothing"
	}
	return strings.Join(out, "; ")
}

func lostFor(l witness.Loss) string {
	return fmt.Sprintf("%s of writes", span(max(l.RPO.Value, time.Second)))
}
