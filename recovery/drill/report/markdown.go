package report

import (
	"fmt"
	"strings"

	"redoubt/recovery/drill"
)

// Markdown writes one report as text for a pull request or a file.
func Markdown(r drill.Report) string {
	var t text
	t.drill(viewOf(r, "drill", 1))
	return t.String()
}

// MarkdownOfAll writes a table of many reports, then each of them.
func MarkdownOfAll(all []drill.Report) string {
	var t text
	o := overviewOf(all)
	t.heading(1, o.Title)
	t.line("%s", plain(o.Summary))
	if len(o.Rows) > 0 {
		t.table("Drill", "Verdict", "Longest wait against its RTO", "Most lost against its RPO")
		for _, row := range o.Rows {
			name := plain(row.Title) + " (" + code(row.Scenario) + ")"
			t.row(name, verdict(row.State != failed, row.State.Short(), "**failed**"), against(row.RTO), against(row.RPO))
		}
	}
	for n, r := range all {
		t.drill(viewOf(r, anchorOf(n), 2))
	}
	return t.String()
}

// text is Markdown in the making.
type text struct{ b strings.Builder }

// String is the text without the spaces at which no line ends, which editors show as rubbish.
func (t *text) String() string { return strings.ReplaceAll(t.b.String(), nb, " ") }

func (t *text) heading(level int, words string) {
	if t.b.Len() > 0 {
		t.b.WriteString("\n")
	}
	fmt.Fprintf(&t.b, "%s %s\n", strings.Repeat("#", level), plain(words))
}

// line writes a paragraph of its own.
func (t *text) line(format string, args ...any) { fmt.Fprintf(&t.b, "\n"+format+"\n", args...) }

func (t *text) table(names ...string) {
	t.b.WriteString("\n")
	t.row(names...)
	t.b.WriteString("|" + strings.Repeat(" --- |", len(names)) + "\n")
}

func (t *text) row(cells ...string) { t.b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }

func (t *text) drill(v *view) {
	t.heading(v.Level, v.Title)
	t.line("**%s.** %s", v.State.Word(), plain(v.Summary))
	if len(v.Wrong) > 0 {
		t.b.WriteString("\n")
		for _, w := range v.Wrong {
			fmt.Fprintf(&t.b, "- %s\n", plain(w))
		}
	}
	for _, why := range v.Accepted {
		t.line("That is known: %s", plain(why))
	}
	for _, what := range v.Unseen {
		t.line("Not judged: %s", plain(what))
	}
	t.line("%s.", plain(v.Where))
	t.tiers(v)
	t.stores(v)
	t.timeline(v)
	t.facts(v)
	if v.Failback != nil {
		t.drill(v.Failback)
	}
}

func (t *text) tiers(v *view) {
	if len(v.Tiers) > 0 {
		t.heading(v.Level+1, "Objective and result")
		t.table("Tier", "RTO", "RTO found", "RPO", "RPO found", "Kind", "Verdict")
		for _, r := range v.Tiers {
			word := verdict(r.Met, "met", "**missed**")
			for _, m := range r.Missed {
				word += "; " + plain(m)
			}
			name := plain(r.Name)
			if r.Critical {
				name += " (critical)"
			}
			t.row(name, r.RTO.Objective, found(r.RTO), r.RPO.Objective, found(r.RPO), plain(v.Kind), word)
		}
	}
	if d := v.Decision; d != nil {
		t.line("A person's decision, in none of these figures: %s (p50), %s (p95). %s", d.P50, d.P95,
			strings.TrimSpace(plain(d.With)+" "+plain(d.Source)))
	}
}

func found(b bullet) string {
	if b.Missed || !b.Known {
		return "**" + b.Result + "**"
	}
	return b.Result
}

func (t *text) stores(v *view) {
	if len(v.Stores) == 0 {
		return
	}
	t.heading(v.Level+1, "Marks of each store")
	t.table("Store", "Kind", "Tier", "RPO", "RPO found",
		"Acknowledged", "Lost", "Found twice", "Out of order", "Not confirmed")
	for _, s := range v.Stores {
		name := plain(s.Name)
		if s.Missed != "" {
			name += " (**missed**)"
		} else if s.Rebuilt != "" {
			name += " (rebuilt from " + plain(s.Rebuilt) + ")"
		}
		t.row(name, plain(s.Kind), plain(s.Tier), s.RPO.Objective, found(s.RPO),
			s.Acknowledged, s.Lost, s.Duplicates, s.Astray, s.Unconfirmed)
	}
}

func (t *text) timeline(v *view) {
	l := v.Timeline
	if l == nil {
		return
	}
	t.heading(v.Level+1, "Timeline")
	t.line("Time is counted from %s.", v.Zero)
	if len(l.Phases) > 0 {
		t.table("Phase", "From", "Took")
		for _, p := range l.Phases {
			t.row(plain(p.Name), p.From, p.Took)
		}
	}
	if len(l.Moments) > 0 {
		t.table("When", "Done from outside")
		for _, m := range l.Moments {
			t.row(m.At, code(m.Line))
		}
	}
	if len(l.Steps) == 0 {
		return
	}
	t.line("<details>\n<summary>%s, those of the critical path in bold</summary>", plural(len(l.Steps), "step", "steps"))
	t.table("Step", "Began", "Took", "Note")
	for _, s := range l.Steps {
		title := plain(s.Title)
		if s.Critical {
			title = "**" + title + "**"
		}
		t.row(title, s.Began, s.Took, plain(s.Note))
	}
	t.line("</details>")
}

func (t *text) facts(v *view) {
	t.heading(v.Level+1, "What was found and done")
	t.b.WriteString("\n")
	for _, f := range v.Facts {
		words := make([]string, len(f.Text))
		for n, text := range f.Text {
			if words[n] = plain(text); f.Code {
				words[n] = code(text)
			}
		}
		fmt.Fprintf(&t.b, "- %s: %s\n", f.Term, strings.Join(words, "; "))
	}
	for _, n := range v.Next {
		t.line("To %s:", plain(n.Why))
		t.line("    %s", oneLine(n.Command))
	}
}

func verdict(good bool, yes, no string) string {
	if good {
		return yes
	}
	return no
}

func against(w *worst) string {
	if w == nil {
		return "–"
	}
	return fmt.Sprintf("%s of %s (%s)", found(w.Bullet), w.Bullet.Objective, plain(w.Tier))
}

// marksOfMarkdown are the letters that mean something in a line of Markdown.
var marksOfMarkdown = strings.NewReplacer(`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "|", `\|`,
	"~", `\~`, "#", `\#`, "$", `\$`, "&", "&amp;", "<", "&lt;", ">", "&gt;")

// plain writes words that mean nothing but themselves, in one line.
func plain(words string) string { return marksOfMarkdown.Replace(oneLine(words)) }

// code writes words as code. A bar would end the table's cell, so it is escaped, too, as GitHub wants it.
func code(words string) string {
	words = strings.ReplaceAll(oneLine(words), "|", `\|`)
	if words == "" {
		return ""
	}
	fence := "`"
	for strings.Contains(words, fence) {
		fence += "`"
	}
	if len(fence) > 1 {
		return fence + " " + words + " " + fence
	}
	return fence + words + fence
}

func oneLine(words string) string {
	return strings.Join(strings.FieldsFunc(words, func(r rune) bool { return r == '\n' || r == '\r' }), " ")
}
