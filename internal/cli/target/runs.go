package target

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"redoubt/internal/cli/exit"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// ErrExists means that a run of that name is there already.
var ErrExists = errors.New("there is such a run already")

// localRuns are the runs in a folder of this machine: a folder for each with
// its plan and its journal, and a file that names the last.
type localRuns string

var _ Runs = localRuns("")

const (
	planFile = "plan.json"
	lastFile = "last"
)

// Create writes the plan whole or not at all, and then the name of the run.
func (r localRuns) Create(_ context.Context, run string, _ system.Home, p plan.Plan) error {
	raw, err := plan.Encode(p)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(string(r), 0o755); err != nil {
		return err
	}
	dir := filepath.Join(string(r), run)
	switch err := os.Mkdir(dir, 0o755); {
	case errors.Is(err, fs.ErrExist):
		return ErrExists
	case err != nil:
		return err
	}
	if err := replace(filepath.Join(dir, planFile), raw); err != nil {
		return err
	}
	return replace(filepath.Join(string(r), lastFile), []byte(run+"\n"))
}

// Plan reads a run's plan.
func (r localRuns) Plan(_ context.Context, run string) (plan.Plan, error) {
	raw, err := os.ReadFile(filepath.Join(string(r), filepath.Base(run), planFile))
	if errors.Is(err, fs.ErrNotExist) {
		return plan.Plan{}, noRun(run)
	}
	if err != nil {
		return plan.Plan{}, err
	}
	p, err := plan.Decode(raw)
	if err != nil {
		return plan.Plan{}, fmt.Errorf("the plan of run %s: %w", run, err)
	}
	return p, nil
}

func noRun(run string) error {
	return exit.Errorf(exit.Usage, "redoubt status last tells of the last one", "there is no run %q", run)
}

// Records reads the journal up to its last whole record and leaves the file as it is.
func (r localRuns) Records(_ context.Context, run string) ([]journal.Record, error) {
	raw, err := os.ReadFile(filepath.Join(string(r), run, run+".journal"))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	records, _, err := journal.Decode(raw)
	if err != nil {
		return nil, fmt.Errorf("the journal of run %s: %w", run, err)
	}
	return records, nil
}

// Journal opens the run's file.
func (r localRuns) Journal(_ context.Context, run string) (journal.Store, error) {
	return journal.NewFile(filepath.Join(string(r), run))
}

// Last reads the name of the last run.
func (r localRuns) Last(context.Context) (string, error) {
	raw, err := os.ReadFile(filepath.Join(string(r), lastFile))
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(raw)), err
}

// replace writes a file so that after a crash it is whole, or the old one.
func replace(path string, content []byte) error {
	tmp := path + ".tmp"
	f, err := os.Create(tmp)
	if err != nil {
		return err
	}
	_, err = f.Write(content)
	if err := errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	if err := os.Rename(tmp, path); err != nil {
		return err
	}
	dir, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
