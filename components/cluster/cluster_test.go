package cluster

import (
	"fmt"
	"net/netip"
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
	account      = "123456789012"
	clusterToken = "aws:eks/cluster:Cluster"
	groupToken   = "aws:eks/nodeGroup:NodeGroup"
	addonToken   = "aws:eks/addon:Addon"
)

func args(n int) *Args {
	name := "agora"
	if n > 0 {
		name = fmt.Sprintf("agora-%d", n)
	}
	return &Args{
		Scope:        naming.Scope{System: name, Home: system.Primary, Region: "eu-west-1", Account: account},
		Zones:        []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"},
		SubnetIDs:    pulumi.ToStringArray([]string{"subnet-a", "subnet-b", "subnet-c"}),
		ServiceCIDR:  netip.MustParsePrefix("172.20.0.0/16"),
		Admins:       []string{"arn:aws:iam::" + account + ":role/agora-deployer"},
		CallerCIDRs:  []string{"203.0.113.0/24"},
		Size:         Size{InstanceType: "m6i.2xlarge", Running: 2, Active: 4},
		SecretKeyArn: pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/secrets"),
		VolumeKeyArn: pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/data"),
		LogKeyArn:    pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/logs"),
	}
}

// scalingGroups answers for EKS, which makes an Auto Scaling group for each node group.
var scalingGroups = pulumitest.WithOutputs(groupToken, resource.NewPropertyMapFromMap(map[string]any{
	"nodeGroupName": "nodes-0123",
	"resources":     []any{map[string]any{"autoscalingGroups": []any{map[string]any{"name": "eks-nodes-0123"}}}},
}))

// run registers a cluster on mocks and gives it back with what was recorded.
func run(t *testing.T, a *Args) (*Cluster, *pulumitest.Recorder) {
	t.Helper()
	var c *Cluster
	r := pulumitest.Run(t, func(ctx *pulumi.Context) (err error) {
		c, err = New(ctx, "main", a)
		return err
	}, scalingGroups)
	return c, r
}

func TestCluster_suite(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Cluster]{Args: args, New: New, Bad: bad(), Changes: changes(),
		Options: []pulumitest.Option{scalingGroups}}.Run(t)
}

func bad() []pulumitest.Bad[Args] {
	return []pulumitest.Bad[Args]{
		{Name: "an empty system", Mutate: func(a *Args) { a.Scope.System = "" }, Want: "scope.system is empty"},
		{Name: "no home", Mutate: func(a *Args) { a.Scope.Home = "third" }, Want: `scope.home is "third"`},
		{Name: "two zones", Mutate: func(a *Args) { a.Zones = a.Zones[:2] }, Want: "zones are 2, want 3"},
		{Name: "a zone twice", Mutate: func(a *Args) { a.Zones[2] = a.Zones[0] }, Want: "is named twice"},
		{Name: "a zone elsewhere", Mutate: func(a *Args) { a.Zones[2] = "us-east-1a" }, Want: `not in region "eu-west-1"`},
		{Name: "no subnets", Mutate: func(a *Args) { a.SubnetIDs = nil }, Want: "subnetIds are required"},
		{Name: "two subnets", Mutate: func(a *Args) { a.SubnetIDs = pulumi.ToStringArray([]string{"a", "b"}) },
			Want: "subnetIds are 2, want 3"},
		{Name: "no service range", Mutate: func(a *Args) { a.ServiceCIDR = netip.Prefix{} }, Want: "want an IPv4 range"},
		{Name: "a small service range", Mutate: func(a *Args) {
			a.ServiceCIDR = netip.MustParsePrefix("172.20.0.0/25")
		}, Want: "is a /25, want /12 to /24"},
		{Name: "a public service range", Mutate: func(a *Args) {
			a.ServiceCIDR = netip.MustParsePrefix("8.8.0.0/16")
		}, Want: "is public"},
		{Name: "a patch version", Mutate: func(a *Args) { a.Version = "1.35.2" }, Want: "want a minor version"},
		{Name: "nobody who may enter", Mutate: func(a *Args) { a.Admins = nil }, Want: "nobody could enter the cluster"},
		{Name: "a user", Mutate: func(a *Args) { a.Admins = []string{"arn:aws:iam::" + account + ":user/ann"} },
			Want: "is not the ARN of an IAM role"},
		{Name: "an administrator twice", Mutate: func(a *Args) { a.Admins = append(a.Admins, a.Admins[0]) },
			Want: `two admins are called "agora-deployer"`},
		{Name: "a user who looks", Mutate: func(a *Args) { a.Viewers = []string{"arn:aws:iam::" + account + ":user/ann"} },
			Want: `viewer "arn:aws:iam::` + account + `:user/ann" is not the ARN of an IAM role`},
		{Name: "a viewer twice", Mutate: func(a *Args) {
			a.Viewers = []string{"arn:aws:iam::" + account + ":role/ann", "arn:aws:iam::" + account + ":role/x/ann"}
		}, Want: `two viewers are called "ann"`},
		{Name: "a viewer who is an administrator", Mutate: func(a *Args) { a.Viewers = a.Admins }, Want: "is an admin too"},
		{Name: "every caller", Mutate: func(a *Args) { a.CallerCIDRs = []string{"0.0.0.0/0"} }, Want: "is everybody"},
		{Name: "host bits", Mutate: func(a *Args) { a.CallerCIDRs = []string{"10.0.0.1/16"} }, Want: "want an address range"},
		{Name: "no key", Mutate: func(a *Args) { a.SecretKeyArn = nil }, Want: "secretKeyArn is required"},
		{Name: "an unknown machine", Mutate: func(a *Args) { a.Size.InstanceType = "t3.nano" },
			Want: `instance type is "t3.nano"`},
		{Name: "no node", Mutate: func(a *Args) { a.Size.Running = 0 }, Want: "running nodes are 0"},
		{Name: "a reservation that is too small", Mutate: func(a *Args) { a.Size.Reserved = 3 }, Want: "reserved nodes are 3"},
		{Name: "more running than active", Mutate: func(a *Args) { a.Size.Running = 5 }, Want: "active nodes are 4"},
	}
}

func changes() []pulumitest.Change[Args] {
	each := func(properties ...string) (out []string) {
		for _, letter := range []string{"a", "b", "c"} {
			for _, p := range properties {
				out = append(out, "main-"+p[:len(p)-len(tail(p))]+letter+tail(p))
			}
		}
		return out
	}
	return []pulumitest.Change[Args]{
		{Name: "the version", Mutate: func(a *Args) { a.Version = "1.36" },
			Want: append(each("nodes- version"), "main version", "main-control version")},
		{Name: "one more administrator", Mutate: func(a *Args) {
			a.Admins = append(a.Admins, "arn:aws:iam::"+account+":role/ann")
		}, Want: []string{"+main-admin-ann", "+main-admin-ann-policy"}},
		{Name: "a viewer", Mutate: func(a *Args) {
			a.Viewers = []string{"arn:aws:iam::" + account + ":role/ann"}
		}, Want: []string{"+main-viewer-ann", "+main-viewer-ann-policy"}},
		{Name: "no caller from outside", Mutate: func(a *Args) { a.CallerCIDRs = nil }, Want: []string{"main-control vpcConfig"}},
		{Name: "how many nodes", Mutate: func(a *Args) { a.Size.Running, a.Size.Active = 3, 5 },
			// The number of nodes is ignored once the groups stand, and their ends never change.
			Want: append(each("nodes- scalingConfig"), "main activeNodes", "main runningNodes")},
		{Name: "a reservation", Mutate: func(a *Args) { a.Size.Reserved = 4 },
			Want: append(each("template- capacityReservationSpecification"),
				"+main-reservation-a", "+main-reservation-b", "+main-reservation-c", "main reserved")},
		{Name: "the machine", Mutate: func(a *Args) { a.Size.InstanceType = "m6i.xlarge" },
			Want: append(each("nodes- instanceTypes"), "main instanceType"), Replaces: each("nodes- instanceTypes")},
		{Name: "how long logs are kept", Mutate: func(a *Args) { a.LogDays = 365 }, Want: []string{"main-logs retentionInDays"}},
		{Name: "the range of services", Mutate: func(a *Args) {
			a.ServiceCIDR = netip.MustParsePrefix("172.22.0.0/16")
		}, Want: []string{"main-control kubernetesNetworkConfig"}, Replaces: []string{"main-control kubernetesNetworkConfig"}},
	}
}

// tail is what follows the place of the zone's letter.
func tail(p string) string {
	for i, c := range p {
		if c == ' ' {
			return p[i:]
		}
	}
	return ""
}

func TestCluster_eachZoneScalesAlone(t *testing.T) {
	t.Parallel()
	_, r := run(t, args(0))
	groups := r.OfType(groupToken)
	require.Len(t, groups, Zones)
	seen := map[string]bool{}
	for _, g := range groups {
		v := g.Values()
		subnets := v["subnetIds"].([]any)
		require.Len(t, subnets, 1, "one subnet is one zone")
		seen[subnets[0].(string)] = true
		assert.NotContains(t, v, "nodeGroupName", "a fixed name would keep a successor from standing beside it")
		scaling := v["scalingConfig"].(map[string]any)
		assert.Equal(t, 2.0, scaling["desiredSize"])
	}
	assert.Len(t, seen, Zones)
}

func TestCluster_knowsWhatIsBehindEachZone(t *testing.T) {
	t.Parallel()
	program := func(ctx *pulumi.Context) error {
		c, err := New(ctx, "main", args(0))
		if err != nil {
			return err
		}
		ctx.Export("behind", c.ScalingGroups.MapIndex(pulumi.String("eu-west-1b")).ApplyT(func(name string) string {
			assert.Equal(t, "eks-nodes-0123", name)
			return name
		}))
		return nil
	}
	pulumitest.Run(t, program, scalingGroups)
	_, err := pulumitest.RunErr(program)
	require.ErrorContains(t, err, "has no Auto Scaling group", "an autoscaler that is told no name does not start")
}

// AWS refuses a least above what runs, and the upstream provider sends what the
// state last knew of that with each change of an end: so the ends must be the same for every size.
func TestCluster_theEndsOfAGroupAreTheSameForEverySize(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		size Size
		most float64
	}{
		{Size{Running: 1, Active: 1}, 450}, {Size{Running: 2, Active: 9, Reserved: 9}, 450},
		{Size{Running: 448, Active: 448}, 450}, {Size{Running: 449, Active: 449}, 451},
	} {
		a := args(0)
		a.Size, a.Size.InstanceType = tt.size, "m6i.large"
		_, r := run(t, a)
		for _, g := range r.OfType(groupToken) {
			assert.Equal(t, map[string]any{"minSize": 1.0, "maxSize": tt.most, "desiredSize": float64(tt.size.Running)},
				g.Values()["scalingConfig"], "%+v", tt.size)
		}
	}
}

func TestCluster_nobodyIsAdministratorByAccident(t *testing.T) {
	t.Parallel()
	_, r := run(t, args(0))
	access := r.Get(t, clusterToken, "main-control").Values()["accessConfig"].(map[string]any)
	assert.Equal(t, map[string]any{
		"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": false,
	}, access, "left out, it is read back as true and the next update replaces the cluster")
}

func TestKubeconfig_namesItsRegionAndHoldsNoCredential(t *testing.T) {
	t.Parallel()
	text, err := kubeconfig("agora-primary", "eu-west-1", "https://ABC.eu-west-1.eks.amazonaws.com", "Q0E=")
	require.NoError(t, err)
	assert.Contains(t, text, `"eks","get-token","--cluster-name","agora-primary","--region","eu-west-1"`)
	assert.NotContains(t, text, `"token"`)
}
