// Package queue declares one home's queue of a store, its dead-letter queue
// and its half of the work ledger.
//
// SQS knows one region. What a home had accepted and not done is lost with it
// for as long as it is away, so the truth about work is not in the queue but in
// the work ledger, a table that both homes have (package inventory tells its
// attributes). A producer puts the item and then sends the message; work is
// acknowledged when the item is written. A consumer marks it done. After a
// move, a step of the plan queries the ledger's index for what is open and sends
// it again in the receiving home: to a consumer it is one message more with a
// token that it may have seen.
//
// So a queue's name carries no generation: nothing is restored into it. What a
// restore brings back under a new generation is the ledger.
package queue

import (
	"encoding/json"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/table"
	"redoubt/internal/iampolicy"
)

// Type is part of every URN below a Queue. Changing it replaces live queues
// unless New also gains an alias for the old type.
const Type = "redoubt:queue:Queue"

// How long messages live, in seconds. A dead letter keeps the age it had in the
// queue, so its queue keeps longer: the most that SQS takes, 14 days
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html).
const (
	keepSeconds     = 4 * 24 * 3600
	keepDeadSeconds = 14 * 24 * 3600
)

// waitSeconds is how long a consumer's empty poll is held open: the most, which
// makes the fewest calls.
const waitSeconds = 20

// dataKeySeconds is how long SQS goes on with a data key before it asks KMS
// again; in that time the queue works without KMS.
const dataKeySeconds = 3600

// Queue is one home's queue of a store.
type Queue struct {
	pulumi.ResourceState

	// Name is the physical name, alike in both homes; Arn and URL are the home's own.
	Name pulumi.StringOutput `pulumi:"queueName"`
	Arn  pulumi.StringOutput `pulumi:"arn"`
	URL  pulumi.StringOutput `pulumi:"url"`
	// DeadLetterArn and DeadLetterURL are where messages go that nobody could work on.
	DeadLetterArn pulumi.StringOutput `pulumi:"deadLetterArn"`
	DeadLetterURL pulumi.StringOutput `pulumi:"deadLetterUrl"`
	// LedgerName and LedgerArn are the home's half of the work ledger, empty
	// where it has none. The index of open work is below the ARN, at /index/.
	LedgerName pulumi.StringOutput `pulumi:"ledgerName"`
	LedgerArn  pulumi.StringOutput `pulumi:"ledgerArn"`
}

// New registers the queue under name. The region comes from the AWS provider
// in opts, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Queue, error) {
	c, err := newQueue(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("queue %q: %w", name, err)
	}
	return c, nil
}

func newQueue(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Queue, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	c := &Queue{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"queue":       pulumi.String(a.physical()),
		"ledger":      pulumi.Bool(a.Ledger != nil),
		"maxReceives": pulumi.Int(a.Store.MaxReceives),
		"protect":     pulumi.Bool(a.Protect),
	}, c, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, component: c}
	if err := b.build(); err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"queueName": c.Name, "arn": c.Arn, "url": c.URL, "deadLetterArn": c.DeadLetterArn,
		"deadLetterUrl": c.DeadLetterURL, "ledgerName": c.LedgerName, "ledgerArn": c.LedgerArn,
	})
}

// builder declares the children of one component.
type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	component *Queue
}

func (b *builder) build() error {
	c := b.component
	dead, err := b.deadLetters()
	if err != nil {
		return err
	}
	q, err := b.queue(dead)
	if err != nil {
		return err
	}
	c.Name, c.Arn, c.URL = pulumi.String(b.args.physical()).ToStringOutput(), q.Arn, q.Url
	c.DeadLetterArn, c.DeadLetterURL = dead.Arn, dead.Url
	c.LedgerName, c.LedgerArn = pulumi.String("").ToStringOutput(), pulumi.String("").ToStringOutput()
	if b.args.Ledger == nil {
		return nil
	}
	ledger, err := table.New(b.ctx, b.name+"-ledger", &table.Args{
		Scope: b.args.Scope, Name: LedgerName(b.args.Store), Tier: b.args.Store.Tier, Shape: table.Ledger,
		Generation: b.args.Generation, PITRDays: b.args.Ledger.PITRDays, KeyArn: b.args.KeyArn,
		ReplicaOf: b.args.Ledger.ReplicaOf, Protect: b.args.Protect,
	}, pulumi.Parent(c))
	if err != nil {
		return err
	}
	c.LedgerName, c.LedgerArn = ledger.Name, ledger.Arn
	return nil
}

// queue declares the queue itself. It is made after its dead-letter queue,
// without which SQS refuses the redrive policy.
func (b *builder) queue(dead *sqs.Queue) (*sqs.Queue, error) {
	redrive, err := json.Marshal(struct {
		Target string `json:"deadLetterTargetArn"`
		Most   int    `json:"maxReceiveCount"`
	}{b.args.arn(b.args.dead()), b.args.Store.MaxReceives})
	if err != nil {
		return nil, err
	}
	in := b.common(b.args.physical())
	in.MessageRetentionSeconds = pulumi.Int(keepSeconds)
	in.VisibilityTimeoutSeconds = pulumi.Int(b.args.VisibilitySeconds)
	in.RedrivePolicy = pulumi.String(redrive)
	q, err := sqs.NewQueue(b.ctx, b.name+"-queue", in, b.kept(pulumi.DependsOn([]pulumi.Resource{dead}))...)
	if err != nil {
		return nil, err
	}
	return q, b.policy("queue", b.args.physical(), q)
}

// deadLetters declares the dead-letter queue; it takes from the queue alone.
func (b *builder) deadLetters() (*sqs.Queue, error) {
	allow, err := json.Marshal(struct {
		Permission string   `json:"redrivePermission"`
		Sources    []string `json:"sourceQueueArns"`
	}{"byQueue", []string{b.args.arn(b.args.physical())}})
	if err != nil {
		return nil, err
	}
	in := b.common(b.args.dead())
	in.MessageRetentionSeconds = pulumi.Int(keepDeadSeconds)
	in.RedriveAllowPolicy = pulumi.String(allow)
	q, err := sqs.NewQueue(b.ctx, b.name+"-dead", in, b.kept()...)
	if err != nil {
		return nil, err
	}
	return q, b.policy("dead", b.args.dead(), q)
}

// common is what both queues have.
func (b *builder) common(name string) *sqs.QueueArgs {
	in := &sqs.QueueArgs{
		Name:                         pulumi.String(name),
		KmsMasterKeyId:               b.args.KeyArn,
		KmsDataKeyReusePeriodSeconds: pulumi.Int(dataKeySeconds),
		ReceiveWaitTimeSeconds:       pulumi.Int(waitSeconds),
		Tags: pulumi.StringMap{
			"redoubt:store": pulumi.String(b.args.Store.Name), "redoubt:tier": pulumi.String(b.args.Store.Tier),
		},
	}
	if b.args.Store.FIFO {
		in.FifoQueue = pulumi.Bool(true)
	}
	return in
}

// policy keeps a queue closed to whoever does not come over TLS. It allows
// nobody: agents of the account are allowed by their own roles.
func (b *builder) policy(part, physical string, q *sqs.Queue) error {
	text, err := iampolicy.Document{Statements: []iampolicy.Statement{
		iampolicy.TLSOnly("sqs", b.args.arn(physical)),
	}}.Checked()
	if err != nil {
		return err
	}
	_, err = sqs.NewQueuePolicy(b.ctx, b.name+"-"+part+"-policy", &sqs.QueuePolicyArgs{
		QueueUrl: q.Url, Policy: pulumi.String(text),
	}, pulumi.Parent(b.component))
	return err
}

// kept returns the options of a queue: it is never deleted by a slip, and a
// replacement waits for its end because the two would have one name.
func (b *builder) kept(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{
		pulumi.Parent(b.component), pulumi.Protect(b.args.Protect), pulumi.DeleteBeforeReplace(true),
	}, own...)
}
