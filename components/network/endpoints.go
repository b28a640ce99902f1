package network

import (
	"fmt"
	"strings"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
)

// gatewayEndpoints registers the free ways to S3 and DynamoDB. They are the
// only way there for stores, and spare agents the NAT gateways. They reach this
// region's buckets and tables only.
func (b *builder) gatewayEndpoints() error {
	tables := pulumi.StringArray{}
	for _, t := range b.tables {
		tables = append(tables, t.id)
	}
	for _, service := range []string{"dynamodb", "s3"} {
		policy, err := b.perimeter(service).Checked()
		if err != nil {
			return fmt.Errorf("policy of endpoint %s: %w", service, err)
		}
		if _, err := ec2.NewVpcEndpoint(b.ctx, b.name+"-endpoint-"+service, &ec2.VpcEndpointArgs{
			VpcId:           b.network.VpcID,
			VpcEndpointType: pulumi.String("Gateway"),
			ServiceName:     b.serviceName(service),
			RouteTableIds:   tables,
			Policy:          pulumi.String(policy),
			Tags:            b.tags("endpoint-" + service),
		}, b.child); err != nil {
			return err
		}
	}
	return nil
}

// perimeter lets only principals of this account use a gateway, so that
// credentials brought in from elsewhere cannot carry data out. Layers of container
// images are fetched from a bucket of AWS with links that ECR signs, hence the exception:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html. What comes from a bucket of this region
// without a signature of the account does not pass: images come from the home's own
// registry, and not from a public one that keeps its layers in S3.
func (b *builder) perimeter(service string) iampolicy.Document {
	anybody := map[string][]string{iampolicy.Everyone: {iampolicy.Everyone}}
	all := []iampolicy.Statement{iampolicy.Statement{
		Sid:            "OwnAccount",
		Principals:     anybody,
		Actions:        []string{service + ":*"},
		Resources:      []string{"*"},
		AllowAnyAction: true,
		Reason:         "the endpoint says who may pass; what they may do is said by their role and by the store",
	}.With(iampolicy.Condition{
		Operator: "StringEquals", Key: "aws:PrincipalAccount", Values: []string{b.args.Site.Account},
	})}
	if service == "s3" {
		all = append(all, iampolicy.Statement{
			Sid:        "ImageLayers",
			Principals: anybody,
			Actions:    []string{"s3:GetObject"},
			Resources:  []string{fmt.Sprintf("arn:aws:s3:::prod-%s-starport-layer-bucket/*", b.args.Site.Region)},
		}.With(iampolicy.Condition{Operator: "Bool", Key: "aws:SecureTransport", Values: []string{"true"}}))
	}
	return iampolicy.Document{Statements: all}
}

// interfaceEndpoints registers a way to each service with an interface in
// every zone, so that a call never has to leave its zone. One group lets the VPC in on
// 443 and nothing out; without it every call of the private subnets would hang.
func (b *builder) interfaceEndpoints() error {
	if len(b.args.Endpoints) == 0 {
		return nil
	}
	// The name is left to the engine and the description never changes: either would replace a group in use.
	group, err := ec2.NewSecurityGroup(b.ctx, b.name+"-endpoints", &ec2.SecurityGroupArgs{
		VpcId:       b.network.VpcID,
		Description: pulumi.String("Calls of the VPC to the interface endpoints"),
		Tags:        b.tags("endpoints"),
	}, b.child)
	if err != nil {
		return err
	}
	if _, err := vpc.NewSecurityGroupIngressRule(b.ctx, b.name+"-endpoints-https", &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: group.ID(),
		CidrIpv4:        pulumi.String(b.args.Site.CIDR.String()),
		IpProtocol:      pulumi.String("tcp"),
		FromPort:        pulumi.Int(443),
		ToPort:          pulumi.Int(443),
		Description:     pulumi.String("HTTPS from the VPC"),
		Tags:            b.tags("endpoints-https"),
	}, b.child); err != nil {
		return err
	}
	for _, service := range b.args.Endpoints {
		part := "endpoint-" + strings.ReplaceAll(service, ".", "-")
		if _, err := ec2.NewVpcEndpoint(b.ctx, b.name+"-"+part, &ec2.VpcEndpointArgs{
			VpcId:             b.network.VpcID,
			VpcEndpointType:   pulumi.String("Interface"),
			ServiceName:       b.serviceName(service),
			SubnetIds:         b.network.PrivateSubnetIDs,
			SecurityGroupIds:  pulumi.StringArray{group.ID()},
			PrivateDnsEnabled: pulumi.Bool(true),
			Tags:              b.tags(part),
		}, b.child); err != nil {
			return err
		}
	}
	return nil
}

func (b *builder) serviceName(service string) pulumi.String {
	return pulumi.String(fmt.Sprintf("com.amazonaws.%s.%s", b.args.Site.Region, service))
}
