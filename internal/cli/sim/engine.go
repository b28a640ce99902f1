package sim

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/blang/semver"

	"redoubt/internal/cli/exit"
)

// wantVersion is the Pulumi CLI that the program is tested with; any version 3
// from it on will do.
var wantVersion = semver.MustParse("3.250.0")

// engine is the Pulumi CLI as the Automation API runs it. Each run inherits the
// workspace's lock, so that an engine whose parent was killed still holds it
// until it has written its last word.
type engine struct {
	path    string
	version semver.Version
	lock    *os.File
}

// findEngine looks for a fitting CLI in dir/.tools and on PATH.
func findEngine(ctx context.Context, dir string) (*engine, error) {
	var tried []string
	for _, path := range candidates(dir) {
		v, err := engineVersion(ctx, path)
		if err == nil && v.GTE(wantVersion) && v.Major == wantVersion.Major {
			return &engine{path: path, version: v}, nil
		}
		if err == nil {
			err = fmt.Errorf("is version %s, want %s or newer", v, wantVersion)
		}
		tried = append(tried, fmt.Sprintf("%s %v", path, err))
	}
	if len(tried) == 0 {
		tried = []string{"none on PATH, none in .tools"}
	}
	return nil, exit.Errorf(exit.Usage, "make tools",
		"no Pulumi CLI of version %s or newer: %s", wantVersion, strings.Join(tried, "; "))
}

func candidates(dir string) []string {
	var out []string
	if path, err := exec.LookPath("pulumi"); err == nil {
		out = append(out, path)
	}
	own := filepath.Join(dir, ".tools", "pulumi")
	if _, err := os.Stat(own); err == nil {
		out = append(out, own)
	}
	return out
}

func engineVersion(ctx context.Context, path string) (semver.Version, error) {
	cmd := exec.CommandContext(ctx, path, "version")
	cmd.Env = append(os.Environ(), "PULUMI_SKIP_UPDATE_CHECK=true")
	out, err := cmd.Output()
	if err != nil {
		return semver.Version{}, fmt.Errorf("does not run: %w", err)
	}
	return semver.ParseTolerant(strings.TrimSpace(string(out)))
}

// Version is the CLI's version.
func (e *engine) Version() semver.Version { return e.version }

// unasked are what the Automation API asks the CLI around each run, with the answer that it gets in its place: which stack
// is the current one, what it exports, and its history. Every command names its stack, and nobody here reads the rest; each
// would be a start of the CLI of its own.
var unasked = map[string]string{"select": "", "output": "{}", "history": "[]"}

// Run runs the CLI with args; the Automation API calls it.
func (e *engine) Run(ctx context.Context, workdir string, stdin io.Reader, outs, errs []io.Writer, env []string,
	args ...string,
) (string, string, int, error) {
	if len(args) > 1 && args[0] == "stack" {
		if answer, ok := unasked[args[1]]; ok {
			return answer, "", 0, nil
		}
	}
	cmd := exec.CommandContext(ctx, e.path, append([]string{"--non-interactive"}, args...)...)
	cmd.Dir = workdir
	cmd.Env = append(append(os.Environ(), env...), "PULUMI_AUTOMATION_API=true",
		"PATH="+os.Getenv("PATH")+string(os.PathListSeparator)+analyzers(filepath.Dir(e.path)))
	var stdout, stderr bytes.Buffer
	cmd.Stdout = io.MultiWriter(append(outs, &stdout)...)
	cmd.Stderr = io.MultiWriter(append(errs, &stderr)...)
	cmd.Stdin = stdin
	if e.lock != nil {
		cmd.ExtraFiles = []*os.File{e.lock}
	}
	// A Ctrl-C reaches us alone, and we pass it on. The engine then ends what is
	// under way and writes its state, however long that takes.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
	err := cmd.Run()
	code := 0
	var failed *exec.ExitError
	switch {
	case errors.As(err, &failed):
		code = failed.ExitCode()
	case err != nil:
		code = -2
	}
	return stdout.String(), stderr.String(), code, err
}
