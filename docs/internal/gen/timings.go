package main

import (
	"strings"
	"time"

	"redoubt/timings"
)

const timingsIntro = `# How long AWS takes

` + generated + `Each figure has the page that gives it and how much that page is worth: *sla* (a service level agreement), *doc* (AWS
documentation), *blog* (AWS blog or teaching material), *third-party*, *own* (a rule of this program). Neither column is a median or a percentile unless
the note says so. A dash means that the source gives no figure; it never means zero. The data is
` + "`timings/timings.yaml`" + `; code names an entry by a constant of ` + "`timings/ids.go`" + `, so an entry that is missing does not build.

| Id | Of what | Metric | Typical | Longer | Kind | Source | Note |
| --- | --- | --- | ---: | ---: | --- | --- | --- |
`

const priorsIntro = `
## Assumed distributions

Where the sources have words and no figures. Nobody measured these; what is computed from them says *assumed*.

| Id | Median | 95th percentile | Rests on | Why |
| --- | ---: | ---: | --- | --- |
`

// timingsPage is docs/timings.md.
func timingsPage() string {
	var b strings.Builder
	b.WriteString(timingsIntro)
	for _, id := range timings.IDs() {
		t := timings.Get(id)
		row(&b, code(string(id)), t.Mechanism, string(t.Metric), figure(t.Typical()), figure(t.Max()), string(t.Kind), source(t.Source), t.Note)
	}
	b.WriteString(priorsIntro)
	for _, id := range timings.PriorIDs() {
		p := timings.Prior(id)
		var on []string
		for _, g := range p.GroundedOn {
			on = append(on, string(g))
		}
		row(&b, code(string(id)), timings.Short(p.P50), timings.Short(p.P95), codes(on...), p.Note)
	}
	return b.String()
}

func figure(d time.Duration, known bool) string {
	if !known {
		return ""
	}
	return timings.Short(d)
}
