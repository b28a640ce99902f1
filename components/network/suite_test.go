package network

import (
	"net/netip"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/pulumitest"
	"redoubt/system"
)

// peerRoutes are the children that a peering adds to the route tables.
func peerRoutes(prefix, suffix string) []string {
	var out []string
	for _, kind := range []string{"private", "isolated"} {
		for _, letter := range letters {
			out = append(out, prefix+"main-route-"+kind+"-"+letter+"-peer"+suffix)
		}
	}
	return out
}

func prefix(s string) netip.Prefix { return netip.MustParsePrefix(s) }

func TestNetwork_primary(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Network]{
		Args: primaryArgs,
		New:  New,
		Bad: []pulumitest.Bad[Args]{
			{Name: "no system", Mutate: func(a *Args) { a.Scope.System = "" }, Want: "scope has no system"},
			{
				Name: "another home's scope", Mutate: func(a *Args) { a.Scope.Home = system.Secondary },
				Want: "scope is of secondary in eu-west-1",
			},
			{
				Name: "another region's scope", Mutate: func(a *Args) { a.Scope.Region = "eu-north-1" },
				Want: "but the site is primary in eu-west-1",
			},
			{Name: "no home", Mutate: func(a *Args) { a.Site.Home = "" }, Want: `home is "", want primary or secondary`},
			{Name: "no region", Mutate: func(a *Args) { a.Site.Region = "" }, Want: "site has no region"},
			{Name: "short account", Mutate: func(a *Args) { a.Site.Account = "12345678901" }, Want: "want twelve digits"},
			{Name: "no range", Mutate: func(a *Args) { a.Site.CIDR = netip.Prefix{} }, Want: "cidr is missing"},
			{
				Name: "a range with host bits", Mutate: func(a *Args) { a.Site.CIDR = prefix("10.0.0.1/16") },
				Want: "cidr is 10.0.0.1/16, want 10.0.0.0/16",
			},
			{Name: "too small a range", Mutate: func(a *Args) { a.Site.CIDR = prefix("10.0.0.0/27") }, Want: "is a /27"},
			{Name: "two zones", Mutate: func(a *Args) { a.Site.Zones = a.Site.Zones[:2] }, Want: "zones are 2, want 3"},
			{
				Name: "four zones", Mutate: func(a *Args) { a.Site.Zones = append(a.Site.Zones, "eu-west-1d") },
				Want: "zones are 4, want 3",
			},
			{
				Name: "a zone twice", Mutate: func(a *Args) { a.Site.Zones[2] = "eu-west-1a" },
				Want: `zone "eu-west-1a" is named twice`,
			},
			{
				Name: "a zone elsewhere", Mutate: func(a *Args) { a.Site.Zones[2] = "eu-west-2a" },
				Want: `zone "eu-west-2a" is not in region "eu-west-1"`,
			},
			{Name: "a retention AWS lacks", Mutate: func(a *Args) { a.FlowLogDays = 42 }, Want: "kept for 42 days, want one of"},
			{Name: "no log key", Mutate: func(a *Args) { a.LogKeyArn = nil }, Want: "log key is missing"},
			{
				Name: "a gateway as endpoint", Mutate: func(a *Args) { a.Endpoints = []string{"s3"} },
				Want: `endpoint "s3" is a gateway`,
			},
			{
				Name: "a full service name", Mutate: func(a *Args) { a.Endpoints = []string{"com.amazonaws.x.SQS"} },
				Want: "is no name of a service",
			},
			{
				Name: "an endpoint twice", Mutate: func(a *Args) { a.Endpoints = []string{"sqs", "sts", "sqs"} },
				Want: `endpoint "sqs" is named twice`,
			},
			{
				Name: "a peer in this region", Mutate: func(a *Args) { a.Peer = accepted(); a.Peer.Region = "eu-west-1" },
				Want: "this home's own",
			},
			{
				Name: "a peer without region", Mutate: func(a *Args) { a.Peer = accepted(); a.Peer.Region = "" },
				Want: "peer: region is missing",
			},
			{
				Name: "a peer without range", Mutate: func(a *Args) { a.Peer = accepted(); a.Peer.CIDR = netip.Prefix{} },
				Want: "peer: cidr is missing",
			},
			{
				Name:   "a peer's range with host bits",
				Mutate: func(a *Args) { a.Peer = accepted(); a.Peer.CIDR = prefix("10.1.0.9/16") },
				Want:   "want 10.1.0.0/16",
			},
			{
				Name: "overlapping ranges", Mutate: func(a *Args) { a.Peer = accepted(); a.Peer.CIDR = prefix("10.0.128.0/17") },
				Want: "overlaps this home's 10.0.0.0/16",
			},
			{
				Name: "nothing to accept", Mutate: func(a *Args) { a.Peer = accepted(); a.Peer.PeeringID = "" },
				Want: "the primary home accepts",
			},
		},
		Changes: []pulumitest.Change[Args]{
			{
				Name: "flow log days", Mutate: func(a *Args) { a.FlowLogDays = 365 },
				Want: []string{"main flowLogDays", "main-flow-logs retentionInDays"},
			},
			{
				Name: "log key", Mutate: func(a *Args) { a.LogKeyArn = pulumi.String(keyArn + "2") },
				Want: []string{"main-flow-logs kmsKeyId"},
			},
			{
				Name: "endpoints", Mutate: func(a *Args) {
					a.Endpoints = append([]string{"bedrock-runtime"}, DefaultEndpoints[1:]...)
				},
				Want: []string{"main endpoints", "-main-endpoint-appconfigdata", "+main-endpoint-bedrock-runtime"},
			},
			{
				Name: "a ready peer", Mutate: func(a *Args) { a.Peer = accepted() },
				Want: append(peerRoutes("+", ""), "+main-accepter", "main peer"),
			},
			{
				Name: "one zone", Mutate: func(a *Args) { a.Site.Zones[2] = "eu-west-1d" },
				Want: movedZone("c", "d"),
			},
			{
				Name: "range", Mutate: func(a *Args) { a.Site.CIDR = prefix("10.8.0.0/16") },
				Want:     append(eachSubnet("cidrBlock"), "main cidr", "main-vpc cidrBlock", "main-endpoints-https cidrIpv4"),
				Replaces: append(eachSubnet("cidrBlock"), "main-vpc cidrBlock"),
			},
			{
				Name: "system", Mutate: func(a *Args) { a.Scope.System = "borea" },
				Want: append(
					tagged(t), "main-flow-logs name", "main-flow-logs-role name", "main-flow-logs-policy policy",
					"main-flow-logs-policy role",
				),
				Replaces: []string{"main-flow-logs name", "main-flow-logs-role name", "main-flow-logs-policy role"},
			},
			{
				Name: "account", Mutate: func(a *Args) { a.Site.Account, a.Scope.Account = "210987654321", "210987654321" },
				Want: []string{
					"main-endpoint-dynamodb policy", "main-endpoint-s3 policy",
					"main-flow-logs-role assumeRolePolicy", "main-flow-logs-policy policy",
				},
			},
		},
	}.Run(t)
}

// eachSubnet gives "<subnet> <property>" for all nine.
func eachSubnet(property string) []string {
	var out []string
	for _, kind := range []string{"public", "private", "isolated"} {
		for _, letter := range letters {
			out = append(out, "main-"+kind+"-"+letter+" "+property)
		}
	}
	return out
}

// tagged lists the tags of everything that can have some, because the system's
// name is among them.
func tagged(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, res := range build(t, primaryArgs(0)).Custom() {
		switch res.Type {
		case routeType, associationType, "aws:iam/rolePolicy:RolePolicy":
		default:
			out = append(out, res.Name+" tags")
		}
	}
	return out
}

// movedZone lists what goes from one zone and comes to another; the zones that
// stay keep everything.
func movedZone(from, to string) []string {
	out := []string{"main zones", "main-endpoint-dynamodb routeTableIds", "main-endpoint-s3 routeTableIds"}
	for _, e := range DefaultEndpoints {
		out = append(out, "main-endpoint-"+dashed(e)+" subnetIds")
	}
	for sign, letter := range map[string]string{"-": from, "+": to} {
		for _, part := range []string{
			"public-", "private-", "isolated-", "nat-", "nat-address-", "routes-private-", "routes-isolated-",
			"association-public-", "association-private-", "association-isolated-",
		} {
			out = append(out, sign+"main-"+part+letter)
		}
		out = append(out, sign+"main-route-private-"+letter+"-internet")
	}
	return out
}

func dashed(service string) string {
	out := []rune(service)
	for n, r := range out {
		if r == '.' {
			out[n] = '-'
		}
	}
	return string(out)
}

func TestNetwork_secondary(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Network]{
		Args:   secondaryArgs,
		New:    New,
		Golden: "secondary.golden",
		Bad: []pulumitest.Bad[Args]{
			{Name: "nothing to request", Mutate: func(a *Args) { a.Peer.VpcID = "" }, Want: "the secondary home requests"},
		},
		Changes: []pulumitest.Change[Args]{
			{
				Name: "the peer's vpc", Mutate: func(a *Args) { a.Peer.VpcID = "vpc-other" },
				Want: []string{"main-peering peerVpcId"}, Replaces: []string{"main-peering peerVpcId"},
			},
			{
				Name: "the peer's range", Mutate: func(a *Args) { a.Peer.CIDR = prefix("10.2.0.0/16") },
				Want: peerRoutes("", " destinationCidrBlock"), Replaces: peerRoutes("", " destinationCidrBlock"),
			},
			{
				Name: "a peer that knows the peering", Mutate: func(a *Args) { a.Peer.PeeringID = "pcx-1" },
				Want: []string{},
			},
		},
	}.Run(t)
}

func TestNetwork_adopted(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Network]{
		Args:    adoptArgs,
		New:     New,
		Golden:  "adopted.golden",
		Options: []pulumitest.Option{existing("10.0.0.0/16", true)},
		Bad: []pulumitest.Bad[Args]{
			{Name: "no vpc", Mutate: func(a *Args) { a.Adopt.VpcID = "" }, Want: "adopt: vpc is missing"},
			{
				Name: "two public subnets", Mutate: func(a *Args) { a.Adopt.PublicSubnetIDs = a.Adopt.PublicSubnetIDs[:2] },
				Want: "public subnets are 2, want 3",
			},
			{
				Name: "no private subnet", Mutate: func(a *Args) { a.Adopt.PrivateSubnetIDs = nil },
				Want: "private subnets are 0, want 3",
			},
			{
				Name: "no route table", Mutate: func(a *Args) { a.Adopt.PrivateRouteTableIDs = nil },
				Want: "private route tables are 0, want 1 to 3",
			},
			{
				Name: "a subnet twice", Mutate: func(a *Args) { a.Adopt.IsolatedSubnetIDs[0] = "subnet-q1" },
				Want: `"subnet-q1" is among the private subnets and the isolated subnets`,
			},
			{
				Name: "a table twice", Mutate: func(a *Args) { a.Adopt.IsolatedRouteTableIDs[0] = "rtb-1" },
				Want: `"rtb-1" is among`,
			},
			{
				Name: "an empty id", Mutate: func(a *Args) { a.Adopt.PublicSubnetIDs[0] = "" },
				Want: "public subnets have an empty id",
			},
		},
		Changes: []pulumitest.Change[Args]{
			{
				Name: "route tables", Mutate: func(a *Args) { a.Adopt.IsolatedRouteTableIDs = nil },
				Want: []string{"-main-route-rtb-3-peer"},
			},
			{
				Name: "no peer", Mutate: func(a *Args) { a.Peer = nil },
				Want: []string{
					"-main-accepter", "-main-route-rtb-1-peer", "-main-route-rtb-2-peer", "-main-route-rtb-3-peer", "main peer",
				},
			},
		},
	}.Run(t)
}
