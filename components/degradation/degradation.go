// Package degradation declares in one home what tells the agents how much to give: for each agent that declares
// levels an application of AWS AppConfig, a version of its feature flag for each level, made ahead, and two
// environments to deploy them to. People use one, gradually and under an alarm that takes a bad change back;
// recovery plans use the other.
package degradation

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/appconfig"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/system"
)

// Type is part of every URN below a Degradation. Changing it replaces live
// flags unless New also gains an alias for the old type.
const Type = "redoubt:degradation:Degradation"

// Degradation are the levels of one home's agents.
type Degradation struct {
	pulumi.ResourceState

	// ApplicationIDs, ProfileIDs and RecoveryIDs are the ids of each agent's application, profile and of the
	// environment that plans deploy to, by agent.
	ApplicationIDs pulumi.StringMapOutput `pulumi:"applicationIds"`
	ProfileIDs     pulumi.StringMapOutput `pulumi:"profileIds"`
	RecoveryIDs    pulumi.StringMapOutput `pulumi:"recoveryIds"`
	// Versions are the hosted versions, by VersionKey.
	Versions pulumi.StringMapOutput `pulumi:"versions"`
	// ReadArns are what an agent's pods read, by agent.
	ReadArns pulumi.StringArrayMapOutput `pulumi:"readArns"`
	// StrategyID is the deployment strategy of plans, GradualID that of people.
	StrategyID pulumi.StringOutput `pulumi:"strategyId"`
	GradualID  pulumi.StringOutput `pulumi:"gradualId"`
	// AlarmName is the alarm that takes a gradual deployment back.
	AlarmName pulumi.StringOutput `pulumi:"alarmName"`
}

// VersionKey is the key of an agent's level in Versions.
func VersionKey(agent string, level system.Level) string { return agent + "/" + string(level) }

// New registers the levels under name. The region comes from the AWS provider in opts.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Degradation, error) {
	d, err := newDegradation(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("degradation %q: %w", name, err)
	}
	return d, nil
}

func newDegradation(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Degradation, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	d := &Degradation{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"home": pulumi.String(a.Scope.Home), "agents": pulumi.Int(len(a.System.Degrading())),
	}, d, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, component: d}
	if err := b.build(); err != nil {
		return nil, err
	}
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{
		"applicationIds": d.ApplicationIDs, "profileIds": d.ProfileIDs, "recoveryIds": d.RecoveryIDs,
		"versions": d.Versions, "readArns": d.ReadArns, "strategyId": d.StrategyID, "gradualId": d.GradualID,
		"alarmName": d.AlarmName,
	})
}

// builder declares the children of one component.
type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	component *Degradation
	// monitors are what watches the environment of people.
	monitors appconfig.EnvironmentMonitorArray
	// guards are what the monitors stand on.
	guards []pulumi.Resource
}

func (b *builder) build() error {
	for _, step := range []func() error{b.strategies, b.guard} {
		if err := step(); err != nil {
			return err
		}
	}
	all := told{applications: pulumi.StringMap{}, profiles: pulumi.StringMap{}, recoveries: pulumi.StringMap{},
		versions: pulumi.StringMap{}, reads: pulumi.StringArrayMap{}}
	for _, agent := range b.args.System.Degrading() {
		if err := b.agent(agent, all); err != nil {
			return fmt.Errorf("agent %q: %w", agent.Name, err)
		}
	}
	d := b.component
	d.ApplicationIDs, d.ProfileIDs = all.applications.ToStringMapOutput(), all.profiles.ToStringMapOutput()
	d.RecoveryIDs, d.Versions = all.recoveries.ToStringMapOutput(), all.versions.ToStringMapOutput()
	d.ReadArns = all.reads.ToStringArrayMapOutput()
	return nil
}

// told gathers what AWS tells of the agents.
type told struct {
	applications, profiles, recoveries, versions pulumi.StringMap
	reads                                        pulumi.StringArrayMap
}

// child returns the options of a child: the component as its parent, and its own.
func (b *builder) child(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.component)}, own...)
}
