package clitest

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

// Console reads every command of the ```console blocks of a document.
func Console(t testing.TB, file string) []Shown {
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

// Check holds that got is what is shown: all of it where no dots stand, and
// the parts between the dots in their order.
func (s Shown) Check(t testing.TB, got string) {
	t.Helper()
	rest := "\n" + strings.TrimRight(got, "\n") + "\n"
	parts := strings.Split("\n"+strings.Join(s.Lines, "\n")+"\n", "\n...\n")
	for i, part := range parts {
		part = "\n" + strings.Trim(part, "\n") + "\n"
		at := strings.Index(rest, part)
		if !assert.GreaterOrEqual(t, at, 0, "$ %s\nthe document shows%sthe command prints%s", s.Command, part, rest) {
			return
		}
		if i == 0 {
			assert.Zero(t, at, "$ %s prints before what is shown:\n%s", s.Command, rest[:at])
		}
		rest = rest[at+len(part)-1:]
	}
	if s.Lines == nil || s.Lines[len(s.Lines)-1] != "..." {
		assert.Equal(t, "\n", rest, "$ %s prints after what is shown", s.Command)
	}
}
