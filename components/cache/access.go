package cache

import (
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// access lets the client ranges reach the nodes. Groups cannot name the peer's
// across regions, so clients are ranges. The nodes themselves may reach nothing.
func (b *builder) access() (pulumi.StringOutput, error) {
	group, err := b.securityGroup("access", "Clients of the cache")
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	for _, cidr := range b.args.ClientCIDRs {
		name := b.name + "-client-" + strings.NewReplacer(".", "-", "/", "-").Replace(cidr)
		if _, err := vpc.NewSecurityGroupIngressRule(b.ctx, name, &vpc.SecurityGroupIngressRuleArgs{
			SecurityGroupId: group,
			Description:     pulumi.String("clients in " + cidr),
			IpProtocol:      pulumi.String("tcp"),
			FromPort:        pulumi.Int(Port),
			ToPort:          pulumi.Int(Port),
			CidrIpv4:        pulumi.String(cidr),
		}, b.child()...); err != nil {
			return pulumi.StringOutput{}, err
		}
	}
	return group, nil
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

// accessString lets a client use every key and channel, and no command that
// could empty or reconfigure the cache; INFO is among those and harmless:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Clusters.RBAC.html
const accessString = "on ~* &* +@all -@dangerous +info"

// users declares the one user of the cache and the group that the cache takes
// users from. Both belong to the region, so each home has its own. The id and
// the name of a user that authenticates by IAM must be equal.
func (b *builder) users() (pulumi.StringOutput, error) {
	id := pulumi.String(b.args.Scope.CacheUser(b.args.Store.Name))
	user, err := elasticache.NewUser(b.ctx, b.name+"-user", &elasticache.UserArgs{
		UserId:       id,
		UserName:     id,
		Engine:       pulumi.String(engine),
		AccessString: pulumi.String(accessString),
		AuthenticationMode: &elasticache.UserAuthenticationModeArgs{
			Type: pulumi.String("iam"),
		},
		Tags: b.tags(),
	}, b.child(pulumi.DeleteBeforeReplace(true))...) // the name is chosen
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	group, err := elasticache.NewUserGroup(b.ctx, b.name+"-users", &elasticache.UserGroupArgs{
		UserGroupId: id,
		Engine:      pulumi.String(engine),
		UserIds:     pulumi.StringArray{user.UserId},
		Tags:        b.tags(),
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return pulumi.StringOutput{}, err
	}
	b.component.UserArn, b.component.UserName = user.Arn, user.UserName
	return group.UserGroupId, nil
}
