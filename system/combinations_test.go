package system_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
)

// Faults that take more than one change to the small system.
func TestParse_combinations(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		changes []string // old, new, old, new, ...
		cause   string
	}{
		{
			"missing objective",
			[]string{"      data: {rto: 4h, rpo: 10m}\n", "", "zone: {rto: 2m, rpo: 0s, av", "§zone: {rto: 2m, rpo: 0s, av"},
			`tier "fast" has no objective for data`,
		},
		{
			"dependency twice", []string{"  - name: web", "  - name: §little", "needs: [web]", "needs: [little]"},
			`"little" is already declared on line 48`,
		},
		{
			"agent twice",
			[]string{"  - name: back", "  - name: §front", "calls: [back]", "calls: []"},
			`agent "front" is already declared on line 56`,
		},
		{
			"tier twice",
			[]string{"  - name: solid", "  - name: §fast", "stores:\n", anotherTier("solid") + "stores:\n"},
			`tier "fast" is already declared on line 4`,
		},
		{
			"a table of Redoubt's own",
			[]string{"  - name: notes", "  - name: §idempotency", "store: notes", "store: idempotency"},
			`table name "idempotency" is taken`,
		},
		{
			"a table called like a ledger",
			[]string{"  - name: notes", "  - name: §jobs-ledger", "store: notes", "store: jobs-ledger"},
			`table name "jobs-ledger" is taken by the work ledger of store "jobs"`,
		},
		{
			"dead-letter queue",
			[]string{
				"- name: jobs", "- name: §jobs-dlq", "store: jobs", "store: jobs-dlq",
				"consumes: jobs", "consumes: jobs-dlq",
			},
			"names the dead-letter queue of another",
		},
		{
			"no size", []string{"    sizeGiB: 500\n", "", "- name: files", "- §name: files"},
			`store "files" has no sizeGiB`,
		},
		{
			"cache that loses", []string{"    rebuildFrom: ledger\n", "", "- name: hot", "- §name: hot"},
			"neither snapshots nor a store",
		},
		{
			"cache without a place in the other home",
			[]string{"stores:\n", strings.Replace(anotherTier("cold"), "warm-standby", "backup-restore", 1) + "stores:\n",
				"    kind: cache\n    tier: solid", "    kind: cache\n    tier: §cold"},
			`"hot" is a cache in tier "cold", whose strategy backup-restore keeps no cache in the other home`,
		},
		{
			"backup of a queue", []string{"kind: queue", "kind: queue\n    retention: {dailyDays: §7}"},
			"no backup of this frequency",
		},
		{
			"fallback on the same host",
			[]string{
				"host: little.example", "host: big.example", "[little]", "[§little]",
				"fallbacks: [big]\n", "fallbacks: []\n", "needs: [big]", "needs: []",
			},
			`falls back to "little" on the same host big.example`,
		},
		{
			"model without fallback", []string{"    fallbacks: [little]\n", "", "needs: [big]", "needs: [§big]"},
			`critical tier "fast" needs model "big", which has no fallback`,
		},
		{
			"public without port",
			[]string{"    port: 8080\n", "", "- name: front", "- §name: front"},
			`agent "front" is public and has no port`,
		},
		{
			"called without port", []string{"    port: 9090\n", "", "- name: back", "- §name: back"},
			`agent "back" is called by "front" and has no port`,
		},
		{
			"nobody is public", []string{"    public: true\n", "", "  - name: front", "  §- name: front"},
			"no agent is public",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			text, line, col := markedPlace(t, changed(t, test.changes...))
			faults := faultsOf(t, text)
			assert.Contains(t, faults[0].Cause, test.cause)
			assert.Equal(t, []int{line, col}, []int{faults[0].Line, faults[0].Col}, "place of %v", faults[0])
			assert.Len(t, faults, 1, "%v", faults)
		})
	}
}
