package experiment

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/drill"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
	"redoubt/system/experiments"
	"redoubt/witness"
)

// Place is where one experiment is led by FIS. Open makes it; Close stops what runs, whatever happened.
type Place struct {
	Control
	sys        *system.System
	experiment experiments.Experiment
	active     system.Home
	template   string
	token      string
	seen       *seen

	began, started time.Time
	// ends is when the clean-up is due; zero before the fault.
	ends    time.Time
	id      string
	cluster inCluster
	// over is true once nothing of the experiment goes on.
	over   bool
	broken []string
}

var (
	_ drill.Place   = (*Place)(nil)
	_ drill.Partial = (*Place)(nil)
)

// Open looks whether the experiment can be led, and says all that keeps it from being: no template, something that runs
// already, or nobody who sees. The token makes a repeated start harmless.
func Open(ctx context.Context, c Control, sys *system.System, e experiments.Experiment, active system.Home, token string) (*Place, error) {
	p := &Place{Control: c, sys: sys, experiment: e, active: active, token: token, began: c.Clock.Now(),
		seen: &seen{port: c.Port, system: sys, from: active.Peer(), available: map[string]map[time.Time]float64{}, ages: map[string]float64{}}}
	templates, err := c.Templates(ctx, active)
	if err != nil {
		return nil, fmt.Errorf("the templates of the %s home: %w", active, err)
	}
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("experiment "+e.Name+": "+format, args...))
	}
	if p.template = templates[e.Name]; p.template == "" {
		bad("the %s home declares no template of it: in production none is declared", active)
	}
	for _, home := range system.Homes {
		running, err := c.Running(ctx, home)
		if err != nil {
			bad("what runs in the %s home is not known: %w", home, err)
		}
		for _, one := range running {
			bad("experiment %s (%s) runs in the %s home, want one at a time", one.Name, one.ID, home)
		}
	}
	if err := p.unclean(ctx); err != nil {
		bad("%w", err)
	}
	if err := p.seen.look(ctx, p.began.Add(-look), p.began); err != nil {
		bad("what users see is not known: %w", err)
	} else if blind := p.seen.blind(); len(blind) > 0 {
		bad("the prober of the %s home told nothing of the tiers %s for %s: what nobody sees is not broken", active.Peer(),
			strings.Join(blind, ", "), look)
	}
	return p, errors.Join(errs...)
}

// look is how far back the witness must have told something.
const look = 10 * time.Minute

// Kind is that of figures from AWS.
func (p *Place) Kind() witness.Kind { return witness.Measured }

// Now is the time there.
func (p *Place) Now() time.Time { return p.Clock.Now() }

// Break starts the template at the fault's first line, and notes the clean-up for its time. The other lines are parts of
// the same template.
func (p *Place) Break(ctx context.Context, after time.Duration, _ string) error {
	if after > 0 {
		p.ends = p.Now().Add(after)
		return nil
	}
	if p.id != "" {
		return nil
	}
	var err error
	p.started = p.Now()
	if p.id, err = p.Start(ctx, p.active, p.template, p.token); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	if err := p.reach(ctx); err != nil {
		return fmt.Errorf("start: %w", err)
	}
	return nil
}

// Wait lets time pass and looks meanwhile: an experiment that ended before its time fails the drill, one that costs users
// more than the objective is stopped, and one whose time is over is made to end.
func (p *Place) Wait(ctx context.Context, d time.Duration) error {
	for until := p.Now().Add(d); p.Now().Before(until); {
		if err := p.Clock.Sleep(ctx, min(lookEvery, until.Sub(p.Now()))); err != nil {
			return err
		}
		if err := p.watch(ctx); err != nil {
			return err
		}
	}
	return nil
}

const lookEvery = 30 * time.Second

func (p *Place) watch(ctx context.Context) error {
	// A look that fails is no answer: the next one sees the same minutes, and what stays silent counts as refused.
	_ = p.seen.look(ctx, p.Now().Add(-2*look), p.Now())
	if p.id == "" || p.over {
		return nil
	}
	state, err := p.Look(ctx, p.active, p.id)
	switch {
	case err == nil && state.Broke():
		p.over = true
		p.wrong("the experiment is %s: %s", state.Status, state.Reason)
		return p.clear(ctx)
	case err == nil && state.Ended():
		p.over = true
		return p.clear(ctx)
	}
	if why := p.tooMuch(); why != "" {
		p.wrong("stopped by the drill: %s", why)
		return p.end(ctx)
	}
	if !p.ends.IsZero() && !p.Now().Before(p.ends.Add(slack)) {
		return p.end(ctx)
	}
	return p.keep(ctx)
}

// slack is how long after its time an experiment may end by itself: the service needs some to begin and to put back (assumed).
const slack = 5 * time.Minute

// tooMuch says which tier was refused for longer than its objective since the fault, or nothing.
func (p *Place) tooMuch() string {
	for _, t := range p.sys.Tiers {
		objective := t.Objectives[p.experiment.Disruption].RTO
		for _, o := range p.seen.outages(t.Name, p.started, p.Now()) {
			to := o.To
			if to.IsZero() {
				to = p.Now()
			}
			if took := to.Sub(o.From); took > objective+minute {
				return fmt.Sprintf("tier %s was refused for %s, want at most %s", t.Name, took, objective)
			}
		}
	}
	return ""
}

// end stops the experiment and waits until nothing of it goes on.
func (p *Place) end(ctx context.Context) error {
	cleared := p.clear(ctx)
	state, err := p.Stop(ctx, p.active, p.id)
	if err := errors.Join(cleared, err); err != nil {
		return fmt.Errorf("experiment %s is not ended: %w", p.id, err)
	}
	p.over = true
	if state.Status != completed && state.Status != stopped {
		p.wrong("the experiment is %s: %s", state.Status, state.Reason)
	}
	return nil
}

func (p *Place) wrong(format string, args ...any) {
	p.broken = append(p.broken, fmt.Sprintf(format, args...))
}

// Close stops the experiment if it runs. It does so also when ctx has ended.
func (p *Place) Close(ctx context.Context) error {
	if p.id == "" || p.over {
		return p.clear(ctx)
	}
	return p.end(context.WithoutCancel(ctx))
}

// Outages are the minutes since the beginning in which a tier was not there as a whole.
func (p *Place) Outages(tier string) []witness.Outage { return p.seen.outages(tier, p.began, p.Now()) }

// Keep is nothing: the drill moves no name.
func (p *Place) Keep(string) time.Duration { return 0 }

// Losses are what the loss of the home would cost now.
func (p *Place) Losses(time.Time) []witness.Loss {
	ctx, cancel := context.WithTimeout(context.Background(), minute)
	defer cancel()
	if err := p.seen.read(ctx, p.Now()); err != nil {
		p.wrong("the ages of the newest marks are not known: %v", err)
	}
	return p.seen.losses()
}

// Grain is the period of the prober's metrics.
func (p *Place) Grain() time.Duration { return minute }

// Unseen is every store where no region is in question: the prober reads no mark back that was acknowledged before.
func (p *Place) Unseen(string) string {
	if p.experiment.Disruption == system.RegionLoss {
		return ""
	}
	return "nobody reads marks back here; redoubt's witness does (docs/watch.md)"
}

// Spans are none: the prober does not say which home acknowledged a mark.
func (p *Place) Spans(string) []drill.Span { return nil }

// Restored changes nothing.
func (p *Place) Restored(string, time.Time, time.Time) {}

// Observe sees nothing: the drill there looks for no finding.
func (p *Place) Observe(context.Context, system.Home) []diagnose.Observation { return nil }

// Port makes calls.
func (p *Place) Port() plan.Port { return p.Control.Port }

// Seen knows of no inventory.
func (p *Place) Seen() planner.Seen { return planner.Seen{} }

// Run refuses: who recovers does it beside the drill.
func (p *Place) Run(context.Context, *execute.Core) (execute.Finish, []journal.Record, error) {
	return execute.Finish{}, nil, errors.New("a drill of an experiment runs no plan on AWS")
}
