// Package cache builds one home's half of a cache: a Valkey replication group
// of three nodes, one a zone, and the global datastore that joins the homes.
//
// The two homes run the same program. Exactly one of them, the seed, makes the
// global datastore out of its own group, in its first update; the other joins
// with the id that AWS invented, which it reads in the seed's inventory. Which
// group takes writes is a fact of the running datastore: a failover changes it
// and nothing here, so what AWS changes then is left alone (see drift.go).
//
// A cache of a tier that is restored from backups has no datastore. Its seed
// keeps the group alone, the other home all that a restored group needs beside it.
//
// An acknowledged write is one that the writing group's primary node has taken.
// Its replicas, and the other home's group, follow a moment later: a cache may
// lose acknowledged writes with a node, a zone or a region.
//
// A cache that nothing else holds is kept as snapshots: AWS takes one a day, a
// state machine exports it to a bucket that replicates to the other home, and
// restores the exported object beside, to see that it can be (see definition.go).
// A cache with rebuildFrom has none of it, and says so in a tag and an output.
//
// Clients authenticate by IAM, as the one user that each home has for the
// cache; there is no password. Both homes' users have one name.
//
// A major version of the engine is not raised here: AWS wants a parameter group
// for it in the same call. Minor versions and node types are the datastore's and
// change in all members at once.
package cache

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/system"
)

// Type is part of every URN below a Cache. Changing it replaces live caches
// unless New also gains an alias for the old type.
const Type = "redoubt:cache:Cache"

// Port is where the nodes listen.
const Port = 6379

// Cache is one cache in one home.
type Cache struct {
	pulumi.ResourceState

	// GroupID and Arn name the home's replication group. Where one stands only
	// after a restore they are what it will be called, and endpoints and members are empty.
	GroupID pulumi.StringOutput `pulumi:"groupId"`
	Arn     pulumi.StringOutput `pulumi:"arn"`
	// GlobalID names the global datastore; empty without one.
	GlobalID pulumi.StringOutput `pulumi:"globalId"`
	// Endpoint reaches the group's primary node, which takes writes in the home
	// that writes; ReaderEndpoint reaches the replicas. Both want TLS on Port.
	Endpoint       pulumi.StringOutput `pulumi:"endpoint"`
	ReaderEndpoint pulumi.StringOutput `pulumi:"readerEndpoint"`
	// Members are the ids of the group's nodes, which metrics are named after.
	Members pulumi.StringArrayOutput `pulumi:"members"`
	// UserArn and UserName are whom clients connect as: they need elasticache:Connect
	// on Arn and on UserArn (docs.aws.amazon.com/AmazonElastiCache/latest/dg/auth-iam.html).
	UserArn  pulumi.StringOutput `pulumi:"userArn"`
	UserName pulumi.StringOutput `pulumi:"userName"`
	// RebuildFrom is the store that a rebuildable cache is filled from; empty for a cache that is kept as snapshots.
	RebuildFrom pulumi.StringOutput `pulumi:"rebuildFrom"`
	// SnapshotBucket takes the exported snapshots; empty for a cache that is rebuilt.
	SnapshotBucket pulumi.StringOutput `pulumi:"snapshotBucket"`
	// MachineArn is the state machine that exports and restores a snapshot each
	// day, AlarmName the alarm that no run of a day succeeded; empty without them.
	MachineArn pulumi.StringOutput `pulumi:"machineArn"`
	AlarmName  pulumi.StringOutput `pulumi:"alarmName"`
}

// New registers the cache's half of one home under name. The region comes from
// the AWS provider in opts, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Cache, error) {
	c, err := newCache(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("cache %q: %w", name, err)
	}
	return c, nil
}

func newCache(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Cache, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	c := &Cache{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"store":       pulumi.String(a.Store.Name),
		"home":        pulumi.String(string(a.Scope.Home)),
		"generation":  pulumi.Int(a.Generation),
		"seed":        pulumi.Bool(a.Seed),
		"replicated":  pulumi.Bool(a.Replicated),
		"nodeType":    pulumi.String(a.NodeType),
		"rebuildFrom": pulumi.String(a.Store.RebuildFrom),
	}, c, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, component: c}
	b.defaults()
	if err := b.build(); err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"groupId": c.GroupID, "arn": c.Arn, "globalId": c.GlobalID,
		"endpoint": c.Endpoint, "readerEndpoint": c.ReaderEndpoint, "members": c.Members,
		"userArn": c.UserArn, "userName": c.UserName, "rebuildFrom": c.RebuildFrom,
		"snapshotBucket": c.SnapshotBucket, "machineArn": c.MachineArn, "alarmName": c.AlarmName,
	})
}

// builder declares the children of one component.
type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	component *Cache
}

// defaults are the outputs as they are before there is a group.
func (b *builder) defaults() {
	c, a, none := b.component, b.args, pulumi.String("").ToStringOutput()
	c.GroupID = pulumi.String(b.groupID()).ToStringOutput()
	c.Arn = pulumi.String(a.Scope.ARN("elasticache", "replicationgroup:"+b.groupID())).ToStringOutput()
	c.GlobalID, c.Endpoint, c.ReaderEndpoint = none, none, none
	c.SnapshotBucket, c.MachineArn, c.AlarmName = none, none, none
	c.Members = pulumi.StringArray{}.ToStringArrayOutput()
	c.RebuildFrom = pulumi.String(a.Store.RebuildFrom).ToStringOutput()
}

func (b *builder) build() error {
	access, err := b.access()
	if err != nil {
		return err
	}
	users, err := b.users()
	if err != nil {
		return err
	}
	subnets, err := b.subnetGroup()
	if err != nil {
		return err
	}
	parts := parts{access: access, users: users, subnets: subnets}
	if !b.args.joins() { // a member takes the datastore's
		if parts.parameters, err = b.parameterGroup(); err != nil {
			return err
		}
	}
	if !b.args.restoredOnly() {
		if err := b.group(parts); err != nil {
			return err
		}
	}
	return b.snapshots(parts)
}

// child returns the options of a child: the component as its parent, and its own.
func (b *builder) child(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.component)}, own...)
}

// kept returns the options of a child whose loss would be a loss of data. What
// is rebuilt from elsewhere is guarded too: a rebuild takes its time.
func (b *builder) kept(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return b.child(append(own, pulumi.Protect(b.args.Protect))...)
}

// groupID is the replication group's chosen name.
func (b *builder) groupID() string { return b.args.Scope.Cache(b.args.Store.Name, b.args.Generation) }

func (b *builder) tags() pulumi.StringMap {
	tags := pulumi.StringMap{
		"redoubt:store": pulumi.String(b.args.Store.Name),
		"redoubt:tier":  pulumi.String(b.args.Store.Tier),
		"redoubt:home":  pulumi.String(string(b.args.Scope.Home)),
	}
	if from := b.args.Store.RebuildFrom; from != "" {
		tags["redoubt:rebuild-from"] = pulumi.String(from)
	}
	return tags
}

// Replicated reports whether the other home holds a replica of a store in a
// tier of that strategy, rather than backups alone.
func Replicated(s system.Strategy) bool { return s != system.BackupRestore }
