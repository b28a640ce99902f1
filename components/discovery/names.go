// Package discovery is how the agents of a home find their stores: private names
// that follow the switch, and a directory with everything else.
//
// # Names
//
// Both homes share one private zone. A store that has a writer has two names:
//
//	tasks.postgres.atlas.internal         the home that writes; follows the switch
//	reader.tasks.postgres.atlas.internal  the readers of the home that asks
//
// The first is a failover record on the very health check that the domain obeys, so
// it moves with the traffic, by the same act and with no change of a record. The
// second is a pair of latency records, of which each home gets its own, also while
// it does not serve.
//
// Certificates are of AWS's names, so a client verifies one of the names in the
// directory, not the one it called.
//
// Answers live for ten seconds. That a metric has moved is seen after one to two
// minutes (the switch, components/entry), so the names add little to that.
//
// # Directory
//
// What does not move by itself stands in one parameter of each home, under the same
// name in both: package inventory/directory.
package discovery

import (
	"errors"
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/route53"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/inventory/directory"
	"redoubt/system"
)

// NamesType is part of every URN below a Names. Changing it replaces a live zone
// unless NewNames also gains an alias for the old type.
const NamesType = "redoubt:discovery:Names"

// TTL is how long a client may keep an answer, in seconds.
const TTL = 10

// NamesArgs configures a Names.
type NamesArgs struct {
	// Scope names the home. Required.
	Scope naming.Scope
	// VpcID is the home's network. Required.
	VpcID pulumi.StringInput
	// ZoneID is the zone that the primary made; required in the secondary, and
	// nowhere else.
	ZoneID pulumi.StringInput
	// Stores are the stores with a writer.
	Stores []Store
	// Peer is true once there is another home. Until then nothing can move, and
	// the names that do are not there.
	Peer bool
	// HealthCheckID is the check that this home's failover record of the domain
	// obeys, nil when it obeys none. Required in the primary with a Peer.
	HealthCheckID pulumi.StringInput
	// Protect keeps the zone and the moving records from being deleted.
	Protect bool
}

// Store is a store with a writer.
type Store struct {
	Name string
	Kind system.StoreKind
	// Endpoint is AWS's name of where this home would write, Reader of where it
	// reads; nil when it has no readers.
	Endpoint, Reader pulumi.StringInput
}

// Names is one home's part of the private zone.
type Names struct {
	pulumi.ResourceState

	// ZoneID is the private zone of both homes.
	ZoneID pulumi.StringOutput `pulumi:"zoneId"`
}

// NewNames registers the names under name. The region comes from the AWS
// provider in opts, which the children inherit.
func NewNames(ctx *pulumi.Context, name string, args *NamesArgs, opts ...pulumi.ResourceOption) (*Names, error) {
	n, err := newNames(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("names %q: %w", name, err)
	}
	return n, nil
}

func newNames(ctx *pulumi.Context, name string, args *NamesArgs, opts []pulumi.ResourceOption) (*Names, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	n := &Names{}
	if err := ctx.RegisterComponentResourceV2(NamesType, name, pulumi.Map{
		"domain": pulumi.String(directory.Domain(a.Scope.System)), "peer": pulumi.Bool(a.Peer),
	}, n, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, component: n}
	if err := b.zone(); err != nil {
		return nil, err
	}
	for _, st := range a.Stores {
		if err := errors.Join(b.writer(st), b.reader(st)); err != nil {
			return nil, err
		}
	}
	return n, ctx.RegisterResourceOutputs(n, pulumi.Map{"zoneId": n.ZoneID})
}

type builder struct {
	ctx       *pulumi.Context
	name      string
	args      NamesArgs
	component *Names
	// inside is what makes the zone answer in this home's network.
	inside pulumi.Resource
}

func (b *builder) child(own ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.component)}, own...)
}

// zone makes the zone in the primary, and lets the secondary's network in there.
func (b *builder) zone() error {
	a := b.args
	if a.Scope.Home == system.Secondary {
		b.component.ZoneID = a.ZoneID.ToStringOutput()
		inside, err := route53.NewZoneAssociation(b.ctx, b.name+"-network", &route53.ZoneAssociationArgs{
			ZoneId: a.ZoneID, VpcId: a.VpcID, VpcRegion: pulumi.String(a.Scope.Region),
		}, b.child()...)
		b.inside = inside
		return err
	}
	zone, err := route53.NewZone(b.ctx, b.name+"-zone", &route53.ZoneArgs{
		Name:    pulumi.String(directory.Domain(a.Scope.System)),
		Comment: pulumi.String("The stores of " + a.Scope.System + ", for both homes"),
		Vpcs: route53.ZoneVpcArray{&route53.ZoneVpcArgs{
			VpcId: a.VpcID, VpcRegion: pulumi.String(a.Scope.Region),
		}},
		ForceDestroy: pulumi.Bool(false),
		// AWS lists every network here, the one that the secondary associates too; without
		// this the next update would put the secondary's out.
	}, b.child(pulumi.Protect(a.Protect), pulumi.IgnoreChanges([]string{"vpcs"}))...)
	if err != nil {
		return err
	}
	b.component.ZoneID, b.inside = zone.ZoneId, zone
	return nil
}

// writer declares this home's half of the name that follows the switch.
func (b *builder) writer(st Store) error {
	if !b.args.Peer {
		return nil
	}
	home := b.args.Scope.Home
	args := b.record(directory.Host(b.args.Scope.System, st.Name, st.Kind), st.Endpoint)
	args.FailoverRoutingPolicies = route53.RecordFailoverRoutingPolicyArray{
		route53.RecordFailoverRoutingPolicyArgs{Type: pulumi.String(strings.ToUpper(string(home)))},
	}
	if b.args.HealthCheckID != nil {
		args.HealthCheckId = b.args.HealthCheckID.ToStringOutput().ToStringPtrOutput()
	}
	_, err := route53.NewRecord(b.ctx, b.name+"-"+st.Name, args,
		b.child(pulumi.Protect(b.args.Protect), pulumi.DependsOn([]pulumi.Resource{b.inside}))...)
	return err
}

// reader declares this home's half of the name of the readers: the nearer one is
// one's own.
func (b *builder) reader(st Store) error {
	if st.Reader == nil {
		return nil
	}
	args := b.record(directory.ReaderHost(b.args.Scope.System, st.Name, st.Kind), st.Reader)
	args.LatencyRoutingPolicies = route53.RecordLatencyRoutingPolicyArray{
		route53.RecordLatencyRoutingPolicyArgs{Region: pulumi.String(b.args.Scope.Region)},
	}
	_, err := route53.NewRecord(b.ctx, b.name+"-"+st.Name+"-reader", args,
		b.child(pulumi.DependsOn([]pulumi.Resource{b.inside}))...)
	return err
}

func (b *builder) record(name string, to pulumi.StringInput) *route53.RecordArgs {
	return &route53.RecordArgs{
		ZoneId: b.component.ZoneID, Name: pulumi.String(name), Type: pulumi.String("CNAME"), Ttl: pulumi.Int(TTL),
		SetIdentifier: pulumi.String(string(b.args.Scope.Home)), Records: pulumi.StringArray{to},
	}
}

// resolve returns a checked copy.
func (args *NamesArgs) resolve() (NamesArgs, error) {
	if args == nil {
		return NamesArgs{}, errors.New("args are required")
	}
	a := *args
	var errs []error
	if a.Scope.System == "" || a.Scope.Region == "" || !a.Scope.Home.Valid() {
		errs = append(errs, fmt.Errorf("scope is %+v, want a system, a home and a region", a.Scope))
	}
	if a.VpcID == nil {
		errs = append(errs, errors.New("vpcId is required"))
	}
	if second := a.Scope.Home == system.Secondary; second != (a.ZoneID != nil) {
		errs = append(errs, errors.New("zoneId is given to the secondary, and to it alone"))
	}
	if a.Scope.Home == system.Primary && a.Peer != (a.HealthCheckID != nil) {
		errs = append(errs, errors.New("healthCheckId is required in a primary with a peer, and without one there is none"))
	}
	for _, st := range a.Stores {
		if !directory.Moves(st.Kind) || st.Endpoint == nil {
			errs = append(errs, fmt.Errorf("store %q is a %q, want one with a writer and its endpoint", st.Name, st.Kind))
		}
	}
	return a, errors.Join(errs...)
}
