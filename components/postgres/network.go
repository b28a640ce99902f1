package postgres

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// groups are the security groups of the cluster and of its proxy.
type groups struct {
	database, proxy pulumi.StringOutput
}

// securityGroups lets the client ranges reach cluster and proxy, and the
// proxy the cluster. The cluster itself may reach nothing. Groups cannot name
// the peer's across regions, so clients are ranges.
func (b *builder) securityGroups() (groups, error) {
	proxy, err := b.securityGroup("proxy-access", "Clients of the pooled connections to the database")
	if err != nil {
		return groups{}, err
	}
	if err := b.admitClients("proxy-client", proxy); err != nil {
		return groups{}, err
	}
	if b.args.Adopt != nil {
		database := pulumi.String(b.args.Adopt.SecurityGroupID).ToStringOutput()
		return groups{database: database, proxy: proxy}, b.letOut(proxy, database)
	}
	database, err := b.securityGroup("access", "Clients of the database")
	if err != nil {
		return groups{}, err
	}
	if err := b.admitClients("client", database); err != nil {
		return groups{}, err
	}
	if _, err := vpc.NewSecurityGroupIngressRule(b.ctx, b.name+"-client-proxy", &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId:           database,
		Description:               pulumi.String("the proxy"),
		IpProtocol:                pulumi.String("tcp"),
		FromPort:                  pulumi.Int(Port),
		ToPort:                    pulumi.Int(Port),
		ReferencedSecurityGroupId: proxy,
	}, b.child()...); err != nil {
		return groups{}, err
	}
	return groups{database: database, proxy: proxy}, b.letOut(proxy, database)
}

// securityGroup leaves the name to Pulumi: a group in use cannot be deleted
// before its successor stands.
func (b *builder) securityGroup(part, description string) (pulumi.StringOutput, error) {
	g, err := ec2.NewSecurityGroup(b.ctx, b.name+"-"+part, &ec2.SecurityGroupArgs{
		VpcId:       b.args.VpcID,
		Description: pulumi.String(description), // a change replaces the group
		Tags:        b.tags(),
	}, b.child()...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	return g.ID().ToStringOutput(), nil
}

func (b *builder) admitClients(part string, group pulumi.StringOutput) error {
	for _, cidr := range b.args.ClientCIDRs {
		name := b.name + "-" + part + "-" + strings.NewReplacer(".", "-", ":", "-", "/", "-").Replace(cidr)
		rule := &vpc.SecurityGroupIngressRuleArgs{
			SecurityGroupId: group,
			Description:     pulumi.String("clients in " + cidr),
			IpProtocol:      pulumi.String("tcp"),
			FromPort:        pulumi.Int(Port),
			ToPort:          pulumi.Int(Port),
		}
		if strings.Contains(cidr, ":") {
			rule.CidrIpv6 = pulumi.String(cidr)
		} else {
			rule.CidrIpv4 = pulumi.String(cidr)
		}
		if _, err := vpc.NewSecurityGroupIngressRule(b.ctx, name, rule, b.child()...); err != nil {
			return err
		}
	}
	return nil
}

// letOut lets the proxy reach the database and nothing else.
func (b *builder) letOut(proxy, database pulumi.StringOutput) error {
	_, err := vpc.NewSecurityGroupEgressRule(b.ctx, b.name+"-proxy-database", &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId:           proxy,
		Description:               pulumi.String("the database"),
		IpProtocol:                pulumi.String("tcp"),
		FromPort:                  pulumi.Int(Port),
		ToPort:                    pulumi.Int(Port),
		ReferencedSecurityGroupId: database,
	}, b.child()...)
	return err
}
