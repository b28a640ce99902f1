package report

import (
	"fmt"
	"strings"

	"redoubt/recovery/drill"
)

// Incident is a recorded outage, and what became of the example system when it was replayed.
type Incident struct {
	// ID names it in the record, Date is when it was, Source where that is told.
	ID, Date, Source string
	// What says what happened.
	What string
	// Report is the drill that replays it.
	Report drill.Report
}

// Incidents writes the table of recorded incidents as Markdown, in their order.
func Incidents(all []Incident) string {
	var t text
	t.b.WriteString("| Incident | Date | What happened | What the example system did | RTO | RPO | Objectives |\n")
	t.b.WriteString("|" + strings.Repeat(" --- |", 7) + "\n")
	for _, i := range all {
		name := plain(i.ID)
		if i.Source != "" {
			name = fmt.Sprintf("[%s](%s)", name, address(i.Source))
		}
		r := i.Report
		t.row(name, plain(i.Date), plain(i.What), did(r),
			against(rtoSide.worstOf(r.Tiers)), against(rpoSide.worstOf(r.Tiers)), met(r))
	}
	return t.String()
}

// did says what was found, what was run and how that ended.
func did(r drill.Report) string {
	var parts []string
	for _, part := range []string{r.Found, r.Plan.Title} {
		if part != "" {
			parts = append(parts, sentence(plain(part)))
		}
	}
	if len(parts) == 0 {
		return "Nothing was found, and nothing done"
	}
	if r.Plan.Outcome == "" {
		return strings.Join(parts, ". ")
	}
	return strings.Join(parts, ". ") + ": " + plain(r.Plan.Outcome)
}

func met(r drill.Report) string {
	missed := plain(strings.Join(wrong(r), "; "))
	switch stateOf(r) {
	case failed:
		return "**not met**: " + missed
	case known:
		return fmt.Sprintf("**not met**, as is known (%s): %s", plain(strings.Join(accepted(r), "; ")), missed)
	case passed:
	}
	if len(r.Tiers) == 0 {
		return "nothing was promised"
	}
	return fmt.Sprintf("met (%s)", plain(string(r.Kind)))
}

// address keeps an address from ending its link.
func address(a string) string {
	return strings.NewReplacer(" ", "%20", "(", "%28", ")", "%29", "<", "%3C", ">", "%3E", "|", "%7C", "\n", "").Replace(a)
}
