package experiment

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"redoubt/internal/clock"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/system/experiments"
)

// The tags by which a template is found: the program's provider puts the first two on everything, components/chaos the last.
const (
	tagSystem = "redoubt:system"
	tagHome   = "redoubt:home"
	tagName   = "Name"
)

// The states of an experiment: https://docs.aws.amazon.com/fis/latest/APIReference/API_ExperimentState.html
const (
	completed = "completed"
	stopped   = "stopped"
)

var underWay = []string{"pending", "initiating", "running", "stopping"}

// Control starts, watches and stops the experiments of a system's homes.
type Control struct {
	Port   plan.Port
	Clock  clock.Clock
	System string
	// Clusters are those of the homes; one that is not known is left alone.
	Clusters map[system.Home]Cluster
}

// Running is an experiment that is under way.
type Running struct {
	Home system.Home
	// ID is the service's own, Name that of the declaration; empty where its template is gone.
	ID, Name string
}

// State is what the service tells of an experiment.
type State struct{ Status, Reason string }

// Ended reports whether nothing of it goes on.
func (s State) Ended() bool { return !slices.Contains(underWay, s.Status) }

// Broke reports whether it ended before its time: by a stop alarm, by hand, or because an action failed.
func (s State) Broke() bool { return s.Ended() && s.Status != completed }

func (c Control) call(ctx context.Context, home system.Home, operation string, in plan.Document, token string) (plan.Document, error) {
	return c.Port.Call(ctx, plan.Call{Kind: plan.AWS, Home: home, Service: "fis", Operation: operation, Input: in, Token: token})
}

// pages reads every page of a list.
func (c Control) pages(ctx context.Context, home system.Home, operation, list string) ([]plan.Document, error) {
	var out []plan.Document
	for next := ""; ; {
		in := plan.Document{"maxResults": pageSize}
		if next != "" {
			in["nextToken"] = next
		}
		page, err := c.call(ctx, home, operation, in, "")
		if err != nil {
			return nil, err
		}
		items, _ := page[list].([]any)
		for _, item := range items {
			if one, is := item.(plan.Document); is {
				out = append(out, one)
			}
		}
		if next = text(page, "nextToken"); next == "" {
			return out, nil
		}
	}
}

// pageSize is the most that the service puts into a page.
const pageSize = 100

// Templates are the ids of a home's templates, by the name of the experiment.
func (c Control) Templates(ctx context.Context, home system.Home) (map[string]string, error) {
	all, err := c.pages(ctx, home, "ListExperimentTemplates", "experimentTemplates")
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, one := range all {
		tags, _ := one["tags"].(plan.Document)
		if text(tags, tagSystem) == c.System && text(tags, tagHome) == string(home) {
			out[text(tags, tagName)] = text(one, "id")
		}
	}
	return out, nil
}

// Start starts a template. A repeat with the same token starts nothing more.
func (c Control) Start(ctx context.Context, home system.Home, template, token string) (string, error) {
	out, err := c.call(ctx, home, "StartExperiment", plan.Document{"experimentTemplateId": template, "tags": plan.Document{
		tagSystem: c.System, tagHome: string(home)}}, token)
	if err != nil {
		return "", err
	}
	made, _ := out["experiment"].(plan.Document)
	if text(made, "id") == "" {
		return "", errors.New("the service told no id of the experiment that it started")
	}
	return text(made, "id"), nil
}

// Look is the state of an experiment.
func (c Control) Look(ctx context.Context, home system.Home, id string) (State, error) {
	out, err := c.call(ctx, home, "GetExperiment", plan.Document{"id": id}, "")
	if err != nil {
		return State{}, err
	}
	made, _ := out["experiment"].(plan.Document)
	return stateOf(made), nil
}

func stateOf(one plan.Document) State {
	state, _ := one["state"].(plan.Document)
	return State{text(state, "status"), text(state, "reason")}
}

// Running are the system's experiments that are under way in a home.
func (c Control) Running(ctx context.Context, home system.Home) ([]Running, error) {
	templates, err := c.Templates(ctx, home)
	if err != nil {
		return nil, err
	}
	names := map[string]string{}
	for name, id := range templates {
		names[id] = name
	}
	all, err := c.pages(ctx, home, "ListExperiments", "experiments")
	var out []Running
	for _, one := range all {
		tags, _ := one["tags"].(plan.Document)
		name, ours := names[text(one, "experimentTemplateId")]
		if (ours || text(tags, tagSystem) == c.System && text(tags, tagHome) == string(home)) && !stateOf(one).Ended() {
			out = append(out, Running{home, text(one, "id"), name})
		}
	}
	return out, err
}

// Stop stops an experiment and waits until nothing of it goes on. One that has ended is no error.
func (c Control) Stop(ctx context.Context, home system.Home, id string) (State, error) {
	_, refused := c.call(ctx, home, "StopExperiment", plan.Document{"id": id}, "")
	state, err := c.await(ctx, home, id, stopFor)
	switch {
	case err != nil:
		return state, errors.Join(refused, err)
	case !state.Ended():
		return state, errors.Join(refused, fmt.Errorf("experiment %s is still %s after %s", id, state.Status, stopFor))
	}
	return state, nil
}

const (
	// stopFor is how long the service may take to put back what it changed (assumed).
	stopFor = 10 * time.Minute
	// every is the time between two looks.
	every = 15 * time.Second
)

// await looks until the experiment has ended, or for some time.
func (c Control) await(ctx context.Context, home system.Home, id string, patience time.Duration) (State, error) {
	for until := c.Clock.Now().Add(patience); ; {
		state, err := c.Look(ctx, home, id)
		if err == nil && state.Ended() || !c.Clock.Now().Before(until) {
			return state, err
		}
		if err := c.Clock.Sleep(ctx, every); err != nil {
			return state, err
		}
	}
}

// Pull puts the lever of a home: 1 lets nothing run, 0 lets go.
func (c Control) Pull(ctx context.Context, home system.Home, value int) error {
	_, err := c.Port.Call(ctx, plan.Call{Kind: plan.AWS, Home: home, Service: "cloudwatch", Operation: "PutMetricData",
		Input: plan.Document{"Namespace": experiments.LeverNamespace, "MetricData": []any{plan.Document{
			"MetricName": experiments.LeverMetric, "Value": value, "Dimensions": []any{plan.Document{
				"Name": experiments.LeverDimension, "Value": c.System}}}}}})
	return err
}

// Ended is what became of an experiment that was stopped.
type Ended struct {
	Running
	State State
	Err   error
}

// StopAll pulls the lever of each home, so that nothing begins, takes away what is set in its cluster, and stops all that
// runs there. That one home does not answer keeps nothing from being stopped in the other.
func (c Control) StopAll(ctx context.Context) ([]Ended, error) {
	var out []Ended
	var errs []error
	for _, home := range system.Homes {
		note := func(what string, err error) {
			if err != nil {
				errs = append(errs, fmt.Errorf("%s home: %s: %w", home, what, err))
			}
		}
		note("the lever", c.Pull(ctx, home, 1))
		if c.Clusters[home].Server != "" {
			if err := c.Unset(ctx, home); err != nil {
				note("the cluster", fmt.Errorf("%w; what a drill set there goes %s after the drill's last word", err, holds))
			}
		}
		all, err := c.Running(ctx, home)
		note("what runs", err)
		for _, one := range all {
			state, err := c.Stop(ctx, home, one.ID)
			note("experiment "+one.ID, err)
			out = append(out, Ended{one, state, err})
		}
	}
	return out, errors.Join(errs...)
}

// LetGo lets experiments begin again in both homes.
func (c Control) LetGo(ctx context.Context) error {
	var errs []error
	for _, home := range system.Homes {
		if err := c.Pull(ctx, home, 0); err != nil {
			errs = append(errs, fmt.Errorf("%s home: the lever: %w", home, err))
		}
	}
	return errors.Join(errs...)
}

func text(in plan.Document, name string) string {
	s, _ := in[name].(string)
	return s
}
