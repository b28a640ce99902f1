// Package cluster builds the Kubernetes cluster of one home: a control plane
// over three zones and a group of nodes in each, so that a zone which is lost or
// short of machines takes nothing of the other two with it.
package cluster

import (
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
)

// Type is part of every URN below a Cluster. Changing it replaces live
// clusters unless New also gains an alias for the old type.
const Type = "redoubt:cluster:Cluster"

// Zones is over how many zones a cluster spreads.
const Zones = 3

// DefaultVersion is the Kubernetes version of a home that sets none: in
// standard support until 2027-03-27, by
// https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
const DefaultVersion = "1.35"

// ViewerGroup is the Kubernetes group of the viewers. A role inside the cluster
// gives it what EKS's own view policy leaves out (components/viewers).
const ViewerGroup = "redoubt:viewers"

// Args configures the cluster of one home.
type Args struct {
	Scope naming.Scope
	// Zones are the home's zones; SubnetIDs one private subnet in each, in the
	// same order.
	Zones     []string
	SubnetIDs pulumi.StringArrayInput
	// ServiceCIDR is the range of the cluster's services. It must touch neither
	// home's network, and can never be changed.
	ServiceCIDR netip.Prefix
	// Version is the Kubernetes version, such as 1.35; empty means DefaultVersion.
	Version string
	// Admins are the ARNs of the IAM roles that may do everything in the
	// cluster: whoever runs the updates must be one of them.
	Admins []string
	// Viewers are the ARNs of the IAM roles that may look at what runs, and at no
	// secret: by the policy of EKS, and as members of ViewerGroup. Nobody else can enter.
	Viewers []string
	// CallerCIDRs are the ranges from which the API server may be called from
	// outside the home's network. None means from inside only.
	CallerCIDRs []string
	// Size is how many nodes the home has.
	Size Size
	// SecretKeyArn encrypts the cluster's secrets, VolumeKeyArn the nodes' volumes, LogKeyArn its logs.
	SecretKeyArn, VolumeKeyArn, LogKeyArn pulumi.StringInput
	// LogDays is how long the control plane's logs are kept. Zero means 90.
	LogDays int
}

// Cluster is one home's Kubernetes cluster.
type Cluster struct {
	pulumi.ResourceState

	// Name and Arn are computed; nothing of them is known only to AWS.
	Name pulumi.StringOutput `pulumi:"name"`
	Arn  pulumi.StringOutput `pulumi:"arn"`
	// Endpoint is the API server, CertificateAuthority what it is verified by (base64).
	Endpoint             pulumi.StringOutput `pulumi:"endpoint"`
	CertificateAuthority pulumi.StringOutput `pulumi:"certificateAuthority"`
	// SecurityGroupID is the group that EKS makes and puts nodes and pods into.
	SecurityGroupID pulumi.StringOutput `pulumi:"securityGroupId"`
	// NodeGroups maps each zone to the name of its node group.
	NodeGroups pulumi.StringMapOutput `pulumi:"nodeGroups"`
	// ScalingGroups maps each zone to the Auto Scaling group that EKS made for its node group.
	ScalingGroups pulumi.StringMapOutput `pulumi:"scalingGroups"`
}

// New registers the cluster under name. The region comes from the AWS provider
// in opts, which the children inherit through their parent.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Cluster, error) {
	c, err := newCluster(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("cluster %q: %w", name, err)
	}
	return c, nil
}

func newCluster(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Cluster, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	c := &Cluster{}
	if err := ctx.RegisterComponentResourceV2(Type, name, a.inputs(), c, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, parent: c}
	for _, part := range []func() error{b.control, b.access, b.network, b.nodes, b.services} {
		if err := part(); err != nil {
			return nil, err
		}
	}
	c.Name, c.Arn = b.cluster.Name, b.cluster.Arn
	c.Endpoint = b.cluster.Endpoint
	c.CertificateAuthority = b.cluster.CertificateAuthority.Data().Elem()
	c.SecurityGroupID = b.cluster.VpcConfig.ClusterSecurityGroupId().Elem()
	c.NodeGroups, c.ScalingGroups = b.groups.ToStringMapOutput(), b.scaling.ToStringMapOutput()
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{
		"name": c.Name, "arn": c.Arn, "endpoint": c.Endpoint, "certificateAuthority": c.CertificateAuthority,
		"securityGroupId": c.SecurityGroupID, "nodeGroups": c.NodeGroups,
		"scalingGroups": c.ScalingGroups,
	})
}

// builder holds what the parts of one cluster share.
type builder struct {
	ctx    *pulumi.Context
	name   string
	args   Args
	parent pulumi.Resource

	cluster *eks.Cluster
	// plumbing is what nodes need to become ready, running what services need to be placed.
	plumbing, running []pulumi.Resource
	groups, scaling   pulumi.StringMap
}

// child returns the options of a child: the parent and its own.
func (b *builder) child(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	return append([]pulumi.ResourceOption{pulumi.Parent(b.parent)}, more...)
}
