// Package postgres builds one home's half of an Aurora PostgreSQL global
// database: a cluster over three zones, its credentials and its proxy.
//
// The two homes run the same program. Exactly one of them, the seed, creates
// the global database and its first cluster; the other joins it by its
// computed name. Which cluster writes is a fact of the running database: a
// failover changes it and nothing here, so what AWS changes then is left alone
// (see drift.go).
//
// A cluster can join only when the seed's cluster has an instance
// (github.com/hashicorp/terraform-provider-aws/issues/26030), so the seed's stack is brought up first. It is
// also destroyed last: AWS does not delete the last instance of a cluster
// that another one follows.
//
// The master password is configuration and each home keeps its own copy of
// it in its own Secrets Manager, so that opening a connection never calls the
// peer. Aurora does not manage passwords in a global database. To rotate it, set it on
// the writing cluster, then in the configuration of both homes.
//
// An acknowledged write is one that the writing cluster has committed to its
// six copies in three zones. The other home follows within about a second;
// only a managed RPO (Args.RPOEnforced) makes a commit wait for it.
package postgres

import (
	"fmt"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
)

// Type is part of every URN below a Postgres. Changing it replaces live
// databases unless New also gains an alias for the old type.
const Type = "redoubt:postgres:Postgres"

// Port is where the clusters and the proxies listen.
const Port = 5432

// Postgres is one postgres store in one home.
type Postgres struct {
	pulumi.ResourceState

	// ClusterID and ClusterArn name the home's own cluster.
	ClusterID  pulumi.StringOutput `pulumi:"clusterId"`
	ClusterArn pulumi.StringOutput `pulumi:"clusterArn"`
	// GlobalID names the global database that both homes' clusters belong to.
	GlobalID pulumi.StringOutput `pulumi:"globalId"`
	// Endpoint reaches the cluster's writer; in the home that does not write it
	// answers only after a failover. ReaderEndpoint reaches its readers.
	Endpoint       pulumi.StringOutput `pulumi:"endpoint"`
	ReaderEndpoint pulumi.StringOutput `pulumi:"readerEndpoint"`
	// ProxyEndpoint is the pooled way to the writer, ProxyReaderEndpoint to the readers.
	ProxyEndpoint       pulumi.StringOutput `pulumi:"proxyEndpoint"`
	ProxyReaderEndpoint pulumi.StringOutput `pulumi:"proxyReaderEndpoint"`
	// Members are the identifiers of the cluster's instances, the first zone's first.
	Members pulumi.StringArrayOutput `pulumi:"members"`
	// SecretArn names the home's own copy of the credentials.
	SecretArn pulumi.StringOutput `pulumi:"secretArn"`
}

// New registers the store's half of one home under name. The region comes
// from the AWS provider in opts, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Postgres, error) {
	c, err := newPostgres(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("postgres %q: %w", name, err)
	}
	return c, nil
}

func newPostgres(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Postgres, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	c := &Postgres{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"store":         pulumi.String(a.Store.Name),
		"home":          pulumi.String(string(a.Scope.Home)),
		"generation":    pulumi.Int(a.Generation),
		"seed":          pulumi.Bool(a.Seed),
		"zones":         pulumi.ToStringArray(a.Zones),
		"instanceClass": pulumi.String(a.InstanceClass),
	}, c, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, component: c}
	if err := b.build(); err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"clusterId": c.ClusterID, "clusterArn": c.ClusterArn, "globalId": c.GlobalID,
		"endpoint": c.Endpoint, "readerEndpoint": c.ReaderEndpoint,
		"proxyEndpoint": c.ProxyEndpoint, "proxyReaderEndpoint": c.ProxyReaderEndpoint,
		"members": c.Members, "secretArn": c.SecretArn,
	})
}

// builder declares the children of one component.
type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	component *Postgres
	// members are what must stand before the proxy can point at the cluster.
	members []pulumi.Resource
}

func (b *builder) build() error {
	groups, err := b.securityGroups()
	if err != nil {
		return err
	}
	if err := b.database(groups); err != nil {
		return err
	}
	return b.proxy(groups)
}

// child returns the options of a child: the component as its parent, and its own.
func (b *builder) child(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.component)}, own...)
}

// kept returns the options of a child whose loss would be a loss of data.
func (b *builder) kept(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return b.child(append(own, pulumi.Protect(b.args.Protect))...)
}

// clusterID is the cluster's chosen name; an adopted cluster keeps its own.
func (b *builder) clusterID() string {
	if b.args.Adopt != nil {
		return b.args.Adopt.ClusterID
	}
	return b.args.Scope.Cluster(b.args.Store.Name, b.args.Generation)
}

// globalID is the name that both homes compute for the global database.
func (b *builder) globalID() string {
	return b.args.Scope.Global(b.args.Store.Name, b.args.Generation)
}

// physical names a part that goes with the cluster, such as an instance.
func (b *builder) physical(part string) string {
	return naming.Join(naming.ClusterMax, b.clusterID(), part)
}

// lasting names a part that outlives the cluster: a restore stands beside the
// damaged database under a new name, and the proxy that clients know is then
// pointed at it.
func (b *builder) lasting(part string) string {
	if b.args.Adopt != nil {
		return b.physical(part)
	}
	return naming.Join(naming.ClusterMax, b.args.Scope.Cluster(b.args.Store.Name, 1), part)
}

func (b *builder) tags() pulumi.StringMap {
	return pulumi.StringMap{
		"redoubt:store": pulumi.String(b.args.Store.Name),
		"redoubt:tier":  pulumi.String(b.args.Store.Tier),
		"redoubt:home":  pulumi.String(string(b.args.Scope.Home)),
	}
}
