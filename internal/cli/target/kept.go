package target

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"redoubt/internal/awsport"
	"redoubt/internal/cli/project"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// keptRuns are runs in the homes themselves, so that another machine can go on
// with them: the plan is an object in the control bucket of the home whose
// lease the run has, the journal stands in that home's lock table.
type keptRuns struct {
	port    plan.Port
	project *project.Project
}

var _ Runs = keptRuns{}

// Create writes the plan unless there is one, and then the name of the run. A
// plan with a call that AWS could not be asked is refused before anything is written.
func (r keptRuns) Create(ctx context.Context, run string, home system.Home, p plan.Plan) error {
	if err := awsport.CheckPlan(p); err != nil {
		return err
	}
	raw, err := plan.Encode(p)
	if err != nil {
		return err
	}
	err = r.put(ctx, home, plan.ObjectKey(run), plan.Document{"Body": string(raw), "IfNoneMatch": "*"})
	if err != nil {
		now, _, readErr := object(ctx, r.port, r.project, home, plan.ObjectKey(run))
		switch {
		case readErr != nil:
			return errors.Join(err, readErr)
		case now != string(raw): // an answer that was lost leaves our own there
			return ErrExists
		}
	}
	return r.put(ctx, home, plan.LastKey, plan.Document{"Body": run + "\n"})
}

func (r keptRuns) put(ctx context.Context, home system.Home, key string, in plan.Document) error {
	in["Bucket"], in["Key"] = r.project.Scope(home).Bucket("control", 1), key
	_, err := r.port.Call(ctx, plan.Call{Kind: plan.AWS, Home: home, Service: "s3", Operation: "PutObject", Input: in})
	return err
}

// find looks for a run's plan in both homes.
func (r keptRuns) find(ctx context.Context, run string) (system.Home, string, error) {
	var errs []error
	for _, home := range system.Homes {
		text, _, err := object(ctx, r.port, r.project, home, plan.ObjectKey(run))
		switch execute.ClassOf(err) {
		case execute.OK:
			return home, text, nil
		case execute.NotFound:
		default:
			errs = append(errs, fmt.Errorf("look for run %s in the %s home: %w", run, home, err))
		}
	}
	if errs == nil {
		return "", "", noRun(run)
	}
	return "", "", errors.Join(errs...)
}

// Plan reads a run's plan.
func (r keptRuns) Plan(ctx context.Context, run string) (plan.Plan, error) {
	_, text, err := r.find(ctx, run)
	if err != nil {
		return plan.Plan{}, err
	}
	p, err := plan.Decode([]byte(text))
	if err != nil {
		return p, fmt.Errorf("the plan of run %s: %w", run, err)
	}
	return p, nil
}

// Records reads the journal.
func (r keptRuns) Records(ctx context.Context, run string) ([]journal.Record, error) {
	_, _, err := r.find(ctx, run)
	if err != nil {
		return nil, nil //nolint:nilerr // a run that is not there has no records
	}
	store, err := r.Journal(ctx, run)
	if err != nil {
		return nil, err
	}
	return store.Load(ctx, run)
}

// Journal is the run's in the lock table of its home.
func (r keptRuns) Journal(ctx context.Context, run string) (journal.Store, error) {
	home, _, err := r.find(ctx, run)
	if err != nil {
		return nil, err
	}
	inv, _, err := fetch(ctx, r.port, r.project, home, home)
	if err != nil {
		return nil, err
	}
	return journal.Table{Rows: journal.Items{Port: r.port, Home: home, Name: inv.Own().Control.LockTable}}, nil
}

// Last is the run that began last in either home.
func (r keptRuns) Last(ctx context.Context) (string, error) {
	last, at, silent := "", time.Time{}, error(nil)
	for _, home := range system.Homes {
		text, written, err := object(ctx, r.port, r.project, home, plan.LastKey)
		switch class := execute.ClassOf(err); {
		case class == execute.OK && !written.Before(at):
			last, at = strings.TrimSpace(text), written
		case class != execute.OK && class != execute.NotFound:
			silent = errors.Join(silent, fmt.Errorf("look for the last run in the %s home: %w", home, err))
		}
	}
	if last == "" {
		return "", silent
	}
	return last, nil
}
