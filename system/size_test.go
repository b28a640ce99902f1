package system_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/system"
)

// withAgents is the small system with n more agents, each of which calls the
// one before it.
func withAgents(t testing.TB, small string, n int) []byte {
	t.Helper()
	var b strings.Builder
	b.WriteString(small)
	for i := range n {
		name := fmt.Sprintf("agent-%04d", i)
		fmt.Fprintf(&b, `  # One of many agents, with a comment of the usual length in front of it.
  - name: %s
    tier: solid
    image: registry.example.com/demo/%s:1.0.0
    replicas: 3
    load: 10
    perReplica: 10
    resources: {cpuMillis: 500, memoryMiB: 512}
    port: 8080
    stores:
      - {store: ledger, write: true}
      - {store: jobs}
      - {store: files, write: true}
    calls: [front]
    needs: [big, web]
    consumes: jobs
    degradation:
      - {level: full}
      - {level: reduced, off: [search, second-opinion], fallback: little}
      - {level: essential, off: [search, second-opinion, long-tasks], fallback: little}
`, name, name)
	}
	return []byte(b.String())
}

func TestParse_takesAThousandAgents(t *testing.T) {
	t.Parallel()
	text := withAgents(t, changed(t), 1000)
	require.Less(t, len(text), 1<<20, "a quarter of what is read")
	sys, err := system.Parse("system.yaml", text)
	require.NoError(t, err, "%d bytes", len(text))
	require.Len(t, sys.Agents, 1002)
}

func BenchmarkParse(b *testing.B) {
	small := changed(b)
	for _, agents := range []int{10, 100, 1000} {
		text := withAgents(b, small, agents)
		b.Run(fmt.Sprintf("agents=%d", agents), func(b *testing.B) {
			for b.Loop() {
				_, err := system.Parse("system.yaml", text)
				require.NoError(b, err)
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/float64(b.N*agents), "µs/agent")
		})
	}
}
