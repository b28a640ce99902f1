package report_test

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/drill"
	"redoubt/recovery/drill/report"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/witness"
)

// chaos makes reports that no drill would write: what a page must stand.
type chaos struct{ *rand.Rand }

func pick[T any](c chaos, from ...T) T { return from[c.IntN(len(from))] }

func (c chaos) word() string {
	return pick(c, "", "tasks", `<script>alert("x")</script>`, `"><img src=x onerror=alert(1)>`, `' onload='x`,
		"</style></title>", "a|b`c`*d*_e_", "--><!--", "{{.Title}}", "javascript:alert(1)", "\x00\u202e\ufffd",
		"zwei\nZeilen\r\n\tund mehr", "数据库", "🙂", "&amp;&lt;", "]]>",
		strings.Repeat("averylongnamewithoutanyspace", 1+c.IntN(40)), strings.Repeat("many words ", 1+c.IntN(200)))
}

func (c chaos) time() time.Time {
	base := time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)
	return pick(c, time.Time{}, base, base.Add(time.Duration(c.Int64N(int64(time.Hour)))),
		base.Add(-time.Duration(c.Int64N(1e12))), base.Add(time.Duration(c.IntN(1000))*time.Millisecond),
		time.Date(1+c.IntN(9998), 1, 1, 0, 0, 0, 0, time.UTC))
}

func (c chaos) duration() time.Duration {
	return pick(c, 0, time.Duration(c.Int64N(1e9)), time.Duration(c.Int64N(1e13)), -time.Duration(c.Int64N(1e10)),
		math.MaxInt64, math.MinInt64)
}

func (c chaos) figure() witness.Figure {
	return witness.Figure{Value: c.duration(), Margin: c.duration(), Kind: witness.Kind(c.word()), Known: c.IntN(3) > 0}
}

func (c chaos) home() system.Home {
	return pick(c, system.Primary, system.Secondary, system.Home(c.word()))
}

func many[T any](c chaos, most int, one func() T) []T {
	out := make([]T, c.IntN(most+1))
	for n := range out {
		out[n] = one()
	}
	return out
}

func (c chaos) step() drill.Step {
	return drill.Step{
		ID: c.word(), Title: c.word(), Began: c.time(), Ended: c.time(), Why: c.word(), Critical: c.IntN(2) == 0,
		Outcome:   pick(c, string(plan.Failed), string(plan.Performed), string(plan.AlreadyDone), c.word()),
		OnFailure: pick(c, plan.Stop, plan.Continue, plan.Report, ""),
	}
}

func (c chaos) tier() drill.Tier {
	return drill.Tier{Name: c.word(), Strategy: c.word(), Critical: c.IntN(2) == 0, RTO: plan.Duration(c.duration()),
		RPO: plan.Duration(c.duration()), Took: c.figure(), Lost: c.figure(), Missed: many(c, 2, c.word),
		Outages: many(c, 4, func() witness.Outage { return witness.Outage{From: c.time(), To: c.time()} })}
}

func (c chaos) store() drill.Store {
	return drill.Store{
		Name: c.word(), Kind: system.StoreKind(c.word()), Tier: c.word(), Objective: plan.Duration(c.duration()),
		Missed: c.word(), Rebuilt: c.word(),
		Loss: witness.Loss{Known: c.IntN(2) == 0, Acknowledged: c.Int(), Lost: c.IntN(100) - 50, RPO: c.figure()},
		Spans: many(c, 5, func() drill.Span {
			return drill.Span{From: c.time(), To: c.time(), Home: c.home(), Marks: c.Int64N(9) - 2, Lost: c.Int64N(9) - 2}
		}),
	}
}

func (c chaos) report(depth int) drill.Report {
	r := drill.Report{
		System: c.word(), Scenario: c.word(), Title: c.word(), Disruption: system.Disruption(c.word()),
		Kind: witness.Kind(c.word()), Seed: c.Uint64(), Active: c.home(), Receiving: c.home(),
		Lost: c.time(), Found: c.word(),
		Regions: map[system.Home]string{system.Primary: c.word()},
		Phases:  many(c, 8, func() drill.Phase { return drill.Phase{Name: c.word(), From: c.time(), To: c.time()} }),
		Moments: many(c, 12, func() drill.Moment { return drill.Moment{At: c.time(), Line: c.word()} }),
		Plan: drill.Plan{Title: c.word(), Hash: c.word(), Outcome: c.word(), Why: c.word(),
			Aside: map[string]string{c.word(): c.word()}, Steps: many(c, 20, c.step)},
		Tiers: many(c, 4, c.tier), Stores: many(c, 6, c.store), Wrong: many(c, 3, c.word), Accepted: c.word(),
		Unseen:   many(c, 3, c.word),
		Decision: drill.Decision{P50: plan.Duration(c.duration()), P95: plan.Duration(c.duration()), Source: c.word()},
		Next:     many(c, 2, func() drill.Next { return drill.Next{Why: c.word(), Command: c.word()} }),
	}
	if depth > 0 && c.IntN(3) == 0 {
		back := c.report(depth - 1)
		r.Failback = &back
	}
	return r
}

// TestReport_standsAnyReport writes reports with hostile words, impossible times and huge durations: the page holds
// all its promises, and no word of a report becomes an element.
func TestReport_standsAnyReport(t *testing.T) {
	t.Parallel()
	for seed := range uint64(60) {
		c := chaos{rand.New(rand.NewPCG(seed, 1))}
		r := c.report(1)
		if !t.Run("", func(t *testing.T) {
			page, err := report.HTML(r)
			require.NoError(t, err)
			read(t, page)
			page, err = report.HTMLOfAll([]drill.Report{r, c.report(0)})
			require.NoError(t, err)
			read(t, page)
			for _, text := range []string{report.Markdown(r), report.Incidents([]report.Incident{{ID: r.Title, Report: r}})} {
				assert.NotContains(t, outsideCode(text), "<script")
				assert.NotContains(t, outsideCode(text), "<img")
			}
		}) {
			t.Fatalf("seed %d", seed)
		}
	}
}

// outsideCode is Markdown without its code, in which every letter means itself.
func outsideCode(text string) string {
	var out strings.Builder
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "    ") {
			continue
		}
		for line != "" {
			before, rest, found := cutFence(line)
			out.WriteString(before)
			if line = ""; found {
				line = rest
			}
		}
	}
	return out.String()
}

// cutFence cuts a line around its first code.
func cutFence(line string) (before, after string, found bool) {
	from := 0
	for from < len(line) && (line[from] != '`' || from > 0 && line[from-1] == '\\') {
		from++
	}
	n := len(line[from:]) - len(strings.TrimLeft(line[from:], "`"))
	fence := line[from : from+n]
	for at := from + n; n > 0; {
		next := strings.Index(line[at:], fence)
		if next < 0 {
			break
		}
		at += next
		length := len(line[at:]) - len(strings.TrimLeft(line[at:], "`"))
		if length == n {
			return line[:from], line[at+n:], true
		}
		at += length
	}
	return line, "", false
}
