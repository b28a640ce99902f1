package network

import (
	"fmt"
	"net/netip"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/regions"
	"redoubt/system"
)

const (
	vpcType         = "aws:ec2/vpc:Vpc"
	subnetType      = "aws:ec2/subnet:Subnet"
	tableType       = "aws:ec2/routeTable:RouteTable"
	routeType       = "aws:ec2/route:Route"
	associationType = "aws:ec2/routeTableAssociation:RouteTableAssociation"
	natType         = "aws:ec2/natGateway:NatGateway"
	eipType         = "aws:ec2/eip:Eip"
	endpointType    = "aws:ec2/vpcEndpoint:VpcEndpoint"
	groupType       = "aws:ec2/securityGroup:SecurityGroup"
	requestType     = "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
	accepterType    = "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter"
)

const keyArn = "arn:aws:kms:eu-west-1:123456789012:key/mrk-1"

var letters = []string{"a", "b", "c"}

func argsOf(home system.Home, n int) *Args {
	region, cidr := "eu-west-1", "10.0.0.0/16"
	if home == system.Secondary {
		region, cidr = "eu-central-1", "10.1.0.0/16"
	}
	var zones []string
	for _, l := range letters {
		zones = append(zones, region+l)
	}
	return &Args{
		Scope: naming.Scope{System: fmt.Sprintf("atlas%d", n), Home: home, Region: region, Account: "123456789012"},
		Site: regions.Site{
			Home: home, Region: region, Account: "123456789012", Zones: zones, CIDR: netip.MustParsePrefix(cidr),
		},
		LogKeyArn: pulumi.String(keyArn),
	}
}

func primaryArgs(n int) *Args { return argsOf(system.Primary, n) }

func secondaryArgs(n int) *Args {
	a := argsOf(system.Secondary, n)
	a.Peer = &Peer{Region: "eu-west-1", CIDR: netip.MustParsePrefix("10.0.0.0/16"), VpcID: "vpc-primary"}
	return a
}

// accepted is what the primary home learns of the secondary.
func accepted() *Peer {
	return &Peer{Region: "eu-central-1", CIDR: netip.MustParsePrefix("10.1.0.0/16"), PeeringID: "pcx-1"}
}

func build(t *testing.T, args *Args, opts ...pulumitest.Option) *pulumitest.Recorder {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		p, err := aws.NewProvider(ctx, "home", nil)
		if err != nil {
			return err
		}
		_, err = New(ctx, "main", args, pulumi.Provider(p))
		return err
	}, opts...)
}

func TestNetwork_spansExactlyThreeZones(t *testing.T) {
	t.Parallel()
	r := build(t, primaryArgs(0))
	require.Len(t, r.OfType(subnetType), 9)
	ranges := map[string]bool{}
	for _, kind := range []string{"public", "private", "isolated"} {
		for n, letter := range letters {
			in := r.Get(t, subnetType, "main-"+kind+"-"+letter).Values()
			assert.Equal(t, primaryArgs(0).Site.Zones[n], in["availabilityZone"])
			assert.Equal(t, "main-vpc_id", in["vpcId"])
			assert.Equal(t, false, in["mapPublicIpOnLaunch"], "nothing gets a public address by accident")
			ranges[in["cidrBlock"].(string)] = true
		}
	}
	assert.Len(t, ranges, 9, "no two subnets share a range")
}

func TestNetwork_vpcResolvesNames(t *testing.T) {
	t.Parallel()
	in := build(t, primaryArgs(0)).Get(t, vpcType, "main-vpc").Values()
	assert.Equal(t, "10.0.0.0/16", in["cidrBlock"])
	assert.Equal(t, true, in["enableDnsHostnames"])
	assert.Equal(t, true, in["enableDnsSupport"])
}

func TestNetwork_subnetsAreTaggedForLoadBalancers(t *testing.T) {
	t.Parallel()
	r := build(t, primaryArgs(0))
	for _, letter := range letters {
		tags := func(kind string) map[string]any {
			return r.Get(t, subnetType, "main-"+kind+"-"+letter).Values()["tags"].(map[string]any)
		}
		assert.Equal(t, "1", tags("public")["kubernetes.io/role/elb"])
		assert.Equal(t, "1", tags("private")["kubernetes.io/role/internal-elb"])
		assert.NotContains(t, tags("isolated"), "kubernetes.io/role/internal-elb")
		assert.Equal(t, "atlas0-primary-isolated-"+letter, tags("isolated")["Name"])
	}
}

func TestNetwork_natGatewayInEachZone(t *testing.T) {
	t.Parallel()
	r := build(t, primaryArgs(0))
	require.Len(t, r.OfType(natType), Zones)
	require.Len(t, r.OfType(eipType), Zones)
	internet := r.Get(t, "aws:ec2/internetGateway:InternetGateway", "main-internet")
	for _, letter := range letters {
		nat := r.Get(t, natType, "main-nat-"+letter)
		assert.Equal(t, "main-public-"+letter+"_id", nat.Values()["subnetId"], "the gateway is in its zone")
		assert.Equal(t, "main-nat-address-"+letter+"_id", nat.Values()["allocationId"])
		assert.True(t, nat.DependsOn(internet))
		assert.True(t, nat.RPC.GetDeleteBeforeReplace(), "its address is free before a replacement takes it")
		address := r.Get(t, eipType, "main-nat-address-"+letter)
		assert.Equal(t, "vpc", address.Values()["domain"])
		assert.True(t, address.DependsOn(internet))
	}
}

func TestNetwork_privateSubnetLeavesThroughItsOwnZone(t *testing.T) {
	t.Parallel()
	r := build(t, primaryArgs(0))
	for _, letter := range letters {
		route := r.Get(t, routeType, "main-route-private-"+letter+"-internet").Values()
		assert.Equal(t, "main-routes-private-"+letter+"_id", route["routeTableId"])
		assert.Equal(t, "main-nat-"+letter+"_id", route["natGatewayId"])
		assert.Equal(t, "0.0.0.0/0", route["destinationCidrBlock"])
		assert.NotContains(t, route, "gatewayId")
	}
}

func TestNetwork_everySubnetHasItsRouteTable(t *testing.T) {
	t.Parallel()
	r := build(t, primaryArgs(0))
	require.Len(t, r.OfType(tableType), 7, "one public, three private, three isolated")
	require.Len(t, r.OfType(associationType), 9)
	for _, letter := range letters {
		for _, kind := range []string{"public", "private", "isolated"} {
			in := r.Get(t, associationType, "main-association-"+kind+"-"+letter).Values()
			assert.Equal(t, "main-"+kind+"-"+letter+"_id", in["subnetId"])
			want := "main-routes-" + kind + "-" + letter + "_id"
			if kind == "public" {
				want = "main-routes-public_id"
			}
			assert.Equal(t, want, in["routeTableId"])
		}
	}
}

func TestNetwork_isolatedSubnetsHaveNoWayOut(t *testing.T) {
	t.Parallel()
	r := build(t, primaryArgs(0))
	isolated := map[string]bool{}
	for _, letter := range letters {
		isolated["main-routes-isolated-"+letter+"_id"] = true
	}
	require.Len(t, r.OfType(routeType), 4, "one to the internet gateway, three to NAT gateways")
	for _, route := range r.OfType(routeType) {
		assert.False(t, isolated[route.Values()["routeTableId"].(string)], "%s leads out", route.Name)
	}
	public := r.Get(t, routeType, "main-route-public-internet").Values()
	assert.Equal(t, "main-internet_id", public["gatewayId"])
}

func TestNetwork_gatewayEndpointsServeEveryTable(t *testing.T) {
	t.Parallel()
	r := build(t, primaryArgs(0))
	var tables []any
	for _, kind := range []string{"private", "isolated"} {
		for _, letter := range letters {
			tables = append(tables, "main-routes-"+kind+"-"+letter+"_id")
		}
	}
	for _, service := range []string{"s3", "dynamodb"} {
		in := r.Get(t, endpointType, "main-endpoint-"+service).Values()
		assert.Equal(t, "Gateway", in["vpcEndpointType"])
		assert.Equal(t, "com.amazonaws.eu-west-1."+service, in["serviceName"])
		assert.ElementsMatch(t, tables, in["routeTableIds"])
		assert.Contains(t, in["policy"], `"aws:PrincipalAccount":"123456789012"`)
	}
	s3 := r.Get(t, endpointType, "main-endpoint-s3").Values()["policy"]
	assert.Contains(t, s3, `"Resource":"arn:aws:s3:::prod-eu-west-1-starport-layer-bucket/*"`)
}

func TestNetwork_interfaceEndpointsAreInEveryZone(t *testing.T) {
	t.Parallel()
	r := build(t, primaryArgs(0))
	require.Len(t, r.OfType(endpointType), len(DefaultEndpoints)+2)
	zones := []any{"main-private-a_id", "main-private-b_id", "main-private-c_id"}
	for _, e := range r.OfType(endpointType) {
		in := e.Values()
		if in["vpcEndpointType"] == "Gateway" {
			continue
		}
		assert.Equal(t, zones, in["subnetIds"], e.Name)
		assert.Equal(t, true, in["privateDnsEnabled"], e.Name)
		assert.Equal(t, []any{"main-endpoints_id"}, in["securityGroupIds"], e.Name)
	}
	images := r.Get(t, endpointType, "main-endpoint-ecr-api").Values()
	assert.Equal(t, "com.amazonaws.eu-west-1.ecr.api", images["serviceName"])
	rule := r.Get(t, "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule", "main-endpoints-https").Values()
	assert.Equal(t, "10.0.0.0/16", rule["cidrIpv4"])
	assert.EqualValues(t, 443, rule["fromPort"])
	assert.EqualValues(t, 443, rule["toPort"])
	assert.Equal(t, "tcp", rule["ipProtocol"])
	group := r.Get(t, groupType, "main-endpoints").Values()
	assert.NotContains(t, group, "ingress", "no inline rules beside the separate one")
	assert.NotContains(t, group, "egress")
}

func TestNetwork_defaultGroupIsLocked(t *testing.T) {
	t.Parallel()
	r := build(t, primaryArgs(0))
	in := r.Get(t, "aws:ec2/defaultSecurityGroup:DefaultSecurityGroup", "main-default-group").Values()
	assert.Equal(t, "main-vpc_id", in["vpcId"])
	assert.Empty(t, in["ingress"])
	assert.Empty(t, in["egress"])
}

func TestNetwork_flowLogsRecordEverything(t *testing.T) {
	t.Parallel()
	r := build(t, primaryArgs(0))
	flow := r.Get(t, "aws:ec2/flowLog:FlowLog", "main-flow-log")
	in := flow.Values()
	assert.Equal(t, "main-vpc_id", in["vpcId"])
	assert.Equal(t, "ALL", in["trafficType"])
	assert.EqualValues(t, 60, in["maxAggregationInterval"])
	assert.Equal(t, "cloud-watch-logs", in["logDestinationType"])
	policy := r.Get(t, "aws:iam/rolePolicy:RolePolicy", "main-flow-logs-policy")
	assert.True(t, flow.DependsOn(policy), "the role can write before the log begins")
	assert.True(t, flow.RPC.GetDeleteBeforeReplace(), "AWS refuses a second log of the same traffic")

	group := r.Get(t, "aws:cloudwatch/logGroup:LogGroup", "main-flow-logs").Values()
	assert.Equal(t, "/atlas0/primary/network/flow", group["name"])
	assert.Equal(t, keyArn, group["kmsKeyId"])
	assert.EqualValues(t, 90, group["retentionInDays"])
}

func TestNetwork_flowLogsRoleWritesIntoItsGroupAlone(t *testing.T) {
	t.Parallel()
	r := build(t, primaryArgs(0))
	role := r.Get(t, "aws:iam/role:Role", "main-flow-logs-role").Values()
	assert.Equal(t, "atlas0-flow-logs-eu-west-1", role["name"])
	assert.Contains(t, role["assumeRolePolicy"], `"aws:SourceAccount":"123456789012"`)
	assert.Contains(t, role["assumeRolePolicy"], `"Service":"vpc-flow-logs.amazonaws.com"`)
	policy := r.Get(t, "aws:iam/rolePolicy:RolePolicy", "main-flow-logs-policy").Values()["policy"]
	assert.Equal(t, `{"Version":"2012-10-17","Statement":[{"Sid":"Write","Effect":"Allow",`+
		`"Action":["logs:CreateLogStream","logs:DescribeLogStreams","logs:PutLogEvents"],`+
		`"Resource":["arn:aws:logs:eu-west-1:123456789012:log-group:/atlas0/primary/network/flow",`+
		`"arn:aws:logs:eu-west-1:123456789012:log-group:/atlas0/primary/network/flow:*"]},`+
		`{"Sid":"List","Effect":"Allow","Action":"logs:DescribeLogGroups",`+
		`"Resource":"*"}]}`, policy)
}

func TestNetwork_secondaryRequestsThePeering(t *testing.T) {
	t.Parallel()
	r := build(t, secondaryArgs(0))
	in := r.Get(t, requestType, "main-peering").Values()
	assert.Equal(t, "main-vpc_id", in["vpcId"])
	assert.Equal(t, "vpc-primary", in["peerVpcId"])
	assert.Equal(t, "eu-west-1", in["peerRegion"])
	assert.NotContains(t, in, "autoAccept", "AWS refuses it between regions")
	assert.Empty(t, r.OfType(accepterType))
	checkPeerRoutes(t, r, "10.0.0.0/16", "main-peering_id")
}

func TestNetwork_primaryAcceptsThePeering(t *testing.T) {
	t.Parallel()
	args := primaryArgs(0)
	args.Peer = accepted()
	r := build(t, args)
	accepter := r.Get(t, accepterType, "main-accepter")
	assert.Equal(t, "pcx-1", accepter.Values()["vpcPeeringConnectionId"])
	assert.Equal(t, true, accepter.Values()["autoAccept"])
	assert.Empty(t, r.OfType(requestType))
	checkPeerRoutes(t, r, "10.1.0.0/16", "main-accepter_id")
	for _, kind := range []string{"private", "isolated"} {
		for _, letter := range letters {
			route := r.Get(t, routeType, "main-route-"+kind+"-"+letter+"-peer")
			assert.True(t, route.DependsOn(accepter), "%s waits until the connection is accepted", route.Name)
		}
	}
}

func checkPeerRoutes(t *testing.T, r *pulumitest.Recorder, cidr, connection string) {
	t.Helper()
	for _, kind := range []string{"private", "isolated"} {
		for _, letter := range letters {
			in := r.Get(t, routeType, "main-route-"+kind+"-"+letter+"-peer").Values()
			assert.Equal(t, "main-routes-"+kind+"-"+letter+"_id", in["routeTableId"])
			assert.Equal(t, cidr, in["destinationCidrBlock"])
			assert.Equal(t, connection, in["vpcPeeringConnectionId"])
		}
	}
}

// existing is a VPC that AWS already has.
func existing(cidr string, dns bool) pulumitest.Option {
	return pulumitest.WithOutputs(vpcType, resource.PropertyMap{
		"cidrBlock":          resource.NewProperty(cidr),
		"enableDnsSupport":   resource.NewProperty(dns),
		"enableDnsHostnames": resource.NewProperty(true),
	})
}

func adoptArgs(n int) *Args {
	a := primaryArgs(n)
	a.LogKeyArn = nil
	a.Peer = accepted()
	a.Adopt = &Adopt{
		VpcID:                 "vpc-old",
		PublicSubnetIDs:       []string{"subnet-p1", "subnet-p2", "subnet-p3"},
		PrivateSubnetIDs:      []string{"subnet-q1", "subnet-q2", "subnet-q3"},
		IsolatedSubnetIDs:     []string{"subnet-i1", "subnet-i2", "subnet-i3"},
		PrivateRouteTableIDs:  []string{"rtb-1", "rtb-2"},
		IsolatedRouteTableIDs: []string{"rtb-3"},
	}
	return a
}

func TestNetwork_adoptionMakesNothingButThePeering(t *testing.T) {
	t.Parallel()
	r := build(t, adoptArgs(0), existing("10.0.0.0/16", true))
	for _, res := range r.Custom() {
		switch res.Type {
		case vpcType:
			assert.True(t, res.Read, "the vpc is looked up, not made")
		case accepterType, routeType:
		default:
			assert.Fail(t, "adoption made "+res.Type+" "+res.Name)
		}
	}
	for _, id := range []string{"rtb-1", "rtb-2", "rtb-3"} {
		assert.Equal(t, id, r.Get(t, routeType, "main-route-"+id+"-peer").Values()["routeTableId"])
	}
}

func TestNetwork_adoptionRefusesAVpcThatIsNotWhatTheSiteSays(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name string
		vpc  pulumitest.Option
		want string
	}{
		{"range", existing("10.7.0.0/16", true), "adopted vpc vpc-old: cidr is 10.7.0.0/16, want 10.0.0.0/16"},
		{"names", existing("10.0.0.0/16", false), "adopted vpc vpc-old: dns support is false and dns hostnames true"},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			_, err := pulumitest.RunErr(func(ctx *pulumi.Context) error {
				n, err := New(ctx, "main", adoptArgs(0))
				if err == nil {
					ctx.Export("vpc", n.VpcID) // what uses the id cannot be made
				}
				return err
			}, c.vpc)
			require.ErrorContains(t, err, c.want)
		})
	}
}
