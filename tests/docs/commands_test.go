package docs

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	commands "redoubt/internal/cli/root"
	"redoubt/internal/cli/streams"
	"redoubt/internal/clitest"
	"redoubt/tests/homes"
)

func TestMain(m *testing.M) {
	code := m.Run()
	homes.Clean()
	os.Exit(code)
}

var (
	// inline and block find redoubt commands in backticks, and on lines of blocks.
	inline = regexp.MustCompile("`((?:bin/)?redoubt [^`\n]+)`")
	block  = regexp.MustCompile(`(?m)^(?: {4}|)((?:bin/)?redoubt .+)$`)
	// placeholder is a word that the reader puts another for.
	placeholder = regexp.MustCompile(`(^|[ =-])[A-Z]{2,}[A-Z-]*( |$|=|\.)|\.\.\.`)
)

// words are the arguments of a command line, without its remark.
func words(line string) []string {
	line, _, _ = strings.Cut(line, " #")
	line = strings.NewReplacer(`"`, "", "'", "").Replace(line)
	return strings.Fields(line)[1:]
}

// TestPages_everyCommandExists holds each redoubt command that a page names, in a line or in words, against the command itself:
// the command and every flag.
func TestPages_everyCommandExists(t *testing.T) {
	t.Parallel()
	s, _, _ := streams.Test()
	cmd := commands.New(s)
	found := 0
	for _, page := range pages(t) {
		text := read(t, page)
		for _, m := range append(inline.FindAllStringSubmatch(text, -1), block.FindAllStringSubmatch(text, -1)...) {
			args := words(m[1])
			at, rest, err := cmd.Find(args)
			if !assert.NoError(t, err, "%s says %s", page, m[1]) {
				continue
			}
			found++
			if len(args) > 0 && args[0] != "help" && !strings.HasPrefix(args[0], "-") {
				assert.NotEqual(t, cmd, at, "%s says %s: there is no such command", page, m[1])
			}
			for _, word := range rest {
				if name, isFlag := strings.CutPrefix(word, "--"); isFlag {
					name, _, _ = strings.Cut(name, "=")
					known := name == "help" || at.Flags().Lookup(name) != nil || at.InheritedFlags().Lookup(name) != nil
					assert.True(t, known, "%s says %s: there is no flag --%s", page, m[1], name)
				}
			}
		}
	}
	assert.Greater(t, found, 60, "the documents name commands")
}

// instead are lines that run otherwise here, with the reason.
var instead = map[string]string{
	"redoubt assess --recoveries 10000 --what-if": "redoubt assess --recoveries 20 --what-if", // minutes
	"redoubt drill --all --seed 7":                "redoubt drill zone-loss --seed 7",         // tests/drill drills all of them
	"redoubt sim up":                              "redoubt sim show",                         // tests/e2e runs it, with the engine; here it is up
}

// elsewhere are lines that need AWS, or real databases, which tests/local has, or the engine with the built pack, which
// tests/policies has, or that do not end by themselves.
var elsewhere = regexp.MustCompile(`--on aws|--on local|sim preview|redoubt serve`)

// TestPages_blocksRunOnTheSimulatedRegions runs the lines of each page's blocks that need nothing but redoubt, in their order, on
// a small system that is up. The README's own are run by tests/e2e, beside what they print.
func TestPages_blocksRunOnTheSimulatedRegions(t *testing.T) {
	ran := 0
	for _, page := range pages(t) {
		var lines []string
		for _, m := range block.FindAllStringSubmatch(read(t, page), -1) {
			line, _, _ := strings.Cut(m[1], " #")
			line = strings.TrimSpace(line)
			if !placeholder.MatchString(line) && !elsewhere.MatchString(line) && page != "README.md" {
				lines = append(lines, line)
			}
		}
		if len(lines) == 0 {
			continue
		}
		t.Run(page, func(t *testing.T) {
			p := &clitest.Project{Dir: filepath.Join(t.TempDir(), "project")}
			require.NoError(t, homes.Store(p.Dir))
			t.Chdir(p.Dir)
			sys, err := os.ReadFile(filepath.Join(p.Dir, "system.yaml"))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(p.Dir, "main-system.yaml"), sys, 0o600))
			for _, line := range lines {
				if other, has := instead[line]; has {
					line = other
				}
				ran++
				got := p.Run(t, words(line)...)
				want := []exit.Code{exit.OK}
				if strings.Contains(line, " drill ") || strings.Contains(line, " assess") {
					want = append(want, exit.NotProven) // the small system keeps not every promise, which is an answer
				}
				assert.True(t, slices.Contains(want, got.Code), "%s: %s ended with %d\n%s%s", page, line, got.Code, got.Out, got.Err)
			}
		})
	}
	assert.Greater(t, ran, 8, "the documents have blocks that run")
}
