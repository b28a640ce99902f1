package console

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// quiet is a test that only remembers whether it failed.
type quiet struct {
	testing.TB
	failed bool
}

func (q *quiet) Helper()               {}
func (q *quiet) Errorf(string, ...any) { q.failed = true }

func TestRead_takesCommandsAndOutput(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "page.md")
	require.NoError(t, os.WriteFile(file, []byte(
		"text\n```console\n$ bin/redoubt a b\none\n\ntwo\n$ make c\n```\n$ not this\n```sh\n$ nor this\n```\n"), 0o600))
	got := Read(t, file)
	assert.Equal(t, []Shown{{Command: "bin/redoubt a b", Lines: []string{"one", "", "two"}}, {Command: "make c"}}, got)
	args, ours := got[0].Redoubt()
	assert.True(t, ours)
	assert.Equal(t, []string{"a", "b"}, args)
	_, ours = got[1].Redoubt()
	assert.False(t, ours)
}

func TestShown_check(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		lines []string
		got   string
		right bool
	}{
		{"the same", []string{"a", "b"}, "a\nb\n", true},
		{"nothing", nil, "", true},
		{"a line too few", []string{"a"}, "a\nb\n", false},
		{"a line too many", []string{"a", "b"}, "a\n", false},
		{"another line", []string{"a", "x"}, "a\nb\n", false},
		{"half a line", []string{"a"}, "ab\n", false},
		{"dots in the middle", []string{"a", "...", "d"}, "a\nb\nc\nd\n", true},
		{"dots for nothing", []string{"a", "...", "b"}, "a\nb\n", true},
		{"dots first", []string{"...", "d"}, "a\nd\n", true},
		{"dots last", []string{"a", "..."}, "a\nb\n", true},
		{"out of order", []string{"...", "d", "...", "a"}, "a\nd\n", false},
		{"something before", []string{"b", "..."}, "a\nb\n", false},
		{"something after", []string{"...", "a"}, "a\nb\n", false},
	} {
		q := &quiet{TB: t}
		Shown{Command: "x", Lines: c.lines}.Check(q, c.got)
		assert.Equal(t, c.right, !q.failed, c.name)
	}
}
