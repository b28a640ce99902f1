package network

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/system"
)

// peer connects the homes: the secondary, which comes up second, requests the
// connection and the primary accepts it in its next update, within the seven days after
// which AWS drops a request
// (https://docs.aws.amazon.com/vpc/latest/peering/accept-vpc-peering-connection.html). Names are not resolved
// across the connection (no ec2.PeeringConnectionOptions): what one home needs of the
// other has a name of its own in private DNS or is called by address.
func (b *builder) peer() error {
	if b.args.Peer == nil {
		return nil
	}
	if b.args.Site.Home == system.Secondary {
		return b.request()
	}
	return b.accept()
}

// request asks for the connection and routes to the primary home. AWS takes
// routes to a connection that is not accepted yet; they drop what they get until it is
// (https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-routing.html).
func (b *builder) request() error {
	c, err := ec2.NewVpcPeeringConnection(b.ctx, b.name+"-peering", &ec2.VpcPeeringConnectionArgs{
		VpcId:      b.network.VpcID,
		PeerVpcId:  pulumi.String(b.args.Peer.VpcID),
		PeerRegion: pulumi.String(b.args.Peer.Region), // between regions AWS refuses AutoAccept
		Tags:       b.tags("peering"),
	}, b.child)
	if err != nil {
		return err
	}
	b.network.PeeringID = c.ID().ToStringOutput()
	return b.peerRoutes(b.network.PeeringID)
}

// accept accepts the connection that the secondary has requested and routes to it.
// Destroying the accepter leaves the connection: it dies with its request.
func (b *builder) accept() error {
	c, err := ec2.NewVpcPeeringConnectionAccepter(b.ctx, b.name+"-accepter", &ec2.VpcPeeringConnectionAccepterArgs{
		VpcPeeringConnectionId: pulumi.String(b.args.Peer.PeeringID),
		AutoAccept:             pulumi.Bool(true),
		Tags:                   b.tags("peering"),
	}, b.child)
	if err != nil {
		return err
	}
	// The accepter has the connection's id, but only once the connection is
	// accepted: what uses it waits, where the plain id would meet a connection that AWS denies.
	b.network.PeeringID = c.ID().ToStringOutput()
	return b.peerRoutes(b.network.PeeringID)
}

// peerRoutes routes to the other home from the private and the isolated subnets.
func (b *builder) peerRoutes(connection pulumi.StringOutput) error {
	for _, t := range b.tables {
		err := b.route(t.suffix+"-peer", t.id, ec2.RouteArgs{
			DestinationCidrBlock:   pulumi.String(b.args.Peer.CIDR.String()),
			VpcPeeringConnectionId: connection,
		})
		if err != nil {
			return err
		}
	}
	return nil
}
