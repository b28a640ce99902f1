// Package arbiter declares the third region: the table of the leases, of the word and of what was seen, and one task
// that observes the homes and judges (cmd/observer).
//
// The task runs on Fargate, one at a time, in any of the zones: a look every ten seconds, for ever, of one process.
// Why no function on a schedule does that: docs/decisions/0035-the-arbiter-is-one-task.md. It has a public address
// and lets nobody in, so that no NAT gateway stands for a look at two load balancers.
package arbiter

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/registry"
	"redoubt/components/table"
	"redoubt/internal/naming"
)

// Type is part of every URN below an Arbiter. Changing it replaces the live table unless New also gains an alias for
// the old type.
const Type = "redoubt:arbiter:Arbiter"

// Name is what the arbiter is called in names: of its table, its role and its log.
const Name = "arbiter"

// Image is the image of cmd/observer, built by cmd/Dockerfile. A tag never moves.
const Image = "redoubt/observer:1"

// Table is the name of the arbiter's table as computed, for those in the homes who ask it.
func Table(of naming.Scope) string { return of.LocalTable(Name) }

// TableArn is its ARN as computed.
func TableArn(of naming.Scope) string { return of.ARN("dynamodb", "table/"+Table(of)) }

// Arbiter is the third region of a system.
type Arbiter struct {
	pulumi.ResourceState

	// TableName is the table of leases, words and looks.
	TableName pulumi.StringOutput `pulumi:"tableName"`
}

// New registers the arbiter under name, in the region of the provider in opts.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Arbiter, error) {
	a, err := newArbiter(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("arbiter %q: %w", name, err)
	}
	return a, nil
}

func newArbiter(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Arbiter, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	c := &Arbiter{}
	if err := ctx.RegisterComponentResourceV2(Type, name, a.inputs(), c, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, component: c}
	for _, step := range []func() error{b.key, b.table, b.images, b.observer} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"tableName": c.TableName})
}

// builder declares the children of one component.
type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	component *Arbiter

	keyArn pulumi.StringOutput
}

func (b *builder) child(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.component)}, own...)
}

// key declares the key of the table and of the log.
func (b *builder) key() error {
	policy, err := b.args.keyPolicy().Checked()
	if err != nil {
		return err
	}
	key, err := kms.NewKey(b.ctx, b.name+"-key", &kms.KeyArgs{
		Description: pulumi.Sprintf("%s: the arbiter's table and log", b.args.Scope.System),
		MultiRegion: pulumi.Bool(true), EnableKeyRotation: pulumi.Bool(true), DeletionWindowInDays: pulumi.Int(30),
		Policy: pulumi.String(policy),
	}, b.child(pulumi.Protect(b.args.Protect))...)
	if err != nil {
		return err
	}
	b.keyArn = key.Arn
	_, err = kms.NewAlias(b.ctx, b.name+"-key-alias", &kms.AliasArgs{
		Name: pulumi.String(b.args.Scope.Alias(Name)), TargetKeyId: key.KeyId,
	}, b.child()...)
	return err
}

// pitrDays is how far back the table can be had: to read what was seen, never to restore a lease.
const pitrDays = 35

func (b *builder) table() error {
	t, err := table.New(b.ctx, b.name+"-table", &table.Args{
		Scope: b.args.Scope, Name: Name, Shape: table.Locks, PITRDays: pitrDays, KeyArn: b.keyArn, Protect: b.args.Protect,
	}, b.child()...)
	if err != nil {
		return err
	}
	b.component.TableName = t.Name
	return nil
}

// images is where the task's image is pulled from. Nothing replicates into it: push it here too.
func (b *builder) images() error {
	_, err := registry.New(b.ctx, b.name+"-registry", &registry.Args{
		Scope: b.args.Scope, Images: []string{Image}, AdoptReplication: true, Protect: b.args.Protect,
	}, b.child()...)
	return err
}

// logDays is how long what the observer says is kept, and who connected.
const logDays = 90

// observer declares the task, as soon as there is something to observe.
func (b *builder) observer() error {
	if b.args.Settings == "" {
		return nil
	}
	logs, err := cloudwatch.NewLogGroup(b.ctx, b.name+"-logs", &cloudwatch.LogGroupArgs{
		Name: pulumi.String(b.args.logGroup()), KmsKeyId: b.keyArn, RetentionInDays: pulumi.Int(logDays),
	}, b.child()...)
	if err != nil {
		return err
	}
	n, err := b.network()
	if err != nil {
		return err
	}
	if err := b.service(n, logs); err != nil {
		return err
	}
	return b.alarm()
}
