package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest"
)

// testReadme holds that the README shows what the commands really print: the
// first up, and then each command that needs the regions, in the order of the page.
func testReadme(t *testing.T, p *clitest.Project, first clitest.Result) {
	ran := 0
	for _, shown := range clitest.Console(t, filepath.Join(clitest.Root(t), "README.md")) {
		args, ours := shown.Redoubt()
		switch {
		case shown.Command == "make up":
			shown.Lines = afterBuilding(t, shown.Lines)
			shown.Check(t, first.Out)
		case ours && args[0] != "system":
			ran++
			r := p.Must(t, args...)
			shown.Check(t, r.Err+r.Out)
		}
	}
	assert.Greater(t, ran, 8, "the README breaks something and recovers")
	assert.Contains(t, p.Must(t, "sim", "up").Out, "\nno change\n", "the README leaves things as they were")
}

// afterBuilding drops what make itself says; tests/docs holds that against the Makefile.
func afterBuilding(t *testing.T, lines []string) []string {
	t.Helper()
	for len(lines) > 0 && (strings.HasPrefix(lines[0], "building ") || lines[0] == "...") {
		lines = lines[1:]
	}
	require.NotEmpty(t, lines)
	return lines
}
