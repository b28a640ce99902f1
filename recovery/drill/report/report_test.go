package report_test

import (
	"encoding/json"
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/drill"
	"redoubt/recovery/drill/report"
	"redoubt/recovery/plan"
	"redoubt/witness"
)

var update = flag.Bool("update", false, "rewrite the golden files in testdata")

// sampleNames are the reports in testdata: a region that is lost, one lost with a queue that has no ledger, the way
// back, a restore of hours, losses that nobody can tell, a process killed on one machine, and a miss that is known.
var sampleNames = []string{"region-loss", "lost-queue", "failback", "tasks-corrupt", "log-lost", "writer-killed",
	"partition-failover"}

func sample(t *testing.T, name string) drill.Report {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("testdata", name+".json"))
	require.NoError(t, err)
	d := json.NewDecoder(strings.NewReader(string(raw)))
	d.DisallowUnknownFields()
	var r drill.Report
	require.NoError(t, d.Decode(&r), name)
	return r
}

func samples(t *testing.T) []drill.Report {
	t.Helper()
	var out []drill.Report
	for _, name := range sampleNames {
		out = append(out, sample(t, name))
	}
	return out
}

// golden compares with a file of testdata, or rewrites it.
func golden(t *testing.T, file, got string) {
	t.Helper()
	file = filepath.Join("testdata", file)
	if *update {
		require.NoError(t, os.WriteFile(file, []byte(got), 0o600))
	}
	want, err := os.ReadFile(file)
	require.NoError(t, err)
	assert.Equal(t, string(want), got, "%s is another now; -update rewrites it", file)
}

func TestMarkdown_isAsTheFiles(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"region-loss", "log-lost", "failback", "writer-killed"} {
		golden(t, name+".md", report.Markdown(sample(t, name)))
	}
	overview, first, _ := strings.Cut(report.MarkdownOfAll(samples(t)), "\n## ")
	golden(t, "overview.md", overview)
	assert.Contains(t, first, "\n### Objective and result\n", "each drill stands below the table")
}

func TestMarkdown_saysNothingThatAReportDoesNotSay(t *testing.T) {
	t.Parallel()
	r := drill.Report{Title: "a | b\n# c <script>alert(1)</script>", Plan: drill.Plan{Hash: "x`|`y"},
		Tiers: []drill.Tier{{Name: "*bold*|"}}}
	text := report.Markdown(r)
	assert.Contains(t, text, `# a \| b \# c &lt;script&gt;alert(1)&lt;/script&gt;`)
	assert.Contains(t, text, "- Plan's hash: `` x`\\|`y ``")
	assert.Contains(t, text, `| \*bold\*\| | 0 s |`)
	assert.NotContains(t, text, "<script")
}

// TestReport_neverCallsAKnownMissMet holds the third verdict: it passes, and still says what was missed and why.
func TestReport_neverCallsAKnownMissMet(t *testing.T) {
	t.Parallel()
	r := sample(t, "partition-failover")
	require.True(t, r.Passed())
	text := report.Markdown(r)
	assert.Contains(t, text, "**Passed, with a known miss.** 1 expectation did not hold.")
	assert.Contains(t, text, "That is known: two homes that are cut from each other cannot be both safe and available")
	assert.Contains(t, text, "| **4 min 3 s ± 1 s** | simulated | **missed**; tasks: 243 marks")
	all := report.MarkdownOfAll([]drill.Report{r, sample(t, "region-loss")})
	assert.Contains(t, all, "2 drills: 1 passed and 1 passed with a known miss.")
	r.Accepted = ""
	assert.Contains(t, report.Markdown(r), "**Failed.**")
}

func TestMarkdown_needsNoStepAndNoStore(t *testing.T) {
	t.Parallel()
	text := report.Markdown(drill.Report{Title: "Nothing", Wrong: []string{"no plan was made"}})
	assert.Contains(t, text, "**Failed.** 1 expectation did not hold.\n\n- no plan was made\n")
	assert.NotContains(t, text, "Timeline")
	assert.NotContains(t, text, "|")
}

func TestJSON_readsBackAsTheSame(t *testing.T) {
	t.Parallel()
	for _, r := range samples(t) {
		raw, err := report.JSON(r)
		require.NoError(t, err)
		var got drill.Report
		require.NoError(t, json.Unmarshal(raw, &got))
		again, err := report.JSON(got)
		require.NoError(t, err)
		assert.Equal(t, string(raw), string(again))
		assert.Equal(t, r.Passed(), got.Passed())
	}
	raw, err := report.JSONOfAll(nil)
	require.NoError(t, err)
	assert.Equal(t, "[]\n", string(raw))
}

func TestIncidents_isATableOfWhatBecameOfTheSystem(t *testing.T) {
	t.Parallel()
	passed, failed, known := sample(t, "region-loss"), sample(t, "log-lost"), sample(t, "partition-failover")
	stopped := drill.Report{Found: "nothing is wrong that can be seen from outside", Wrong: []string{"nothing was done"}}
	golden(t, "incidents.md", report.Incidents([]report.Incident{
		{ID: "use1-2025-10-20-ddb", Date: "2025-10-20", Source: "https://aws.amazon.com/message/101925/",
			What: "DynamoDB's names led nowhere", Report: passed},
		{ID: "apne1-2019-08-23", Date: "2019-08-23", What: "one zone overheated | slowly", Report: failed},
		{ID: "use1-2020-11-25", Date: "2020-11-25", Source: "https://example.com/a(b)", Report: stopped},
		{ID: "cut-line", Date: "some day", What: "regions were cut from each other", Report: known},
	}))
}

// TestOverview_showsTheTierThatCameClosest checks that what is unknown is worse than any figure, and a share of an
// objective worse than a longer time of a larger one.
func TestOverview_showsTheTierThatCameClosest(t *testing.T) {
	t.Parallel()
	known := func(d time.Duration) witness.Figure {
		return witness.Figure{Value: d, Margin: time.Second, Kind: witness.Simulated, Known: true}
	}
	tier := func(name string, rto, took time.Duration) drill.Tier {
		return drill.Tier{Name: name, RTO: plan.Duration(rto), RPO: plan.Duration(time.Minute), Took: known(took)}
	}
	r := drill.Report{Title: "One", Tiers: []drill.Tier{
		tier("wide", time.Hour, 20*time.Minute), tier("tight", 10*time.Minute, 9*time.Minute)}}
	r.Tiers[0].Lost, r.Tiers[1].Lost = witness.Figure{}, known(time.Hour)
	text := report.MarkdownOfAll([]drill.Report{r})
	assert.Contains(t, text, "| 9 min ± 1 s of 10 min (tight) | **unknown** of 1 min (wide) |")
	assert.Contains(t, report.MarkdownOfAll(nil), "There was no drill.")
}
