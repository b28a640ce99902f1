package drill

import (
	"context"
	"errors"
	"fmt"

	"redoubt/internal/cli/exit"
	"redoubt/internal/cli/project"
	"redoubt/internal/cli/target"
	"redoubt/inventory"
	"redoubt/recovery/drill"
	"redoubt/recovery/experiment"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/system/experiments"
)

// onAWS leads experiments in the homes themselves, one after the other.
func (o *Options) onAWS(ctx context.Context, chosen []drill.Scenario) error {
	all, err := injected(chosen)
	if err != nil {
		return err
	}
	if o.All || o.Experiments || o.Back || o.Seed != 0 {
		return exit.Errorf(exit.Usage, "redoubt drill pod-delete --on aws",
			"--all, --experiments, --back and --seed are for the simulated regions: on AWS name what is to be broken")
	}
	p, err := project.Open()
	if err != nil {
		return err
	}
	if err := permitted(p); err != nil {
		return err
	}
	return target.Use(ctx, target.Options{On: o.On, Streams: o.Streams, Wait: o.Wait, Who: "redoubt drill"},
		func(t target.Target) error { return o.lead(ctx, t, all) })
}

// injected are the experiments that the service has actions for. All that is none is told at once.
func injected(chosen []drill.Scenario) ([]experiments.Experiment, error) {
	known, err := experiments.All()
	if err != nil {
		return nil, err
	}
	byName := map[string]experiments.Experiment{}
	for _, e := range known {
		byName[e.Name] = e
	}
	var out []experiments.Experiment
	var errs []error
	for _, s := range chosen {
		e, is := byName[s.Name]
		switch {
		case !is:
			errs = append(errs, fmt.Errorf("%s is no experiment: a drill of it on AWS breaks what everybody uses", s.Name))
		case !e.Declared():
			errs = append(errs, fmt.Errorf("%s is not broken on AWS: %s", s.Name, e.Fault.None))
		default:
			out = append(out, e)
		}
	}
	return out, exit.With(exit.Refused, errors.Join(errs...), "make drill-real drills a sandbox, behind its guards")
}

// permitted refuses in production, as the program does.
func permitted(p *project.Project) error {
	if p.Production && !p.Allowed {
		return exit.Errorf(exit.Refused, "set redoubt:production to false in both settings files of a system that nobody depends on",
			"these homes are in production, where nothing is broken on purpose")
	}
	return nil
}

// lead leads each experiment and judges it.
func (o *Options) lead(ctx context.Context, t target.Target, all []experiments.Experiment) error {
	known, err := target.Know(ctx, t)
	if err != nil {
		return err
	}
	active := system.Home(o.Active)
	if active == "" {
		if active, err = target.Serving(ctx, t, known); err != nil {
			return err
		}
	}
	if o.Out == "" {
		o.Out = t.Project().Path("drills")
	}
	var reports []drill.Report
	for _, e := range all {
		o.Streams.Redraw("experiment " + e.Name)
		token := fmt.Sprintf("redoubt-%s-%d", e.Name, t.Clock().Now().Unix())
		p, err := experiment.Open(ctx, control(t, known.Inventory), t.Project().System, e, active, token)
		if err != nil {
			return o.partly(reports, exit.With(exit.Refused, err, "mend what is named, then run the same command again"))
		}
		r, err := experiment.Lead(ctx, p, known.Inventory)
		if err != nil {
			return o.partly(reports, exit.With(exit.Stopped, fmt.Errorf("experiment %s: %w", e.Name, err),
				"redoubt drill --stop-all --on "+o.On))
		}
		r.Next = []drill.Next{{Why: "the same experiment again", Command: "redoubt drill " + e.Name + " --on " + o.On}}
		reports = append(reports, r)
	}
	return o.tell(reports, nil)
}

// partly tells what was led before one could not be: nothing of it is lost. The exit code is that of the stop.
func (o *Options) partly(reports []drill.Report, stop error) error {
	if len(reports) == 0 {
		return stop
	}
	if err := o.write(reports); err != nil {
		return errors.Join(stop, err)
	}
	return errors.Join(stop, o.show(reports, nil))
}

func control(t target.Target, inv inventory.Inventory) experiment.Control {
	c := experiment.Control{Port: ways{t.Steady(), t.Port(inv)}, Clock: t.Clock(), System: t.Project().System.Name,
		Clusters: map[system.Home]experiment.Cluster{}}
	for home, of := range inv.Homes {
		c.Clusters[home] = experiment.Cluster{Server: of.Cluster.Endpoint, Namespace: of.Cluster.Namespace}
	}
	return c
}

// ways leads calls of AWS to a port that asks again when it is throttled, and those of a cluster to the one that knows it.
type ways struct{ aws, cluster plan.Port }

// Call makes one call.
func (w ways) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	if c.Kind == plan.Kubernetes {
		return w.cluster.Call(ctx, c)
	}
	return w.aws.Call(ctx, c)
}

// lever stops all experiments, or lets them begin again.
func (o *Options) lever(ctx context.Context) error {
	if o.StopAll && o.LetGo || o.All || o.Experiments || len(o.Names) > 0 {
		return exit.Errorf(exit.Usage, "redoubt drill --help", "--stop-all and --let-go stand alone")
	}
	return target.Use(ctx, target.Options{On: o.On, Streams: o.Streams, Wait: o.Wait, Who: "redoubt drill"},
		func(t target.Target) error { return o.pull(ctx, t) })
}

func (o *Options) pull(ctx context.Context, t target.Target) error {
	if o.LetGo {
		err := control(t, inventory.Inventory{}).LetGo(ctx)
		if err == nil {
			o.Streams.Printf("experiments may begin again, once the alarms have seen it\n")
		}
		return exit.With(exit.Stopped, err, "redoubt drill --let-go --on "+o.On)
	}
	known, blind := target.Know(ctx, t) // without an inventory the rest is stopped all the same
	all, err := control(t, known.Inventory).StopAll(ctx)
	for home, why := range known.Silent {
		blind = errors.Join(blind, fmt.Errorf("the inventory of the %s home: %w", home, why))
	}
	if blind != nil {
		err = errors.Join(err, fmt.Errorf("what is set in a cluster was not looked for everywhere, and goes by itself: %w", blind))
	}
	for _, one := range all {
		name := one.Name
		if name == "" {
			name = "one whose template is gone"
		}
		o.Streams.Printf("%s home: %s (%s): %s\n", one.Home, name, one.ID, one.State.Status)
	}
	if err != nil {
		return exit.With(exit.Stopped, err, "redoubt drill --stop-all --on "+o.On)
	}
	o.Streams.Printf("%d stopped; nothing begins until redoubt drill --let-go --on %s\n", len(all), o.On)
	return nil
}
