package differential

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
)

// tally counts cases.
type tally struct{ cases, agree, known int }

func (t *tally) add(c Case) {
	t.cases++
	switch {
	case c.Agrees():
		t.agree++
	case c.Known != "":
		t.known++
	}
}

func (t tally) share() string {
	return fmt.Sprintf("%.1f %%", 100*float64(t.agree)/float64(max(t.cases, 1)))
}

// Agreement returns the share of cases in which both judges say the same.
func Agreement(cases []Case) float64 {
	var all tally
	for _, c := range cases {
		all.add(c)
	}
	return float64(all.agree) / float64(max(all.cases, 1))
}

// Report writes what was judged as a page.
func Report(cases []Case, seed uint64, version string) string {
	var all tally
	for _, c := range cases {
		all.add(c)
	}
	types := by(cases, func(c Case) string { return c.Token })
	var b strings.Builder
	fmt.Fprintf(&b, heading, version, all.cases, len(types), all.agree, all.share(), all.known,
		all.cases-all.agree-all.known, seed)
	table(&b, "How the inputs were made", "Cases", by(cases, func(c Case) string { return c.Kind }))
	table(&b, "By resource type", "Cases", types)
	disagreements(&b, cases)
	return b.String()
}

const heading = `## The simulator beside the upstream provider

The simulator (` + "`sim/provider`" + `) and the real upstream provider (terraform-provider-aws %s, which pulumi-aws
wraps) are asked the same questions without an account or a network: are these inputs accepted, and what
does this change do to the resource, nothing, an update or a replacement? Upstream answers with its validators and its
plan of a creation or a change; the simulator with its own check and diff. ` + "`make judge-aws`" + ` runs it again.

- Questions: **%d**, about %d resource types.
- Same answer: **%d** (**%s**).
- Different answers, each with a reason below: %d. Without one: %d.
- Seed of the pairs drawn at random: %d (` + "`REDOUBT_SEED`" + ` sets another).

A kind of question starts from valid inputs. *Dropped*, *misspelt* and *mistyped* say how one property is spoilt,
*out of range* gives it a value at or beyond its limits, *added* gives an optional one that was left out, *two at once*
does two of these, *changed after creation* applies to a resource that exists whatever both accept, and takes it back.
`

func by(cases []Case, key func(Case) string) map[string]*tally {
	out := map[string]*tally{}
	for _, c := range cases {
		k := key(c)
		if out[k] == nil {
			out[k] = &tally{}
		}
		out[k].add(c)
	}
	return out
}

func table(b *strings.Builder, title, column string, rows map[string]*tally) {
	fmt.Fprintf(b, "\n### %s\n\n| | %s | Same answer | Share | Different, with a reason |\n| --- | ---: | ---: | ---: | ---: |\n",
		title, column)
	for _, name := range slices.Sorted(maps.Keys(rows)) {
		t := rows[name]
		fmt.Fprintf(b, "| %s | %d | %d | %s | %d |\n", name, t.cases, t.agree, t.share(), t.known)
	}
}

// disagreements lists the reasons, each with how often and where it was met.
func disagreements(b *strings.Builder, cases []Case) {
	where := map[string]map[string]bool{}
	count := map[string]int{}
	for _, c := range cases {
		if c.Agrees() {
			continue
		}
		reason := cmp.Or(c.Known, "no reason is known")
		if where[reason] == nil {
			where[reason] = map[string]bool{}
		}
		if c.Kind != Together {
			where[reason][c.Token[strings.LastIndexByte(c.Token, ':')+1:]+" "+c.Pattern] = true
		}
		count[reason]++
	}
	b.WriteString("\n### Where the answers differ\n\n| Reason | Cases | Met at |\n| --- | ---: | --- |\n")
	reasons := slices.SortedFunc(maps.Keys(count), func(x, y string) int {
		return cmp.Or(cmp.Compare(count[y], count[x]), cmp.Compare(x, y))
	})
	for _, reason := range reasons {
		places := slices.Sorted(maps.Keys(where[reason]))
		if len(places) > 6 {
			places = append(places[:6], fmt.Sprintf("and %d more", len(places)-6))
		}
		fmt.Fprintf(b, "| %s | %d | %s |\n", reason, count[reason], strings.Join(places, ", "))
	}
}
