package ready

import (
	"bytes"
	"fmt"
	"strings"
	"text/tabwriter"
	"time"

	"redoubt/recovery/readiness"
)

// printer writes text, such as a stream's Printf.
type printer func(format string, args ...any)

// show writes a readiness for people: the verdict and what is asked under stress first, then why, then the parts.
func show(p printer, r readiness.Readiness) {
	p("%s: %s, %s, at %s\n\n", r.Verdict, r.System, r.Kind, r.At.Truncate(time.Second).Format(time.RFC3339))
	table(p, [][]string{
		{"can we fail over now?", r.Headline.Can}, {"what would we lose?", r.Headline.Lose}, {"how long would it take?", r.Headline.Long}})
	if len(r.Reasons) > 0 {
		p("\nwhat is not as it should be\n")
		var rows [][]string
		for _, one := range r.Reasons {
			rows = append(rows, []string{"  " + string(one.State), one.About, one.Text})
		}
		table(p, rows)
	}
	homes(p, r)
	moves(p, r)
	stores(p, r)
	rest(p, r)
	p("\nnext: %s\n", r.Next)
}

func homes(p printer, r readiness.Readiness) {
	p("\n")
	rows := [][]string{{"home", "region", "serves", "inventory written", "plans run by", "state"}}
	for _, h := range r.Homes {
		state := string(h.State)
		if h.Why != "" {
			state += ", " + h.Why
		}
		rows = append(rows, []string{string(h.Name), or(h.Region, "-"), yes(h.Active), ago(h.Inventory), or(h.Held, "nobody"), state})
	}
	table(p, rows)
	found := r.Found.Why
	if r.Found.Kind != "" {
		found = string(r.Found.Kind) + ": " + found
	}
	p("observers: %s\n", found)
}

func moves(p printer, r readiness.Readiness) {
	if len(r.Moves) == 0 {
		return
	}
	p("\n")
	rows := [][]string{{"move", "now", "takes (predicted)", ""}}
	for _, m := range r.Moves {
		state := "refused by " + names(m.Refuses)
		switch {
		case m.Why != "":
			state = "no plan"
		case m.Possible && len(m.Asks) > 0:
			state = "possible, asks " + names(m.Asks)
		case m.Possible:
			state = "possible"
		}
		rows = append(rows, []string{string(m.Scenario), state, m.Takes.Short(), m.Title})
	}
	table(p, rows)
}

func names(gates []readiness.Gate) string {
	var out []string
	for _, g := range gates {
		out = append(out, g.ID)
	}
	return strings.Join(out, ", ")
}

func stores(p printer, r readiness.Readiness) {
	if len(r.Stores) == 0 {
		return
	}
	p("\n")
	rows := [][]string{{"store", "tier", "kind", "lag (" + string(r.Kind) + ")", "rpo (objective)", "state", "newest backup", "may be", "in the other home", "may be"}}
	for _, s := range r.Stores {
		rows = append(rows, []string{s.Name, s.Tier, string(s.Kind), s.Lag.Short(), s.RPO.Short(), standing(s),
			backup(s.Backup), limit(s.Backup), backup(s.Copy), limit(s.Copy)})
	}
	table(p, rows)
}

// standing is the state of a store, and why it is bad.
func standing(s readiness.Store) string {
	if s.State == readiness.Bad && s.Why != "" {
		return string(s.State) + ": " + s.Why
	}
	return string(s.State)
}

func backup(b readiness.Backup) string {
	switch {
	case b.Age.Known:
		return b.What + ", " + b.Age.Short()
	case b.State == readiness.Good:
		return b.What
	case b.State == readiness.Unknown:
		return b.What + ", unknown"
	}
	return "no " + b.What
}

func limit(b readiness.Backup) string {
	if !b.Limit.Known || b.State == readiness.Good && !b.Age.Known {
		return "-"
	}
	return b.Limit.Short()
}

func rest(p printer, r readiness.Readiness) {
	p("\n")
	if d := r.Drill; d == nil {
		p("last drill of the loss of a region: none\n")
	} else {
		word := "failed"
		if d.Passed {
			word = "passed"
		}
		p("last drill of the loss of a region: %s %s %s ago (%s); the budgets add up to %s now (predicted)\n", d.Scenario, word, d.Age.Short(),
			d.Kind, d.Predicted.Short())
		rows := [][]string{}
		for _, t := range d.Tiers {
			rows = append(rows, []string{"  " + t.Name, "recovered after " + t.Took.Short() + " of " + t.RTO.Short(), "lost " + t.Lost.Short() + " of " + t.RPO.Short()})
		}
		table(p, rows)
	}
	switch run := r.Run; {
	case run == nil:
		p("last run: none\n")
	case run.Ended:
		p("last run: %s: %s\n", run.Name, run.Outcome)
	default:
		p("last run: %s: not at its end\n", run.Name)
	}
}

// table writes rows in columns, without blanks at their ends.
func table(p printer, rows [][]string) {
	text := &bytes.Buffer{}
	t := tabwriter.NewWriter(text, 0, 0, 2, ' ', 0)
	for _, row := range rows {
		_, _ = fmt.Fprintln(t, strings.Join(row, "\t"))
	}
	_ = t.Flush()
	for line := range strings.Lines(text.String()) {
		p("%s\n", strings.TrimRight(line, " \n"))
	}
}

func yes(is bool) string {
	if is {
		return "yes"
	}
	return "no"
}

func ago(f readiness.Figure) string {
	if !f.Known {
		return "unknown"
	}
	return f.Short() + " ago"
}

func or(v, fallback string) string {
	if v == "" {
		return fallback
	}
	return v
}
