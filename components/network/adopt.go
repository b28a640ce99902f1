package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// adopt reads a VPC that exists and takes its ids as they are given. The id
// that goes on from here is gated: there is none unless the VPC is what the site says.
func (b *builder) adopt() error {
	a := b.args.Adopt
	vpc, err := ec2.GetVpc(b.ctx, b.name+"-adopted-vpc", pulumi.ID(a.VpcID), nil, b.child)
	if err != nil {
		return err
	}
	want := b.args.Site.CIDR.String()
	b.network.VpcID = pulumi.All(vpc.ID(), vpc.CidrBlock, vpc.EnableDnsSupport, vpc.EnableDnsHostnames).
		ApplyT(func(v []any) (string, error) {
			id, cidr := string(v[0].(pulumi.ID)), v[1].(string)
			if cidr != want {
				return "", fmt.Errorf("adopted vpc %s: cidr is %s, want %s as the site says", id, cidr, want)
			}
			if support, hostnames := on(v[2]), on(v[3]); !support || !hostnames {
				return "", fmt.Errorf("adopted vpc %s: dns support is %t and dns hostnames %t, want both true",
					id, support, hostnames)
			}
			return id, nil
		}).(pulumi.StringOutput)
	b.network.PublicSubnetIDs = pulumi.ToStringArray(a.PublicSubnetIDs).ToStringArrayOutput()
	b.network.PrivateSubnetIDs = pulumi.ToStringArray(a.PrivateSubnetIDs).ToStringArrayOutput()
	b.network.IsolatedSubnetIDs = pulumi.ToStringArray(a.IsolatedSubnetIDs).ToStringArrayOutput()
	for _, id := range append(append([]string{}, a.PrivateRouteTableIDs...), a.IsolatedRouteTableIDs...) {
		b.tables = append(b.tables, table{suffix: id, id: pulumi.String(id)})
	}
	return nil
}

// on reads a boolean output, which is a pointer where AWS may leave it out.
func on(v any) bool {
	switch b := v.(type) {
	case bool:
		return b
	case *bool:
		return b != nil && *b
	}
	return false
}
