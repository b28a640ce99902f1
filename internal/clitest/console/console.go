// Package console reads the commands that a document shows, with their output.
package console

import (
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Shown is one command of a document's console blocks, with the output that
// the document shows for it.
type Shown struct {
	// Command is the line after the prompt.
	Command string
	// Lines are the shown output; a line of three dots stands for any lines.
	Lines []string
}

// Read reads every command of the ```console blocks of a document.
func Read(t testing.TB, file string) []Shown {
	t.Helper()
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	var out []Shown
	inside := false
	for _, line := range strings.Split(string(text), "\n") {
		command, isCommand := strings.CutPrefix(line, "$ ")
		switch {
		case strings.HasPrefix(line, "```"):
			inside = line == "```console"
		case inside && isCommand:
			out = append(out, Shown{Command: command})
		case inside && len(out) > 0:
			out[len(out)-1].Lines = append(out[len(out)-1].Lines, line)
		}
	}
	return out
}

// Redoubt returns the arguments of a redoubt command; false for other commands.
func (s Shown) Redoubt() ([]string, bool) {
	words := strings.Fields(s.Command)
	return words[1:], words[0] == "bin/redoubt"
}

// dots stand for any lines of an output.
const dots = "..."

// Check holds that got is what is shown: all of it where no dots stand, and
// the parts between the dots in their order.
func (s Shown) Check(t testing.TB, got string) {
	t.Helper()
	var lines []string
	if text := strings.TrimRight(got, "\n"); text != "" {
		lines = strings.Split(text, "\n")
	}
	assert.True(t, matches(s.Lines, lines), "$ %s\nthe document shows\n%s\nthe command prints\n%s", s.Command,
		strings.Join(s.Lines, "\n"), strings.Join(lines, "\n"))
}

func matches(shown, got []string) bool {
	switch {
	case len(shown) == 0:
		return len(got) == 0
	case shown[0] == dots:
		return matches(shown[1:], got) || len(got) > 0 && matches(shown, got[1:])
	}
	return len(got) > 0 && shown[0] == got[0] && matches(shown[1:], got[1:])
}
