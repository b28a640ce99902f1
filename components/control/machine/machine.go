// Package machine declares what runs a plan inside AWS: a state machine that walks every plan that moves work into the
// home, the one function that it invokes, and what each of them may do
// (docs/decisions/0034-the-machine-that-recovers-a-home.md).
//
// All of it stands before anything is lost, and none of it calls the other region or what lives in one fixed region on its
// own: to start it takes Step Functions, Lambda, the control bucket and the lock table of its own home.
package machine

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sfn"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/recovery/render"
	"redoubt/recovery/rights"
)

// Type is part of every URN below a Machine. Changing it replaces the machine unless New also gains an alias for the old
// type.
const Type = "redoubt:control:Machine"

// The parts that are called alike: the function, its machine and its topic; the roles all begin with the same word, which
// is how the pipeline's stack knows them (naming.Scope.RecoveryBoundary).
const (
	part        = "recover"
	machinePart = "recover-machine"
	hourlyPart  = "recover-hourly"
)

// Machine is what runs plans in one home.
type Machine struct {
	pulumi.ResourceState

	// MachineArn is the state machine's ARN, FunctionRoleArn that of the role under which plans' calls are made, and
	// TopicArn that of the topic on which people are asked.
	MachineArn      pulumi.StringOutput `pulumi:"machineArn"`
	FunctionRoleArn pulumi.StringOutput `pulumi:"functionRoleArn"`
	TopicArn        pulumi.StringOutput `pulumi:"topicArn"`
}

// Arn is the ARN of the state machine of a home, as computed.
func Arn(s naming.Scope) string { return s.ARN("states", "stateMachine:"+s.StateMachine(part)) }

// RoleArn is the ARN of the role under which the calls of plans are made in a home, as computed.
func RoleArn(s naming.Scope) string {
	return fmt.Sprintf("arn:aws:iam::%s:role/%s", s.Account, s.Role(part))
}

// Recovers reports whether a role of the home is one of those that are declared here, by its name.
func Recovers(s naming.Scope, role pulumi.StringPtrInput) bool {
	for _, name := range []string{part, machinePart, hourlyPart} {
		if role == pulumi.String(s.Role(name)) {
			return true
		}
	}
	return false
}

// FunctionArn is the ARN of the function of a home, TopicArn that of its topic, as computed.
func FunctionArn(s naming.Scope) string { return s.ARN("lambda", "function:"+s.Function(part)) }

// TopicArn is the ARN of the topic on which people are asked, as computed.
func TopicArn(s naming.Scope) string { return s.ARN("sns", s.Function(part)) }

// New registers the machine under name. Options must carry the home's provider and that of its cluster, which the children
// inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Machine, error) {
	m, err := newMachine(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("machine %q: %w", name, err)
	}
	return m, nil
}

func newMachine(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Machine, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	m := &Machine{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{"image": pulumi.String(a.Image)}, m, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, component: m}
	for _, step := range []func() error{b.network, b.function, b.enter, b.topic, b.machine, b.hourly, b.minutely, b.silence} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return m, ctx.RegisterResourceOutputs(m, pulumi.Map{
		"machineArn": m.MachineArn, "functionRoleArn": m.FunctionRoleArn, "topicArn": m.TopicArn,
	})
}

// builder declares the children of one Machine.
type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	component *Machine
	// group is the function's security group, topicArn what people are asked on.
	group    pulumi.StringOutput
	topicArn pulumi.StringOutput
	// turns is the role under which schedules invoke the function, mayTurn its policy.
	turns   *iam.Role
	mayTurn pulumi.Resource
	// told must stand before anybody is asked, invoked before anything is invoked.
	told, invoked pulumi.Resource
}

// child returns the options of a child: the component as its parent, and its own.
func (b *builder) child(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.component)}, own...)
}

// role declares a role of a service with one policy of its own.
func (b *builder) role(part, name, why string, trust iampolicy.Document, may pulumi.StringInput,
) (*iam.Role, *iam.RolePolicy, error) {
	role, err := iam.NewRole(b.ctx, b.name+"-"+part+"-role", &iam.RoleArgs{
		Name: pulumi.String(b.args.Scope.Role(name)), Description: pulumi.String(why), AssumeRolePolicy: pulumi.String(trust.JSON()),
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	allowed, err := iam.NewRolePolicy(b.ctx, b.name+"-"+part+"-policy", &iam.RolePolicyArgs{
		Name: pulumi.String(name), Role: role.Name, Policy: may,
	}, b.child()...)
	return role, allowed, err
}

// fixed is a policy that is known beforehand.
func fixed(doc iampolicy.Document) (pulumi.StringInput, error) {
	text, err := doc.Checked()
	return pulumi.String(text), err
}

// machine declares the state machine that walks every plan, also one that is made on the day. It keeps no log of its own:
// a standard execution keeps its history for 90 days, and the journal in the home's lock table is the truth.
func (b *builder) machine() error {
	s := b.args.Scope
	may, err := fixed(rights.Starts(FunctionArn(s), TopicArn(s)))
	if err != nil {
		return err
	}
	role, allowed, err := b.role("machine", machinePart, "Invokes the one function that recovers the home, and asks people",
		iampolicy.Trust("states.amazonaws.com", iampolicy.SourceAccount(s.Account)), may)
	if err != nil {
		return err
	}
	definition, err := render.Machine{Function: FunctionArn(s), Topic: TopicArn(s)}.Any()
	if err != nil {
		return fmt.Errorf("definition: %w", err)
	}
	machine, err := sfn.NewStateMachine(b.ctx, b.name+"-machine", &sfn.StateMachineArgs{
		Name: pulumi.String(s.StateMachine(part)), Definition: pulumi.String(definition), RoleArn: role.Arn,
		Type: pulumi.String("STANDARD"),
	}, b.child(pulumi.DependsOn([]pulumi.Resource{allowed, b.invoked, b.told}), pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return err
	}
	b.component.MachineArn = machine.Arn
	return nil
}
