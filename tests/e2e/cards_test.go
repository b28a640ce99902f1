package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest"
)

// card is a row of the tabletop's cards: what the leader types, and what takes it back.
var card = regexp.MustCompile("(?m)^\\| ([^|]+) \\| `redoubt (sim inject [^`]+)` \\| `redoubt (sim inject [^`]+)` \\|")

// testCards plays every card of the tabletop exercise on the example: it breaks something, and its inverse leaves nothing broken.
func testCards(t *testing.T, p *clitest.Project) {
	page, err := os.ReadFile(filepath.Join(clitest.Root(t), "docs", "tabletop.md"))
	require.NoError(t, err)
	cards := card.FindAllStringSubmatch(string(page), -1)
	assert.Equal(t, strings.Count(string(page), "| `redoubt sim inject "), 2*len(cards), "each card that breaks something says what heals it")
	require.Len(t, cards, 4)
	for _, c := range cards {
		assert.Len(t, injected(t, p, c[2]), 1, "%s: %s", c[1], c[2])
		assert.Empty(t, injected(t, p, c[3]), "%s: %s", c[1], c[3])
	}
}

// injected are the faults that stand after a line.
func injected(t *testing.T, p *clitest.Project, line string) []string {
	t.Helper()
	var out struct{ Faults []string }
	p.JSON(t, &out, strings.Fields(line)...)
	return out.Faults
}
