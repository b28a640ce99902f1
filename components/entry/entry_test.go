package entry

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const (
	west    = "eu-west-1"
	central = "eu-central-1"

	alarmType       = "aws:cloudwatch/metricAlarm:MetricAlarm"
	balancerType    = "aws:lb/loadBalancer:LoadBalancer"
	checkType       = "aws:route53/healthCheck:HealthCheck"
	groupType       = "aws:lb/targetGroup:TargetGroup"
	listenerType    = "aws:lb/listener:Listener"
	recordType      = "aws:route53/record:Record"
	ruleType        = "aws:lb/listenerRule:ListenerRule"
	egressRuleType  = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
	ingressRuleType = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
)

// argsOf returns the args of one home with a gateway that follows the switch and
// a search that answers in both homes.
func argsOf(home system.Home, domain string) *Args {
	here, there := west, central
	if home == system.Secondary {
		here, there = central, west
	}
	return &Args{
		Scope:  naming.Scope{System: "atlas", Home: home, Region: here, Account: "123456789012"},
		Peer:   &Peer{Region: there},
		Domain: domain,
		ZoneID: pulumi.String("Z123"),
		VpcID:  pulumi.String("vpc-1"),
		PublicSubnetIDs: pulumi.StringArray{
			pulumi.String("subnet-a"), pulumi.String("subnet-b"), pulumi.String("subnet-c"),
		},
		CertificateArn: pulumi.String("arn:aws:acm:" + here + ":123456789012:certificate/1"),
		Agents: []system.Agent{
			{Name: "gateway", Tier: "core", Public: true, Port: 8080, Replicas: 6},
			{Name: "search", Tier: "edge", Public: true, Port: 8081, Replicas: 2},
		},
		Strategies: map[string]system.Strategy{"core": system.WarmStandby, "edge": system.ActiveActive},
		Protect:    true,
	}
}

func primary() *Args   { return argsOf(system.Primary, "atlas.example.com") }
func secondary() *Args { return argsOf(system.Secondary, "atlas.example.com") }

// answers are the outputs of a load balancer that its records need.
func answers() pulumitest.Option {
	return pulumitest.WithOutputs(balancerType, resource.NewPropertyMapFromMap(map[string]any{
		"dnsName": "atlas-1.elb.amazonaws.com", "zoneId": "ZELB", "arnSuffix": "app/atlas-entry-primary/1",
	}))
}

func program(args *Args) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := New(ctx, "main", args)
		return err
	}
}

func run(t *testing.T, args *Args) *pulumitest.Recorder {
	t.Helper()
	return pulumitest.Run(t, program(args), answers())
}

func TestEntry_holdsWhatEveryComponentMust(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Entry]{
		Args: func(n int) *Args {
			return argsOf(system.Primary, []string{"atlas.example.com", "copy.example.com"}[n])
		},
		New:     New,
		Options: []pulumitest.Option{answers()},
		Bad:     bad(),
		Changes: changes(),
	}.Run(t)
}

func bad() []pulumitest.Bad[Args] {
	return []pulumitest.Bad[Args]{
		{
			Name:   "no scope",
			Mutate: func(a *Args) { a.Scope = naming.Scope{} },
			Want:   "want system, home, region and account",
		},
		{
			Name:   "a reserved name",
			Mutate: func(a *Args) { a.Scope.System = "internal" },
			Want:   "keeps internal- for itself",
		},
		{
			Name:   "a peer in the same region",
			Mutate: func(a *Args) { a.Peer.Region = west },
			Want:   `peer.region is "eu-west-1"`,
		},
		{
			Name:   "an unknown switch",
			Mutate: func(a *Args) { a.Switch = "dns" },
			Want:   `switch is "dns", want metric or arc`,
		},
		{Name: "no domain", Mutate: func(a *Args) { a.Domain = "" }, Want: `domain is ""`},
		{Name: "no zone", Mutate: func(a *Args) { a.ZoneID = nil }, Want: "zoneId is not given"},
		{Name: "no network", Mutate: func(a *Args) { a.VpcID = nil }, Want: "vpcId is not given"},
		{Name: "no subnets", Mutate: func(a *Args) { a.PublicSubnetIDs = nil }, Want: "publicSubnetIds is not given"},
		{Name: "no certificate", Mutate: func(a *Args) { a.CertificateArn = nil }, Want: "certificateArn is not given"},
		{
			Name:   "logs nowhere",
			Mutate: func(a *Args) { a.AccessLogs = &AccessLogs{} },
			Want:   "accessLogs.bucket is not given",
		},
		{Name: "an odd range", Mutate: func(a *Args) { a.ClientCIDRs = []string{"10.0.0.0"} }, Want: "not an IPv4 range"},
		{
			Name:   "an odd target range",
			Mutate: func(a *Args) { a.TargetCIDRs = []string{"::/0"} },
			Want:   "not an IPv4 range",
		},
		{
			Name:   "clients that leave the checkers out",
			Mutate: func(a *Args) { a.ClientCIDRs = []string{"203.0.113.0/24"} }, Want: "keeps the health checkers out",
		},
		{Name: "no agent", Mutate: func(a *Args) { a.Agents = nil }, Want: "agents has 0, want 1 to 100"},
		{
			Name:   "a private agent",
			Mutate: func(a *Args) { a.Agents[0].Public = false },
			Want:   `agent "gateway" is not public`,
		},
		{Name: "an agent without port", Mutate: func(a *Args) { a.Agents[0].Port = 0 }, Want: "port is 0"},
		{Name: "an agent with a bad name", Mutate: func(a *Args) { a.Agents[0].Name = "a.b" }, Want: "want a DNS label"},
		{
			Name:   "an agent called like a home",
			Mutate: func(a *Args) { a.Agents[0].Name = "primary" },
			Want:   "taken by a home",
		},
		{
			Name:   "an agent called like another's own name",
			Mutate: func(a *Args) { a.Agents[0].Name = "search-primary" }, Want: `"search-primary"`,
		},
		{
			Name:   "a tier without strategy",
			Mutate: func(a *Args) { a.Strategies = nil },
			Want:   `tier "core" has no strategy`,
		},
	}
}

func changes() []pulumitest.Change[Args] {
	return []pulumitest.Change[Args]{
		{
			Name:   "the peer",
			Mutate: func(a *Args) { a.Peer = nil },
			Want:   []string{"-main-switch", "-main-switch-reclaimed", "-main-switch-taken", "main-domain healthCheckId"},
		},
		{
			Name:   "the protection",
			Mutate: func(a *Args) { a.Protect = false },
			Want: []string{
				"main protect", "main-balancer enableDeletionProtection", "main-balancer protect", "main-domain protect",
				"main-switch protect", "main-switch-alarm protect", "main-switch-reclaimed protect", "main-switch-taken protect",
			},
		},
		{
			Name: "the clients",
			Mutate: func(a *Args) {
				a.ClientCIDRs, a.CheckerPrefixListID = []string{"203.0.113.0/24"}, "pl-1"
			},
			Want: []string{
				"-main-in-443-0-0-0-0-0", "-main-in-80-0-0-0-0-0",
				"+main-in-443-203-0-113-0-24", "+main-in-80-203-0-113-0-24", "+main-in-checkers",
			},
		},
		{
			Name:   "the targets",
			Mutate: func(a *Args) { a.TargetCIDRs = []string{"10.0.0.0/16"} },
			Want: []string{
				"-main-out-8080-0-0-0-0-0", "-main-out-8081-0-0-0-0-0", "+main-out-8080-10-0-0-0-16", "+main-out-8081-10-0-0-0-16",
			},
		},
		{
			Name:   "the logs",
			Mutate: func(a *Args) { a.AccessLogs = &AccessLogs{Bucket: pulumi.String("logs"), Prefix: "entry"} },
			Want:   []string{"main-balancer accessLogs"},
		},
		{
			Name: "an agent in front of the others",
			Mutate: func(a *Args) {
				a.Agents = append(a.Agents, system.Agent{Name: "api", Tier: "core", Public: true, Port: 8080})
			},
			Want: []string{"+main-api", "+main-name-api", "+main-to-api"},
		},
		{
			Name:   "how many replicas an agent has",
			Mutate: func(a *Args) { a.Agents[1].Replicas = 3 },
			Want:   []string{"main-search loadBalancingCrossZoneEnabled", "main-search targetGroupHealth"},
		},
		{
			Name:   "an agent that answers in one home only",
			Mutate: func(a *Args) { a.Strategies["edge"] = system.PilotLight },
			Want: []string{
				"-main-home-search", "-main-probe-search", "main-name-search aliases", "main-name-search healthCheckId",
				"main-name-search latencyRoutingPolicies", "main-name-search setIdentifier", "main-to-search conditions",
			},
		},
		{
			Name:   "the certificate",
			Mutate: func(a *Args) { a.CertificateArn = pulumi.String("arn:aws:acm:eu-west-1:123456789012:certificate/2") },
			Want:   []string{"main-https certificateArn"},
		},
	}
}

func TestEntry_balancerStandsInThreeZones(t *testing.T) {
	t.Parallel()
	got := run(t, primary()).Get(t, balancerType, "main-balancer").Values()
	assert.Equal(t, []any{"subnet-a", "subnet-b", "subnet-c"}, got["subnets"])
	assert.Equal(t, "atlas-entry-primary", got["name"])
	assert.Equal(t, false, got["internal"])
	for _, on := range []string{"enableDeletionProtection", "enableZonalShift", "enableHttp2", "dropInvalidHeaderFields"} {
		assert.Equal(t, true, got[on], on)
	}
	assert.EqualValues(t, 300, got["clientKeepAlive"])
}

func TestEntry_refusesOtherThanThreeZones(t *testing.T) {
	t.Parallel()
	for name, ids := range map[string]pulumi.StringArray{
		"two":        {pulumi.String("subnet-a"), pulumi.String("subnet-b")},
		"four":       {pulumi.String("a"), pulumi.String("b"), pulumi.String("c"), pulumi.String("d")},
		"one twice":  {pulumi.String("a"), pulumi.String("b"), pulumi.String("c"), pulumi.String("c")},
		"one thrice": {pulumi.String("subnet-a"), pulumi.String("subnet-a"), pulumi.String("subnet-a")},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			args := primary()
			args.PublicSubnetIDs = ids
			_, err := pulumitest.RunErr(program(args), answers())
			require.ErrorContains(t, err, "want one in each of 3 zones")
		})
	}
}

func TestEntry_refusesALongName(t *testing.T) {
	t.Parallel()
	_, err := pulumitest.RunErr(func(ctx *pulumi.Context) error {
		_, err := New(ctx, "thirteen-long", primary())
		return err
	})
	require.ErrorContains(t, err, "name has 13 characters, want at most 12")
}

func TestEntry_speaksTLSOnly(t *testing.T) {
	t.Parallel()
	r := run(t, primary())
	https := r.Get(t, listenerType, "main-https").Values()
	assert.EqualValues(t, 443, https["port"])
	assert.Equal(t, "HTTPS", https["protocol"])
	assert.Equal(t, "ELBSecurityPolicy-TLS13-1-2-2021-06", https["sslPolicy"])
	assert.Equal(t, "arn:aws:acm:eu-west-1:123456789012:certificate/1", https["certificateArn"])
	first := https["defaultActions"].([]any)[0].(map[string]any)
	assert.Contains(t, first["targetGroupArn"], "main-gateway", "the first agent answers for the domain")

	redirect := r.Get(t, listenerType, "main-http").Values()["defaultActions"].([]any)[0].(map[string]any)
	assert.Equal(t, map[string]any{"protocol": "HTTPS", "port": "443", "statusCode": "HTTP_301"}, redirect["redirect"])
}

func TestEntry_letsClientsInAndReachesAgentsOnTheirPorts(t *testing.T) {
	t.Parallel()
	r := run(t, primary())
	ports := func(typ string) []any {
		var out []any
		for _, res := range r.OfType(typ) {
			assert.Equal(t, res.Values()["fromPort"], res.Values()["toPort"], res.Name)
			out = append(out, res.Values()["fromPort"])
		}
		return out
	}
	assert.ElementsMatch(t, []any{443.0, 80.0}, ports(ingressRuleType))
	assert.ElementsMatch(t, []any{8080.0, 8081.0}, ports(egressRuleType))
}

func TestEntry_outputsNameTheSwitchAndTheGroups(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name          string
		args          *Args
		metric, check string
	}{
		{"primary", primary(), "Reclaimed", "main-switch_id"},
		{"secondary", secondary(), "Taken", ""},
		{"primary before its peer", func() *Args { a := primary(); a.Peer = nil; return a }(), "Reclaimed", ""},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := make(chan []any, 1)
			pulumitest.Run(t, func(ctx *pulumi.Context) error {
				e, err := New(ctx, "main", c.args)
				if err != nil {
					return err
				}
				pulumi.All(e.SwitchNamespace, e.SwitchMetric, e.HealthCheckID, e.Address, e.ZoneID, e.TargetGroupArns).
					ApplyT(func(all []any) []any { got <- all; return all })
				return nil
			}, answers())
			all := <-got
			assert.Equal(t, []any{"Redoubt/Switch", c.metric, c.check, "atlas-1.elb.amazonaws.com", "Z123"}, all[:5])
			groups := all[5].(map[string]string)
			assert.Contains(t, groups["gateway"], "main-gateway")
			assert.Contains(t, groups["search"], "main-search")
		})
	}
}
