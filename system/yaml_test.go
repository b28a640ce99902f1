package system_test

import (
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
)

func TestParse_sharesTextByAliasAndMerge(t *testing.T) {
	t.Parallel()
	text := changed(t,
		"    resources: {cpuMillis: 500, memoryMiB: 512}\n    port: 8080",
		"    resources: &small {cpuMillis: 500, memoryMiB: 512}\n    port: 8080",
		"    resources: {cpuMillis: 500, memoryMiB: 512}\n    port: 9090",
		"    resources: {<<: *small, memoryMiB: 1024}\n    port: 9090",
		"needs: [big]", "needs: &needs [big]", "needs: [web]", "needs: *needs")
	sys, err := system.Parse("system.yaml", []byte(text))
	require.NoError(t, err)
	back, _ := sys.Agent("back")
	assert.Equal(t, system.Resources{CPUMillis: 500, MemoryMiB: 1024}, back.Resources)
	assert.Equal(t, []string{"big"}, back.Needs)
}

// Of several merged mappings the first wins, and the mapping itself over all.
func TestParse_mergesInOrder(t *testing.T) {
	t.Parallel()
	text := changed(t,
		"    objectives:\n      zone: {rto: 2m, rpo: 0s, availability: 0.999}",
		"    objectives:\n      zone: &a {rto: 2m, rpo: 0s, availability: 0.999}",
		"      region: {rto: 5m, rpo: 5s}", "      region: &b {rto: 5m, rpo: 5s}",
		"      dependency: {rto: 2m, rpo: 0s}", "      dependency: {<<: [*b, *a], rpo: 1s}")
	sys, err := system.Parse("system.yaml", []byte(text))
	require.NoError(t, err)
	assert.Equal(t, system.Objective{RTO: 5 * time.Minute, RPO: time.Second, Availability: 0.999},
		sys.Tiers[0].Objectives[system.DependencyLoss])
}

// A fault in shared text is one fault, where the text is.
func TestParse_reportsSharedTextOnce(t *testing.T) {
	t.Parallel()
	text, line, col := markedPlace(t, changed(t,
		"needs: [big]", "needs: [big]\n    stores: &uses\n      - {§shop: notes}",
		"    stores:\n      - {store: notes, write: true}\n", "",
		"    stores:\n      - {store: ledger, write: true}\n      - {store: jobs}\n      - {store: hot, write: true}\n",
		"    stores: *uses\n"))
	var unknown []system.Fault
	for _, f := range faultsOf(t, text) {
		if strings.Contains(f.Cause, `unknown key "shop"`) {
			unknown = append(unknown, f)
		}
	}
	require.Len(t, unknown, 2, "each agent names itself")
	for _, f := range unknown {
		assert.Equal(t, []int{line, col}, []int{f.Line, f.Col})
	}
}

func TestParse_mergeFaults(t *testing.T) {
	t.Parallel()
	const old = "resources: {cpuMillis: 500, memoryMiB: 512}\n    port: 8080"
	checkEdits(t, []edit{
		{
			"text", old, "resources: {<<: §small, cpuMillis: 1, memoryMiB: 1}\n    port: 8080",
			`a merge takes the text "small"`, "<<: *shared",
		},
		{
			"list in list", old, "resources: {<<: [§[]], cpuMillis: 1, memoryMiB: 1}\n    port: 8080",
			"a merge list holds a list", "",
		},
		{
			"number in list", old, "resources: {<<: [§7], cpuMillis: 1, memoryMiB: 1}\n    port: 8080",
			"a merge takes the number 7", "",
		},
		{
			"key of a merged mapping", "resources: {cpuMillis: 500, memoryMiB: 512}\n    port: 8080",
			"resources: &r {cpuMillis: 500, memoryMiB: 512, §disk: 1}\n    port: 8080", `unknown key "disk"`, "",
		},
	})
}

// A mapping that merges itself is no endless loop.
func TestParse_endsWithSelfReference(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"name: &a [*a]\n",
		"tiers: &a\n  - *a\n",
		"tiers:\n  - &t\n    name: x\n    <<: *t\n",
		"&a name: demo\n<<: &m {<<: [*m, *m]}\n",
	} {
		assert.NotEmpty(t, faultsOf(t, text), text)
	}
}

// Merges that double at each step are resolved once each.
func TestParse_endsWithDoublingMerges(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("m0: &m0 {a: 1}\n")
	for i := 1; i < 200; i++ {
		before := "m" + strings.Repeat("x", i-1)
		if i == 1 {
			before = "m0"
		}
		name := "m" + strings.Repeat("x", i)
		b.WriteString(name + ": &" + name + " {<<: [*" + before + ", *" + before + "]}\n")
	}
	b.WriteString("<<: *m" + strings.Repeat("x", 199) + "\n")
	assert.NotEmpty(t, faultsOf(t, b.String()))
}

func TestParse_refusesWhatIsNoSystem(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ name, text, want string }{
		{"nothing", "", "system.yaml:1:1: file declares nothing (hint: declare name, domain, tiers, stores and agents)"},
		{"blank lines", "\n\n  \n", "system.yaml:1:1: file declares nothing"},
		{"comments", "# nothing yet\n", "system.yaml:1:1: file declares nothing"},
		{"an empty document", "---\n", "system.yaml:1:1: file declares nothing"},
		{"null", "null\n", "system.yaml:1:1: file declares nothing"},
		{"a list", "- name: demo\n", "system.yaml:1:1: system is a list, want a mapping"},
		{"text", "hello\n", `system.yaml:1:1: system is the text "hello", want a mapping`},
		{"bytes", "name: \xff\xfe\n", "system.yaml:1:7: not a text file: this byte is not UTF-8"},
		{"a picture", "\x89PNG\r\n\x1a\n", "system.yaml:1:1: not a text file"},
		{"control characters", "name: a\x01b\n", "system.yaml:1:8: not YAML: control characters are not allowed"},
		{"an open quote", "name: demo\ndomain: \"demo\ntiers: []\n", "not YAML: found unexpected end of stream"},
		{"an open bracket", "name: demo\ntiers: [a, b\n", "not YAML: did not find expected ',' or ']'"},
		{
			"a tab", "name: demo\ntiers:\n\t- name: fast\n",
			"system.yaml:3:1: not YAML: found character that cannot start any token",
		},
		{"no colon", "name: demo\ndomain demo\ntiers: []\n", "system.yaml:3:1: not YAML: could not find expected ':'"},
		{
			"an unknown anchor", "name: demo\ndomain: *nowhere\n",
			"system.yaml:2:9: not YAML: unknown anchor 'nowhere' referenced " +
				"(hint: mark the value that is meant with &nowhere, before this line)",
		},
		{"too large a file", strings.Repeat("# a comment\n", 400000), "file has 4800000 bytes, want at most 4194304"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			faults := faultsOf(t, test.text)
			require.Len(t, faults, 1, "%v", faults)
			assert.Contains(t, faults[0].String(), test.want)
		})
	}
}

// A slip of indentation is found where it is, not where the block began.
func TestParse_findsTheLineOfASlip(t *testing.T) {
	t.Parallel()
	text, line, _ := markedPlace(t, changed(t, "    sizeGiB: 500\n", "  §  sizeGiB: 500\n     retain: x\n"))
	faults := faultsOf(t, text)
	require.Len(t, faults, 1)
	assert.InDelta(t, line+1, faults[0].Line, 1, "%v", faults[0])
}

func TestParse_refusesASecondDocument(t *testing.T) {
	t.Parallel()
	small, err := os.ReadFile("testdata/small.yaml")
	require.NoError(t, err)
	text, line, col := markedPlace(t, "---\n"+string(small)+"§---\nname: other\n")
	faults := faultsOf(t, text)
	require.Len(t, faults, 1)
	assert.Contains(t, faults[0].Cause, "a second document begins here")
	assert.Equal(t, []int{line, col}, []int{faults[0].Line, faults[0].Col})
}

func TestParse_readsDurations(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]time.Duration{
		"30s": 30 * time.Second, "15m": 15 * time.Minute, "1h30m": 90 * time.Minute, "1d": 24 * time.Hour,
		"1d12h": 36 * time.Hour, "20m30s": 20*time.Minute + 30*time.Second, `"4h"`: 4 * time.Hour,
	} {
		sys, err := system.Parse("system.yaml", []byte(changed(t, "dependency: {rto: 2m", "dependency: {rto: "+text)))
		require.NoError(t, err, text)
		assert.Equal(t, want, sys.Tiers[0].Objectives[system.DependencyLoss].RTO, text)
	}
	for _, text := range []string{"1.5d", "d", "-1d", "1d-2h", "1w", "999999d", "106751d24h", "1 h", "9999999h", "h"} {
		faults := faultsOf(t, changed(t, "dependency: {rto: 2m", "dependency: {rto: "+text))
		assert.Contains(t, faults[0].Cause, "want a duration", text)
	}
}
