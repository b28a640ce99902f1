package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest"
	"redoubt/internal/clitest/console"
)

// testReadme holds that the README shows what the commands really print: the
// first up, and then each command that needs the regions, in the order of the page.
func testReadme(t *testing.T, p *clitest.Project, first clitest.Result) {
	ran, clock := 0, later{}
	for _, shown := range console.Read(t, filepath.Join(clitest.Root(t), "README.md")) {
		clock.moves(&shown)
		args, ours := shown.Redoubt()
		if ours && strings.Contains(shown.Command, " inject corrupt ") {
			defer aside(t, p)()
		}
		switch {
		case shown.Command == "make up":
			shown.Lines = afterBuilding(t, shown.Lines)
			shown.Check(t, first.Out)
		case ours && args[0] != "system":
			ran++
			r := p.Must(t, args...)
			clock.set(t, &shown, r.Out+r.Err)
			shown.Check(t, r.Err+r.Out)
		}
	}
	assert.Greater(t, ran, 14, "the README breaks something and recovers, from a lost region and from damaged data")
	assert.True(t, clock.known, "the README shows when it damages a store")
	assert.Contains(t, p.Must(t, "sim", "up").Out, "\nno change\n", "the README leaves things as they were")
}

// aside keeps the regions as they are, and returns what brings them back: what a restore leaves stands beside its stack, so that
// no down could end well.
func aside(t *testing.T, p *clitest.Project) func() {
	t.Helper()
	at, kept := filepath.Join(p.Dir, ".redoubt"), filepath.Join(t.TempDir(), "kept")
	require.NoError(t, os.CopyFS(kept, os.DirFS(at)))
	return func() {
		require.NoError(t, os.RemoveAll(at))
		require.NoError(t, os.CopyFS(at, os.DirFS(kept)))
	}
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

// moment is a time of the simulated regions as commands print and take it.
var moment = regexp.MustCompile(`\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ`)

// later is by how much the regions' clock here is ahead of the page's: other tests have let time pass in them before. The
// first moment that a command prints tells it; the page's later ones, what a reader types among them, move by as much.
type later struct {
	by    time.Duration
	known bool
}

// set learns from the first moment that both the page and the command show, and moves what is shown.
func (l *later) set(t *testing.T, shown *console.Shown, printed string) {
	t.Helper()
	here, there := moment.FindString(strings.Join(shown.Lines, "\n")), moment.FindString(printed)
	if l.known || here == "" || there == "" {
		return
	}
	page, err := time.Parse(time.RFC3339, here)
	require.NoError(t, err)
	regions, err := time.Parse(time.RFC3339, there)
	require.NoError(t, err)
	l.by, l.known = regions.Sub(page), true
	l.moves(shown)
}

// moves moves the moments of a command and of what it prints.
func (l *later) moves(shown *console.Shown) {
	shift := func(text string) string {
		at, err := time.Parse(time.RFC3339, text)
		if err != nil {
			return text
		}
		return at.Add(l.by).UTC().Format(time.RFC3339)
	}
	shown.Command = moment.ReplaceAllStringFunc(shown.Command, shift)
	for n, line := range shown.Lines {
		shown.Lines[n] = moment.ReplaceAllStringFunc(line, shift)
	}
}
