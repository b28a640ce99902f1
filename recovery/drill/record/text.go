package record

import (
	"fmt"
	"strings"
	"time"

	"redoubt/timings"
	"redoubt/witness"
)

// Markdown is a table of the last drills, one row for each tier. Nothing on record says so.
func Markdown(all []Last) string {
	if len(all) == 0 {
		return "No drill is on record.\n"
	}
	var b strings.Builder
	b.WriteString("| scenario | system | last | kind | tier | recovered after | objective | predicted | seen / predicted | lost | objective | |\n" +
		"| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |\n")
	for _, l := range all {
		for _, t := range l.Tiers {
			ratio := "-"
			if r, ok := t.Ratio(); ok {
				ratio = fmt.Sprintf("%.2f", r)
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s | %s |\n", l.Scenario, l.System, l.ago(), l.Kind,
				t.Name, figure(t.Took), short(time.Duration(t.RTO)), figure(t.Predicted), ratio, figure(t.Lost), short(time.Duration(t.RPO)),
				l.verdict(t))
		}
	}
	return b.String()
}

func (l Last) ago() string {
	if l.Age == 0 {
		return l.At.Format(time.DateOnly)
	}
	days := int(time.Duration(l.Age) / (24 * time.Hour))
	text := fmt.Sprintf("%s, %d days ago", l.At.Format(time.DateOnly), days)
	if l.Stale {
		text += " (too long)"
	}
	return text
}

func (l Last) verdict(t Tier) string {
	switch {
	case len(t.Missed) > 0 && l.Passed:
		return "missed, as known"
	case len(t.Missed) > 0:
		return "MISSED"
	case !l.Passed:
		return "FAILED"
	}
	return "met"
}

func figure(f witness.Figure) string {
	if !f.Known {
		return "unknown"
	}
	return short(f.Value)
}

func short(d time.Duration) string { return timings.Short(d.Round(time.Second)) }
