// Package table declares one home's half of a DynamoDB global table, and the
// tables that never leave their home.
//
// The homes run the same program. The one that seeds declares the table, the
// other a replica of it, by its computed name. Once both stand they are equal:
// both take reads and writes, neither leads, and a failover changes nothing
// here (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html).
// Which of them AWS made first does not matter either, so the declarations also
// fit a table that was restored in the other home and replicated back.
//
// Creating, changing, refreshing and deleting a replica calls the region of the
// table that seeded it; an update that changes nothing of it does not. That is
// one of the few calls across regions, and no step of a recovery makes it.
//
// A write is acknowledged when the home that took it has it in two zones; the
// other home follows within about a second. Of two writes to one item the later
// wins, whoever made it: what must have one winner belongs into a home's own
// table (Shape Locks), never into a global one.
package table

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/dynamodb"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is part of every URN below a Table. Changing it replaces live tables
// unless New also gains an alias for the old type.
const Type = "redoubt:table:Table"

// Table is one home's half of a table.
type Table struct {
	pulumi.ResourceState

	// Name is the physical name; the halves of a global table share it.
	Name pulumi.StringOutput `pulumi:"tableName"`
	// Arn names the table of this home. Its indexes are below it, at /index/.
	Arn pulumi.StringOutput `pulumi:"arn"`
}

// New registers the table under name. The region comes from the AWS provider
// in opts, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Table, error) {
	c, err := newTable(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("table %q: %w", name, err)
	}
	return c, nil
}

func newTable(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Table, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	c := &Table{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"table":      pulumi.String(a.physical()),
		"replicated": pulumi.Bool(!a.Shape.Local),
		"protect":    pulumi.Bool(a.Protect),
	}, c, opts...); err != nil {
		return nil, err
	}
	declare := a.main
	if a.ReplicaOf != "" {
		declare = a.replica
	}
	arn, err := declare(ctx, name, pulumi.Parent(c), pulumi.Protect(a.Protect))
	if err != nil {
		return nil, err
	}
	c.Name, c.Arn = pulumi.String(a.physical()).ToStringOutput(), arn
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"tableName": c.Name, "arn": c.Arn})
}

// main declares the table itself.
func (a *Args) main(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (pulumi.StringOutput, error) {
	in := &dynamodb.TableArgs{
		Name: pulumi.String(a.physical()),
		// No capacity to run out of when the other home's load arrives.
		BillingMode:            pulumi.String("PAY_PER_REQUEST"),
		Attributes:             a.Shape.attributes(),
		HashKey:                pulumi.String(a.Shape.Hash),
		GlobalSecondaryIndexes: a.Shape.indexes(),
		ServerSideEncryption: dynamodb.TableServerSideEncryptionArgs{
			Enabled: pulumi.Bool(true), KmsKeyArn: a.KeyArn,
		},
		PointInTimeRecovery: dynamodb.TablePointInTimeRecoveryArgs{
			Enabled: pulumi.Bool(true), RecoveryPeriodInDays: pulumi.Int(a.PITRDays),
		},
		DeletionProtectionEnabled: pulumi.Bool(a.Protect),
		Tags:                      a.tags(),
	}
	if a.Shape.Range != "" {
		in.RangeKey = pulumi.String(a.Shape.Range)
	}
	if a.Shape.TTL != "" {
		in.Ttl = dynamodb.TableTtlArgs{AttributeName: pulumi.String(a.Shape.TTL), Enabled: pulumi.Bool(true)}
	}
	if !a.Shape.Local {
		// A replica needs the stream. It is on before there is one, because AWS
		// would turn it on then and the next update turn it off again.
		in.StreamEnabled, in.StreamViewType = pulumi.Bool(true), pulumi.String("NEW_AND_OLD_IMAGES")
		// The other home owns the replica. Without this the next update here deletes it.
		opts = append(opts, pulumi.IgnoreChanges([]string{"replicas"}))
	}
	if a.Restored {
		opts = append(opts, pulumi.Import(pulumi.ID(a.physical())))
	}
	t, err := dynamodb.NewTable(ctx, name+"-table", in, opts...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return t.Arn, nil
}

// copyTakes bounds the first copy into a new replica: minutes for an empty
// table, hours for a full one that joins later
// (https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-dynamodb-globaltable.html).
const copyTakes = "6h"

// replica declares this home's replica of the other home's table. Keys,
// indexes, stream and time to live come with the data; point-in-time recovery,
// protection, encryption and tags do not. How far back its recovery reaches
// cannot be said of a replica: it is always 35 days.
func (a *Args) replica(ctx *pulumi.Context, name string, opts ...pulumi.ResourceOption) (pulumi.StringOutput, error) {
	r, err := dynamodb.NewTableReplica(ctx, name+"-replica", &dynamodb.TableReplicaArgs{
		GlobalTableArn:            pulumi.String(a.Scope.Peer(a.ReplicaOf).ARN("dynamodb", "table/"+a.physical())),
		KmsKeyArn:                 a.KeyArn,
		PointInTimeRecovery:       pulumi.Bool(true),
		DeletionProtectionEnabled: pulumi.Bool(a.Protect),
		Tags:                      a.tags(),
	}, append(opts, pulumi.Timeouts(&pulumi.CustomTimeouts{Create: copyTakes}))...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return r.Arn, nil
}

func (a *Args) tags() pulumi.StringMap {
	tags := pulumi.StringMap{"redoubt:store": pulumi.String(a.Name)}
	if a.Tier != "" {
		tags["redoubt:tier"] = pulumi.String(a.Tier)
	}
	return tags
}
