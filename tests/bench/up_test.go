//go:build engine

package bench

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest"
)

func TestMain(m *testing.M) { clitest.Main(m) }

// BenchmarkUp compares the first update of the primary home on the simulated
// regions with the same resource graph on a provider that does nothing: it
// answers with what it was asked for and the ids of a recorded run.
func BenchmarkUp(b *testing.B) {
	recorded := record(b)
	b.Run("simulated", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			p := clitest.New(b)
			b.StartTimer()
			p.Must(b, "sim", "up", "--stack", "primary")
		}
	})
	b.Run("nothing", func(b *testing.B) {
		for b.Loop() {
			b.StopTimer()
			p := clitest.New(b)
			answers := serve(b, recorded)
			b.StartTimer()
			answers.up(b, p)
		}
	})
}

// BenchmarkPreview previews the primary home of systems with more and more agents.
func BenchmarkPreview(b *testing.B) {
	for _, agents := range []int{10, 100, 1000} {
		b.Run(fmt.Sprintf("%d agents", agents), func(b *testing.B) {
			p := clitest.New(b)
			grow(b, p, agents)
			for b.Loop() {
				p.Must(b, "sim", "preview", "--stack", "primary")
			}
		})
	}
}

// grow gives the example system as many agents as wanted, by copies of one.
func grow(b *testing.B, p *clitest.Project, agents int) {
	b.Helper()
	path := filepath.Join(p.Dir, "system.yaml")
	text, err := os.ReadFile(path)
	require.NoError(b, err)
	var more strings.Builder
	for n := strings.Count(string(text), "\n    image:"); n < agents; n++ {
		fmt.Fprintf(&more, `
  - name: copy-%d
    tier: archive
    image: registry.example.com/atlas/copy:1.0.%d
    replicas: 3
    load: 10
    perReplica: 5
    resources: {cpuMillis: 250, memoryMiB: 512}
    port: 8090
    stores:
      - {store: transcripts, write: true}
`, n, n)
	}
	require.NoError(b, os.WriteFile(path, append(text, more.String()...), 0o644))
}
