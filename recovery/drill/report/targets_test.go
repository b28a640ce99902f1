package report_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/recovery/drill"
	"redoubt/recovery/drill/report"
	"redoubt/witness"
)

func TestTargets_hasARowForEveryTierOfEveryDrill(t *testing.T) {
	t.Parallel()
	all := samples(t)
	want := 2
	for _, r := range all {
		want += len(r.Tiers)
		if r.Failback != nil {
			want += len(r.Failback.Tiers)
		}
	}
	text := report.Targets(all)
	lines := strings.Split(strings.TrimSpace(text), "\n")
	assert.Len(t, lines, want)
	for _, line := range lines {
		assert.Equal(t, 10, strings.Count(line, "|"), line)
	}
	assert.Contains(t, text, "**missed**")
	assert.Contains(t, text, "unknown")
	assert.NotContains(t, report.Targets([]drill.Report{{Tiers: []drill.Tier{{Name: "core"}}}}), "missed")
	assert.Contains(t, report.Known(all), "- `partition-failover`: ")
	assert.Empty(t, report.Known(nil))
}

func TestFailureModes_saysWhoWaitsAndWhatWasLost(t *testing.T) {
	t.Parallel()
	text := report.FailureModes(samples(t))
	assert.Len(t, strings.Split(strings.TrimSpace(text), "\n"), len(samples(t))+2)
	assert.Contains(t, text, " waits ")
	assert.Contains(t, text, " of writes")
	assert.Contains(t, text, ": unknown", "a log that was lost")
	assert.Contains(t, text, "`redoubt drill region-loss` (simulated)")
	idle := report.FailureModes([]drill.Report{{Scenario: "x", Kind: "simulated", Tiers: []drill.Tier{{Name: "core",
		Took: witness.Figure{Known: true}}}}})
	assert.Contains(t, idle, "| core goes on | nothing | nothing has to be done |")
}
