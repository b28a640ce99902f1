//go:build apps

package kube

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// says expects a figure on the page about what was judged here.
func says(t *testing.T, format string, args ...any) {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "docs", "judged-kubernetes.md"))
	require.NoError(t, err)
	want := fmt.Sprintf(format, args...)
	assert.Contains(t, strings.Join(strings.Fields(string(page)), " "), want, "docs/judged-kubernetes.md is stale")
}

// page holds the page's table of stages against what was seen: each stage has a row,
// no critical agent had fewer replicas than it says, and that is enough for its declared load.
func (h *home) page(t *testing.T) {
	t.Helper()
	rows, seen := stages(t), map[string]bool{start: true}
	for _, s := range h.watch.samples {
		if seen[s.stage] {
			continue
		}
		seen[s.stage] = true
		for _, a := range h.sys.Agents {
			tier, _ := h.sys.Tier(a.Tier)
			says, err := strconv.Atoi(rows[s.stage][a.Name])
			if !tier.Critical {
				continue
			}
			least := h.watch.lowest(s.stage, a.Name)
			assert.NoError(t, err, "docs/judged-kubernetes.md says nothing of %s in %q, it had %d", a.Name, s.stage, least)
			assert.GreaterOrEqual(t, least, says, "docs/judged-kubernetes.md: %s in %q", a.Name, s.stage)
			assert.GreaterOrEqual(t, says, needed(a), "docs/judged-kubernetes.md: %s in %q", a.Name, s.stage)
		}
	}
}

// stages reads the page's table whose first column is the stage: its cells by stage and agent.
func stages(t *testing.T) map[string]map[string]string {
	t.Helper()
	page, err := os.ReadFile(filepath.Join(root, "docs", "judged-kubernetes.md"))
	require.NoError(t, err)
	out, head := map[string]map[string]string{}, []string(nil)
	for line := range strings.Lines(string(page)) {
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		switch first := strings.TrimSpace(cells[0]); {
		case first == "Lowest in":
			head = cells
		case len(cells) == len(head) && len(head) > 1:
			out[first] = map[string]string{}
			for n, cell := range cells {
				out[first][strings.TrimSpace(head[n])] = strings.TrimSpace(cell)
			}
		default:
			head = nil
		}
	}
	return out
}
