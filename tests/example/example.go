// Package example records what the example program registers in both homes, for
// the judges and the policies.
package example

import (
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"redoubt/components/pipeline"
	"redoubt/components/state"
	"redoubt/components/watch"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/inventory"
	"redoubt/regions"
	"redoubt/stacks"
	"redoubt/system"
)

// Regions returns the regions of both homes; Account is theirs.
func Regions() []string {
	return []string{settings(system.Primary).Region, settings(system.Secondary).Region}
}

// Account is the account of the recorded program.
const Account = "123456789012"

// Third is the region of the arbiter.
const Third = "eu-north-1"

// Root is the folder of the module.
func Root() string {
	_, file, _, _ := runtime.Caller(0)
	return filepath.Join(filepath.Dir(file), "..", "..")
}

// System is what the example declares.
func System(t testing.TB) *system.System {
	t.Helper()
	s, err := system.Load(filepath.Join(Root(), "system.yaml"))
	require.NoError(t, err)
	return s
}

// Record runs the example in one home, with the other in sight, on mocks that
// answer in the forms that AWS uses.
func Record(t testing.TB, home system.Home, s *system.System) *pulumitest.Recorder {
	t.Helper()
	return pulumitest.Run(t, program(settings(home), s), answers(t, home, s))
}

// Alone is Record of the primary before there is another home.
func Alone(t testing.TB, s *system.System) *pulumitest.Recorder {
	t.Helper()
	c := settings(system.Primary)
	c.PeerReady = false
	return pulumitest.Run(t, program(c, s), answers(t, system.Primary, s))
}

// Foresee is Record as a dry run, in which every output is unknown.
func Foresee(t testing.TB, home system.Home, s *system.System) *pulumitest.Recorder {
	t.Helper()
	return pulumitest.Preview(t, program(settings(home), s), references(t, home, s))
}

// Pipeline records the roles of the example's GitHub workflows, which stand beside the state.
func Pipeline(t testing.TB) *pulumitest.Recorder {
	t.Helper()
	at := func(home system.Home, region string) naming.Scope {
		return naming.Scope{System: System(t).Name, Home: home, Region: region, Account: Account}
	}
	args := &pipeline.Args{Scope: at("", Regions()[0]), Repository: "acme/atlas", Project: stacks.Namespace}
	for n, home := range system.Homes {
		args.Homes = append(args.Homes, at(home, Regions()[n]))
		args.StateBuckets = append(args.StateBuckets, at("", Regions()[n]).Bucket(state.Bucket, 1))
	}
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		_, err := pipeline.New(ctx, "pipeline", args)
		return err
	})
}

// Leased is Record with an arbiter and the witness: what keeps, observes and writes marks stands in the home, too.
func Leased(t testing.TB, home system.Home) *pulumitest.Recorder {
	t.Helper()
	c := settings(home)
	c.ArbiterRegion, c.Leases, c.Witness = Third, true, true
	s := System(t)
	return pulumitest.Run(t, program(c, s), answers(t, home, s))
}

// Recovering is Record with the function and the machine that recover the home.
func Recovering(t testing.TB, home system.Home) *pulumitest.Recorder {
	t.Helper()
	c := settings(home)
	c.RecoveryImage = "sha256:" + strings.Repeat("0a", 32)
	s := System(t)
	return pulumitest.Run(t, program(c, s), answers(t, home, s))
}

// Arbiter records the example's third region, with both homes standing.
func Arbiter(t testing.TB) *pulumitest.Recorder {
	t.Helper()
	c := stacks.ArbiterConfig{
		Region: Third, AccountID: Account, Zones: []string{Third + "a", Third + "b", Third + "c"}, Protect: true,
		HomeRegions: map[system.Home]string{},
		Tell:        []watch.Subscription{{Name: "oncall", Severity: "page", Protocol: "https", Endpoint: "https://page.example.com"}},
	}
	answer := []pulumitest.Option{pulumitest.WithRegion(Third), reference("own-last", resource.PropertyMap{})}
	for n, home := range system.Homes {
		c.HomeRegions[home] = Regions()[n]
		answer = append(answer, reference(string(home), words("address", string(home)+".elb.amazonaws.com")))
	}
	for token, arn := range arns {
		answer = append(answer, pulumitest.WithOutputs(token, words("arn", strings.ReplaceAll(arn, "REGION", Third))))
	}
	s := System(t)
	return pulumitest.Run(t, func(ctx *pulumi.Context) error { return stacks.DeployArbiter(ctx, c, s) }, answer...)
}

func program(c stacks.Config, s *system.System) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error { return stacks.Deploy(ctx, c, s) }
}

func settings(home system.Home) stacks.Config {
	c := stacks.Config{
		Home: home, Region: "eu-west-1", PeerRegion: "eu-central-1", AccountID: "123456789012", PeerReady: true,
		System: "system.yaml", Protect: true, Watch: true, Switch: "metric", ClientCIDRs: []string{"0.0.0.0/0"},
		SystemText: "the text of system.yaml",
		PeerStack:  string(home.Peer()), DatabasePassword: pulumi.String("not-a-real-Passw0rd").ToStringOutput(),
	}
	if home == system.Secondary {
		c.Region, c.PeerRegion = c.PeerRegion, c.Region
	}
	c.Zones = []string{c.Region + "a", c.Region + "b", c.Region + "c"}
	return c
}

// arns are the forms of the ARNs that policies of the example name.
var arns = map[string]string{
	"aws:backup/vault:Vault":                            "arn:aws:backup:REGION:123456789012:backup-vault:atlas",
	"aws:cloudwatch/logGroup:LogGroup":                  "arn:aws:logs:REGION:123456789012:log-group:atlas",
	"aws:dynamodb/table:Table":                          "arn:aws:dynamodb:REGION:123456789012:table/atlas",
	"aws:ecr/repository:Repository":                     "arn:aws:ecr:REGION:123456789012:repository/atlas",
	"aws:eks/cluster:Cluster":                           "arn:aws:eks:REGION:123456789012:cluster/atlas",
	"aws:elasticache/replicationGroup:ReplicationGroup": "arn:aws:elasticache:REGION:123456789012:replicationgroup:atlas",
	"aws:elasticache/user:User":                         "arn:aws:elasticache:REGION:123456789012:user:atlas",
	"aws:iam/role:Role":                                 "arn:aws:iam::123456789012:role/atlas",
	"aws:lb/targetGroup:TargetGroup": "arn:aws:elasticloadbalancing:REGION:123456789012:" +
		"targetgroup/atlas/0123456789abcdef",
	"aws:s3/bucketV2:BucketV2":          "arn:aws:s3:::atlas",
	"aws:secretsmanager/secret:Secret":  "arn:aws:secretsmanager:REGION:123456789012:secret:atlas-a1b2c3",
	"aws:sfn/stateMachine:StateMachine": "arn:aws:states:REGION:123456789012:stateMachine:atlas",
	"aws:sns/topic:Topic":               "arn:aws:sns:REGION:123456789012:atlas",
	"aws:sqs/queue:Queue":               "arn:aws:sqs:REGION:123456789012:atlas",
}

// answers makes the recorder answer with ids and ARNs of the forms AWS uses.
func answers(t testing.TB, home system.Home, s *system.System) pulumitest.Option {
	t.Helper()
	known := references(t, home, s)
	return func(r *pulumitest.Recorder) {
		pulumitest.WithRegion(settings(home).Region)(r)
		pulumitest.WithOutputs("aws:route53/zone:Zone", words("zoneId", "Z0123456789ABCDEFGHIJ"))(r)
		pulumitest.WithOutputs("aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup", words("name", "default"))(r)
		pulumitest.WithOutputs("aws:lb/loadBalancer:LoadBalancer", words("dnsName", "entry-1.eu-west-1.elb.amazonaws.com",
			"zoneId", "Z32O12XQLNTSW2"))(r)
		for token, arn := range arns {
			pulumitest.WithOutputs(token, words("arn", strings.ReplaceAll(arn, "REGION", settings(home).Region)))(r)
		}
		known(r)
	}
}

// references answer what the other home's stack exported last.
func references(t testing.TB, home system.Home, s *system.System) pulumitest.Option {
	t.Helper()
	text, err := inventory.Encode(inventoryOf(home.Peer(), s))
	require.NoError(t, err)
	return func(r *pulumitest.Recorder) {
		reference("own-last", resource.PropertyMap{})(r)
		reference("peer", resource.PropertyMap{stacks.InventoryOutput: resource.NewStringProperty(string(text))})(r)
	}
}

// words makes a property map of names and texts in turn.
func words(pairs ...string) resource.PropertyMap {
	out := resource.PropertyMap{}
	for i := 0; i < len(pairs); i += 2 {
		out[resource.PropertyKey(pairs[i])] = resource.NewStringProperty(pairs[i+1])
	}
	return out
}

func reference(name string, out resource.PropertyMap) pulumitest.Option {
	return pulumitest.WithOutputsOf("pulumi:pulumi:StackReference", name, resource.PropertyMap{
		"name": resource.NewStringProperty(name), "outputs": resource.NewObjectProperty(out),
		"secretOutputNames": resource.NewArrayProperty(nil),
	})
}

// inventoryOf is the inventory of a home in which everything stands.
func inventoryOf(home system.Home, s *system.System) inventory.Inventory {
	c := settings(home)
	keys := map[string]string{}
	for _, purpose := range []string{"data", "secrets", "logs", "backup"} {
		keys[purpose] = pulumitest.KeyARN(c.Region)
	}
	own := inventory.Home{
		Region: c.Region, Account: c.AccountID, Zones: c.Zones, CIDR: regions.CIDR(home).String(), Keys: keys,
		Network:   inventory.Network{VpcID: "vpc-0a1b2c3d4e5f60718", PeeringID: "pcx-0a1b2c3d4e5f60718"},
		Discovery: inventory.Discovery{ZoneID: "Z1123456789ABCDEFGHIJ"},
		Entry: inventory.Entry{Domain: "agents.example.com", ZoneID: "Z0123456789ABCDEFGHIJ", Switch: "metric",
			Address: "entry-1." + c.Region + ".elb.amazonaws.com"},
		Configuration: "atlas-configuration-" + string(home), Stores: map[string]inventory.Store{},
	}
	own.Control.IdempotencyTable = "atlas-idempotency"
	for _, st := range s.Stores {
		own.Stores[st.Name] = storeOf(c, st)
	}
	return inventory.New(s.Name, home, own)
}

func storeOf(c stacks.Config, st system.Store) inventory.Store {
	out := inventory.Store{Kind: st.Kind, Tier: st.Tier, Name: "atlas-" + st.Name, Generation: 1}
	switch st.Kind {
	case system.Bucket:
		out.Name = "atlas-" + st.Name + "-" + c.AccountID + "-" + c.Region
	case system.Queue:
		out.LedgerTable = "atlas-" + st.Name + "-ledger"
	case system.Cache:
		out.Name, out.GlobalID = "atlas-"+st.Name+"-"+string(c.Home), "abcde-atlas-"+st.Name
		out.SnapshotBucket = "atlas-" + st.Name + "-snapshots-" + c.AccountID + "-" + c.Region
	}
	return out
}
