// Package chaos declares what is broken on purpose in one home: a template of AWS Fault Injection Service for each
// declared experiment that the service has actions for, and what keeps it from doing harm. See docs/chaos.md.
package chaos

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/fis"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/system"
	"redoubt/system/experiments"
)

// Type is part of every URN below a Chaos. Changing it replaces the templates
// unless New also gains an alias for the old type.
const Type = "redoubt:chaos:Chaos"

// Args configures the experiments of one home.
type Args struct {
	// Scope names the home. Required.
	Scope naming.Scope
	// PeerRegion is where the guard stands, and what experiments cut the home from. Required.
	PeerRegion string
	// System is what the experiments are about. Required.
	System *system.System
	// Zones are the home's three. Required.
	Zones []string
	// Stores are the places of the stores that the home has, by name. An experiment about another one is left out.
	Stores map[string]Store
	// CallerRoleArn is the role whose calls of EC2 experiments let fail. Required.
	CallerRoleArn pulumi.StringInput
	// LogKeyArn encrypts the log. Required.
	LogKeyArn pulumi.StringInput
	// LoadBalancer is the part of the entry's ARN that its metrics carry. Required.
	LoadBalancer pulumi.StringInput
	// Namespace is the agents' own. Required.
	Namespace string
	// TopicArn is who is told when an alarm stops an experiment. Required.
	TopicArn string
	// Schedules lets the experiments that have a schedule run by themselves: never in production.
	Schedules bool
}

// Store is the place of a store in this home.
type Store struct {
	// Arn is its own, LedgerArn that of a queue's work ledger.
	Arn, LedgerArn pulumi.StringInput
}

// Chaos is what is broken on purpose in one home.
type Chaos struct {
	pulumi.ResourceState

	// Templates are the ids of the experiments' templates, by experiment.
	Templates pulumi.StringMapOutput `pulumi:"templates"`
	// LeverAlarm is the name of the alarm that no experiment starts under, and that stops all that run.
	LeverAlarm pulumi.StringOutput `pulumi:"leverAlarm"`
}

// New registers the experiments under name. Options must carry the providers of the home and of its cluster, and a
// dependency on the agents, which bring the namespace.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Chaos, error) {
	c, err := newChaos(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("chaos %q: %w", name, err)
	}
	return c, nil
}

// builder declares the parts of one Chaos.
type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	component *Chaos
	// all are the experiments that have actions and fit the system.
	all       []experiments.Experiment
	log       *cloudwatch.LogGroup
	templates map[string]*fis.ExperimentTemplate
}

func newChaos(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Chaos, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, component: &Chaos{}, templates: map[string]*fis.ExperimentTemplate{}}
	if b.all, err = a.fitting(); err != nil {
		return nil, err
	}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"home": pulumi.String(a.Scope.Home), "experiments": pulumi.Int(len(b.all)), "schedules": pulumi.Bool(a.Schedules),
	}, b.component, opts...); err != nil {
		return nil, err
	}
	for _, step := range []func() error{b.declareLog, b.declareTemplates, b.declareStop, b.declareGuard, b.declareSchedules, b.leaders} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	ids := pulumi.StringMap{}
	for experiment, t := range b.templates {
		ids[experiment] = t.ID().ToStringOutput()
	}
	b.component.Templates = ids.ToStringMapOutput()
	return b.component, ctx.RegisterResourceOutputs(b.component, pulumi.Map{
		"templates": b.component.Templates, "leverAlarm": b.component.LeverAlarm,
	})
}

// fitting are the experiments that have actions, and that the system and the home have something for.
func (a Args) fitting() ([]experiments.Experiment, error) {
	all, err := experiments.All()
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(all, func(e experiments.Experiment) bool {
		store, _, _, err := e.Subject(a.System)
		at := a.Stores[store.Name]
		away := e.About != "" && at.Arn == nil || e.About == system.Queue && at.LedgerArn == nil
		return !e.Declared() || err != nil || away
	}), nil
}

func (b *builder) child(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append(more, pulumi.Parent(b.component))
}

// tags name one part in the console. They never change: a template whose tags change is replaced, and its id with it.
func (b *builder) tags(part string) pulumi.StringMap {
	return pulumi.StringMap{"Name": pulumi.String(part)}
}

func (b *builder) declareLog() (err error) {
	b.log, err = cloudwatch.NewLogGroup(b.ctx, b.name+"-log", &cloudwatch.LogGroupArgs{
		Name: pulumi.String(b.logName()), RetentionInDays: pulumi.Int(logDays), KmsKeyId: b.args.LogKeyArn, Tags: b.tags("experiments"),
	}, b.child()...)
	return err
}

// logDays is how long what an experiment did is kept.
const logDays = 365

func (b *builder) logName() string { return b.args.Scope.Path("experiments") }

// resolve returns a checked copy.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	var errs []error
	add := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	if a.System == nil {
		return a, errors.New("system is required")
	}
	if a.Scope.System != a.System.Name || a.Scope.Region == "" || a.Scope.Account == "" || !a.Scope.Home.Valid() {
		add("scope is incomplete or not that of system %q: %+v", a.System.Name, a.Scope)
	}
	if a.PeerRegion == "" || a.PeerRegion == a.Scope.Region {
		add("peerRegion is %q, want the region of the other home: a guard in the same region sees nothing", a.PeerRegion)
	}
	if len(a.Zones) != 3 {
		add("zones are %v, want three", a.Zones)
	}
	for name, in := range map[string]pulumi.StringInput{"callerRoleArn": a.CallerRoleArn, "logKeyArn": a.LogKeyArn,
		"loadBalancer": a.LoadBalancer} {
		if in == nil {
			add("%s is required", name)
		}
	}
	for name, text := range map[string]string{"namespace": a.Namespace, "topicArn": a.TopicArn} {
		if text == "" {
			add("%s is empty", name)
		}
	}
	return a, errors.Join(errs...)
}
