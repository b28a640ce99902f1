// Package clitest runs the redoubt command as a user would, in a project folder
// of its own.
package clitest

import (
	"bytes"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/root"
	"redoubt/internal/cli/streams"
)

// asCommand makes a test binary behave as the redoubt command.
const asCommand = "REDOUBT_TEST_AS_COMMAND"

// Main lets a test binary also be the command, for tests that kill it. Call it
// from TestMain.
func Main(m *testing.M) {
	if os.Getenv(asCommand) != "" {
		os.Exit(root.Main(streams.System(), os.Args[1:], os.Exit))
	}
	os.Exit(m.Run())
}

// Files are the files that make a folder a project.
var Files = []string{"Pulumi.yaml", "Pulumi.primary.yaml", "Pulumi.secondary.yaml", "system.yaml"}

// Project is a copy of the example project in a folder of its own.
type Project struct {
	Dir string
}

// New copies the example project's files and makes their folder the current
// one, so the test cannot be parallel.
func New(t testing.TB) *Project {
	t.Helper()
	root := Root(t)
	p := &Project{Dir: t.TempDir()}
	for _, name := range Files {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(p.Dir, name), text, 0o644))
	}
	if _, err := exec.LookPath("pulumi"); err != nil {
		t.Setenv("PATH", os.Getenv("PATH")+string(os.PathListSeparator)+filepath.Join(root, ".tools"))
	}
	t.Chdir(p.Dir)
	return p
}

// NewSmall is New with a small system in place of the example, for tests that
// bring it up many times.
func NewSmall(t testing.TB) *Project {
	t.Helper()
	p := New(t)
	text, err := os.ReadFile(filepath.Join(Root(t), "internal", "clitest", "testdata", "small.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(p.Dir, "system.yaml"), text, 0o644))
	return p
}

// Root is the folder of the module.
func Root(t testing.TB) string {
	t.Helper()
	_, file, _, ok := runtime.Caller(0)
	require.True(t, ok)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// Result is what one command did.
type Result struct {
	Code     exit.Code
	Out, Err string
}

// Run runs the command in this process.
func (p *Project) Run(t testing.TB, args ...string) Result {
	t.Helper()
	s, out, errs := streams.Test()
	code := root.Run(context.Background(), s, args)
	return Result{Code: code, Out: out.String(), Err: errs.String()}
}

// Must runs the command and requires exit code 0.
func (p *Project) Must(t testing.TB, args ...string) Result {
	t.Helper()
	r := p.Run(t, args...)
	require.Equal(t, exit.OK, r.Code, "redoubt %v\n%s\n%s", args, r.Out, r.Err)
	return r
}

// JSON runs the command with --json and decodes its answer.
func (p *Project) JSON(t testing.TB, into any, args ...string) {
	t.Helper()
	r := p.Must(t, append(args, "--json")...)
	require.NoError(t, json.Unmarshal([]byte(r.Out), into), r.Out)
}

// Command prepares the command as a process of its own.
func (p *Project) Command(t testing.TB, args ...string) (*exec.Cmd, *bytes.Buffer) {
	t.Helper()
	self, err := os.Executable()
	require.NoError(t, err)
	cmd := exec.Command(self, args...)
	cmd.Dir = p.Dir
	cmd.Env = append(os.Environ(), asCommand+"=1")
	var all bytes.Buffer
	cmd.Stdout, cmd.Stderr = &all, &all
	return cmd, &all
}

// Edit replaces text in one of the project's files; the text must be there.
func (p *Project) Edit(t testing.TB, file, old, new string) {
	t.Helper()
	path := filepath.Join(p.Dir, file)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(text), old)
	require.NoError(t, os.WriteFile(path, bytes.Replace(text, []byte(old), []byte(new), 1), 0o644))
}
