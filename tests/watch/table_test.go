package watch

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/alarms"
	"redoubt/system"
	"redoubt/timings"
	"redoubt/watch"
	"redoubt/watch/judge"
)

//go:generate go test . -run TestFailures -update

var update = flag.Bool("update", false, "write docs/watch-simulated.md again")

// page is what is generated from the failures.
var page = filepath.Join("..", "..", "docs", "watch-simulated.md")

// row is what came of one failure.
type row struct {
	failure
	alarm watch.Alarm
	// took is from the failure to the alarm, told to the page; zero for a ticket, which is told with the alarm.
	took, told time.Duration
	// pages are how many composites paged in both homes, and tickets how many tickets were told.
	pages, tickets int
}

// TestFailures lets every kind of failure happen, one in homes of its own each, and holds the alarm that is meant for
// it to its stated time, its home, its severity and its section of the runbook.
func TestFailures(t *testing.T) {
	all := failures()
	require.GreaterOrEqual(t, len(all), 25)
	rows := make([]row, len(all))
	var wait sync.WaitGroup
	for n, f := range all {
		wait.Add(1)
		t.Run(f.what, func(t *testing.T) {
			t.Parallel()
			t.Cleanup(wait.Done)
			rows[n] = happens(t, f)
		})
	}
	t.Cleanup(func() {
		wait.Wait()
		if !t.Failed() {
			fresh(t, rows)
		}
	})
}

// happens lets one failure happen and returns what came of it.
func happens(t *testing.T, f failure) row {
	t.Helper()
	r := begin(t, f.past)
	a, known := r.Catalogue(f.home).Alarm(f.part)
	require.True(t, known, "%s is an alarm of the %s home", f.part, f.home)
	out := row{failure: f, alarm: a}
	if f.aged == 0 { // what lasts already does so from the beginning
		require.NoError(t, r.Pass(warm(a)+f.later, nil))
		require.Empty(t, quiet(r), "nothing is wrong yet")
	}
	if f.before != nil {
		require.NoError(t, f.before(r))
	}
	broke := r.World.Now()
	for _, line := range f.lines {
		require.NoError(t, r.Break(line))
	}
	for _, b := range f.bends {
		r.Bend(b)
	}
	if f.act != nil {
		require.NoError(t, f.act(r))
	}
	limit := a.Within
	if f.page != "" {
		limit += composite(r, f).Wait + 5*time.Minute // the page may come after the alarm
	}
	until := func() bool {
		return first(r, f.home, f.part, judge.InAlarm) != nil && (f.page == "" || tells(r, f.home, f.page) != nil)
	}
	if !until() {
		require.NoError(t, r.Pass(limit+10*time.Minute, until))
	}
	fired := first(r, f.home, f.part, judge.InAlarm)
	require.NotNil(t, fired, "%s goes off in the %s home; in alarm: %v", f.part, f.home, r.Firing(f.home))
	out.took = fired.At.Sub(broke) + f.aged
	assert.LessOrEqual(t, out.took, a.Within, "%s within what is stated: %s", f.part, a.WithinWhy)
	assert.NotEmpty(t, watch.Guides()[a.Concern].Do, "the runbook says what to do")
	severity := a.Severity
	if f.page != "" {
		severity = composite(r, f).Severity
		told := tells(r, f.home, f.page)
		require.NotNil(t, told, "%s pages", f.page)
		out.told = told.At.Sub(broke) + f.aged
		assert.LessOrEqual(t, out.told, limit)
	}
	assert.Equal(t, f.severity, severity)
	require.NoError(t, r.Pass(20*time.Minute, nil))
	out.pages, out.tickets = count(r, f.home, broke)
	if f.page != "" && !f.again {
		once(t, r, f)
	}
	return out
}

// once holds that an incident pages once: the loss of a home by one page, and everything else by one a tier at most.
func once(t *testing.T, r *alarms.Regions, f failure) {
	t.Helper()
	all := pages(r)
	seen := map[string]int{}
	for _, e := range r.Told {
		if e.Home == f.home && e.Tells && e.Severity == watch.Page {
			seen[e.Part]++
		}
	}
	if f.page == watch.LostPart {
		assert.Equal(t, map[string]int{watch.LostPart: 1}, seen, "the loss of a home is one page: %v", all)
	}
	for part, n := range seen {
		assert.Equal(t, 1, n, "%s pages once: %v", part, all)
	}
}

// warm is how long everything is well before the failure: what is unusual must be known first.
func warm(a watch.Alarm) time.Duration {
	if a.Comparison == watch.AboveBand {
		return 20*a.Period + time.Hour
	}
	return alarms.Warm + 35*time.Minute
}

// quiet are the alarms that went off.
func quiet(r *alarms.Regions) (out []string) {
	for _, e := range r.Told {
		if e.To == judge.InAlarm || e.Tells {
			out = append(out, string(e.Home)+" "+e.Part)
		}
	}
	return out
}

func composite(r *alarms.Regions, f failure) watch.Composite {
	all := r.Catalogue(f.home).Composites
	n := slices.IndexFunc(all, func(c watch.Composite) bool { return c.Part == f.page })
	if n < 0 {
		return watch.Composite{}
	}
	return all[n]
}

func first(r *alarms.Regions, home system.Home, part string, to judge.State) *alarms.Told {
	for n, e := range r.Told {
		if e.Home == home && e.Part == part && e.To == to {
			return &r.Told[n]
		}
	}
	return nil
}

func tells(r *alarms.Regions, home system.Home, part string) *alarms.Told {
	for n, e := range r.Told {
		if e.Home == home && e.Part == part && e.Tells {
			return &r.Told[n]
		}
	}
	return nil
}

// count is how many pages and tickets a home has told since then.
func count(r *alarms.Regions, home system.Home, since time.Time) (paged, tickets int) {
	for _, e := range r.Told {
		switch {
		case e.Home != home || !e.Tells || e.At.Before(since):
		case e.Severity == watch.Page:
			paged++
		default:
			tickets++
		}
	}
	return paged, tickets
}

func pages(r *alarms.Regions) (out []string) {
	for _, e := range r.Told {
		if e.Tells && e.Severity == watch.Page {
			out = append(out, fmt.Sprintf("%s %s %s", e.At.Format(time.TimeOnly), e.Home, e.Part))
		}
	}
	return out
}

const intro = `# Failures and their alarms, simulated

<!-- Generated by tests/watch. Do not edit: go generate ./tests/watch writes it again. -->

Each failure was let happen in simulated homes of its own, of which the primary serves. *Injected as* is a line of the
[fault language](simulator.md#faults), or, in words, values that the simulated regions do not know and that were put into
a metric instead (*assumed*: that AWS or the prober would publish them). *Goes off* is the alarm that is meant for it,
in the home where it lives; *after* is the virtual time that it took (*simulated*), and *at most* what the
[catalogue](watch.md) states. Where pages are told, the composite follows with the time until it paged: it waits for
two minutes whether the other home is lost. *Told* counts what one home told within 20 minutes of it: pages, tickets.

| Failure | Injected as | Goes off | In | After | At most | Severity | Pages through | Told |
| --- | --- | --- | --- | --- | --- | --- | --- | --- |
`

// fresh holds the page to the rows, or writes it.
func fresh(t *testing.T, rows []row) {
	t.Helper()
	var b strings.Builder
	b.WriteString(intro)
	for _, r := range rows {
		how := "values in a metric"
		if len(r.lines) > 0 {
			how = "`" + strings.Join(r.lines, "`, `") + "`"
		} else if r.aged > 0 {
			how = "time passes"
		} else if r.act != nil {
			how = "calls, values and faults of the test"
		}
		through := ""
		if r.page != "" {
			through = fmt.Sprintf("`%s` after %s", r.page, timings.Short(r.told))
		}
		fmt.Fprintf(&b, "| %s | %s | [`%s`](watch.md#%s) | %s | %s | %s | %s | %s | %d, %d |\n", r.what, how, r.part, r.alarm.Concern,
			r.home, timings.Short(r.took), timings.Short(r.alarm.Within.Round(time.Second)), r.severity, through, r.pages, r.tickets)
	}
	if *update {
		require.NoError(t, os.WriteFile(page, []byte(b.String()), 0o644))
		return
	}
	old, err := os.ReadFile(page)
	require.NoError(t, err)
	assert.Equal(t, string(old), b.String(), "run: go generate ./tests/watch")
}
