// Package cli runs the redoubt command by scripts, as a user types it. What
// needs the engine is in tests/e2e and tests/engine.
package cli

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"redoubt/internal/cli/root"
	"redoubt/internal/cli/streams"
	"redoubt/internal/clitest"
	"redoubt/tests/homes"
)

func TestMain(m *testing.M) {
	testscript.Main(tests{m}, map[string]func(){
		"redoubt": func() { os.Exit(root.Main(streams.System(), os.Args[1:], os.Exit)) },
	})
}

// tests are the tests of this package, and what has to be tidied after them.
type tests struct{ *testing.M }

// Run runs them.
func (t tests) Run() int {
	defer homes.Clean()
	return t.M.Run()
}

// TestScripts runs the scripts in this folder. Each begins in a folder of its
// own, with the example project in project/ and no Pulumi CLI to be found.
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 ".",
		RequireExplicitExec: true,
		RequireUniqueNames:  true,
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"exits": exits, "edit": edit, "standing": standing,
		},
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", filepath.SplitList(e.Getenv("PATH"))[0]) // where testscript put the command, and nothing else
			return project(filepath.Join(e.WorkDir, "project"), clitest.Root(t))
		},
	})
}

// project copies the example project.
func project(dir, root string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	for _, name := range clitest.Files {
		text, err := os.ReadFile(filepath.Join(root, name))
		if err != nil {
			return err
		}
		if err := os.WriteFile(filepath.Join(dir, name), text, 0o644); err != nil {
			return err
		}
	}
	return nil
}

// exits is "exits CODE ARG...": redoubt with these arguments ends with that code.
func exits(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 1 {
		ts.Fatalf("usage: exits CODE [ARG...]")
	}
	code := 0
	var failed *exec.ExitError
	if err := ts.Exec("redoubt", args[1:]...); errors.As(err, &failed) {
		code = failed.ExitCode()
	} else {
		ts.Check(err)
	}
	if got := strconv.Itoa(code); got != args[0] {
		ts.Fatalf("redoubt %v ended with %s, want %s", args[1:], got, args[0])
	}
}

// standing is "standing DIR": a folder becomes a project whose small system is up.
func standing(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: standing DIR")
	}
	ts.Check(homes.Store(ts.MkAbs(args[0])))
}

// edit is "edit FILE OLD NEW": it replaces the first OLD, which must be there.
func edit(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 3 {
		ts.Fatalf("usage: edit FILE OLD NEW")
	}
	path := ts.MkAbs(args[0])
	text := ts.ReadFile(args[0])
	if !strings.Contains(text, args[1]) {
		ts.Fatalf("%s does not contain %q", args[0], args[1])
	}
	ts.Check(os.WriteFile(path, []byte(strings.Replace(text, args[1], args[2], 1)), 0o644))
}
