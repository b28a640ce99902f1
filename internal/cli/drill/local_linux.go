package drill

import (
	"context"
	"errors"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/internal/local"
	"redoubt/recovery/drill"
)

// onLocal drills on real processes of this machine: nothing of the project's homes is touched, and nothing of it is needed.
func (o *Options) onLocal(ctx context.Context, chosen []drill.Scenario) error {
	p, err := project.Open()
	if err != nil {
		return err
	}
	if err := o.allowsLocal(chosen); err != nil {
		return err
	}
	if o.Out == "" {
		o.Out = p.Path("drills-local") // reports of another system than the project's: records and evidence leave them alone
	}
	var reports []drill.Report
	for _, s := range chosen {
		o.Streams.Redraw("drill " + s.Name + " on this machine")
		r, err := o.kill(ctx, s)
		if err != nil {
			return exit.With(exit.Stopped, err, "redoubt drill "+s.Name+" --on "+Local)
		}
		reports = append(reports, r)
	}
	return o.tell(reports, nil)
}

// allowsLocal tells all at once why there can be no drill here.
func (o *Options) allowsLocal(chosen []drill.Scenario) error {
	if o.All || o.Experiments || o.Back || o.Active == "secondary" {
		return exit.Errorf(exit.Usage, "redoubt drill region-loss --on "+Local,
			"--all, --experiments, --back and --active secondary are for the simulated regions: here the primary home is killed for good")
	}
	var unfit []error
	for _, s := range chosen {
		unfit = append(unfit, local.Fits(s))
	}
	missing := local.Missing()
	if err := errors.Join(append(unfit, missing)...); missing != nil {
		return exit.With(exit.Refused, err, "make local-stores gets the databases from Debian's packages; then redoubt drill region-loss --on "+Local)
	}
	return exit.With(exit.Refused, errors.Join(unfit...), "redoubt drill region-loss --on "+Local+", or the same scenario on the simulated regions")
}

// kill starts two homes on this machine, loses one, and ends both.
func (o *Options) kill(ctx context.Context, s drill.Scenario) (r drill.Report, err error) {
	m, err := local.Open(ctx)
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, m.Close()) }()
	at, err := m.Place(ctx, local.Planned(o.Seed))
	if err != nil {
		return r, err
	}
	defer func() { err = errors.Join(err, at.Close()) }()
	d, err := at.Drill(s)
	if err != nil {
		return r, err
	}
	d.Seed = o.Seed
	if r, err = d.Run(ctx); err != nil {
		return r, err
	}
	r.Next = o.next(r)
	o.runs.Add(r.Scenario, d)
	return r, nil
}
