package experiment

import (
	"context"
	"fmt"
	"strconv"
	"strings"
	"time"

	"redoubt/recovery/execute"
	"redoubt/system/experiments"
)

// inCluster is what a place has set in the cluster.
type inCluster struct {
	set  bool
	from time.Time
}

// reach sets the objects of the experiment once the service runs it: what an alarm or the lever does not let begin is not set.
func (p *Place) reach(ctx context.Context) error {
	if len(p.experiment.Fault.Objects) == 0 {
		return nil
	}
	for until := p.Now().Add(begins); ; {
		state, err := p.Look(ctx, p.active, p.id)
		switch {
		case err == nil && state.Ended():
			p.over = true
			p.wrong("the experiment is %s: %s", state.Status, state.Reason)
			return nil
		case err == nil && state.Status == running:
			return p.set(ctx)
		case !p.Now().Before(until):
			return fmt.Errorf("experiment %s does not run after %s: %s: %w", p.id, begins, state.Status, err)
		}
		if err := p.Clock.Sleep(ctx, every); err != nil {
			return err
		}
	}
}

const (
	running = "running"
	// begins is how long the service may take until an experiment runs (assumed).
	begins = 5 * time.Minute
)

func (p *Place) set(ctx context.Context) error {
	_, agent, dependency, err := p.experiment.Subject(p.sys)
	if err != nil {
		return err
	}
	words := experiments.Words{"agent": agent.Name, "namespace": p.Clusters[p.active].Namespace}
	if d, there := p.sys.Dependency(dependency); there {
		words["host"] = d.Host
	}
	if p.experiment.Call {
		caller, callee, _ := experiments.Spared(p.sys)
		words["caller"], words["callee"], words["port"] = caller.Name, callee.Name, strconv.Itoa(callee.Port)
	}
	if p.experiment.Agent {
		if words["pod"], err = p.Pod(ctx, p.active, agent.Name); err != nil {
			return err
		}
	}
	objects, err := p.experiment.FillObjects(words)
	if err != nil {
		return err
	}
	p.cluster = inCluster{true, p.Now()} // also what was set in part is taken away
	return p.Set(ctx, p.active, p.experiment.Name, objects)
}

// keep lets the objects stand until the fault's time is over; without a word of it the cluster takes them away.
func (p *Place) keep(ctx context.Context) error {
	if !p.cluster.set {
		return nil
	}
	if !p.ends.IsZero() && !p.Now().Before(p.ends) {
		return p.clear(ctx)
	}
	if err := p.Hold(ctx, p.active, p.Now().Sub(p.cluster.from)); execute.ClassOf(err) == execute.NotFound {
		p.wrong("what was set in the cluster of the %s home was taken away before its time", p.active)
		return p.end(ctx)
	}
	return nil // what is not held goes by itself, and the next look tells
}

// clear takes away what was set, and only once.
func (p *Place) clear(ctx context.Context) error {
	if !p.cluster.set {
		return nil
	}
	if err := p.Unset(context.WithoutCancel(ctx), p.active); err != nil {
		return fmt.Errorf("%w; the cluster does it %s after the drill's last word", err, holds)
	}
	p.cluster.set = false
	return nil
}

// unclean says what stands in the way of setting something in the cluster.
func (p *Place) unclean(ctx context.Context) error {
	if len(p.experiment.Fault.Objects) == 0 {
		return nil
	}
	if p.Clusters[p.active].Server == "" {
		return fmt.Errorf("the inventory of the %s home tells no cluster", p.active)
	}
	left, err := p.Standing(ctx, p.active)
	if err == nil && len(left) > 0 {
		err = fmt.Errorf("the cluster of the %s home has a %s of another drill", p.active, strings.Join(left, ", "))
	}
	return err
}
