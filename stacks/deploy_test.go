package stacks

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/inventory"
	"redoubt/regions"
	"redoubt/system"
)

// settings are those of the example's stack files.
func settings(home system.Home) Config {
	c := Config{
		Home: home, Region: "eu-west-1", PeerRegion: "eu-central-1", AccountID: "123456789012",
		System: "system.yaml", Protect: true, Watch: true, Switch: "metric", ClientCIDRs: []string{"0.0.0.0/0"},
		PeerStack: string(home.Peer()), SystemText: "the text of system.yaml",
		DatabasePassword: pulumi.ToSecret(pulumi.String("not-a-real-Passw0rd")).(pulumi.StringOutput),
	}
	if home == system.Secondary {
		c.Region, c.PeerRegion = c.PeerRegion, c.Region
	}
	c.Zones = []string{c.Region + "a", c.Region + "b", c.Region + "c"}
	return c
}

func example(t *testing.T) *system.System {
	t.Helper()
	s, err := system.Load(filepath.Join("..", "system.yaml"))
	require.NoError(t, err)
	return s
}

var region = pulumitest.WithRegion

// reference makes a stack reference answer with an inventory.
func reference(t *testing.T, name string, inv *inventory.Inventory) pulumitest.Option {
	t.Helper()
	if inv == nil {
		return exporting(name, resource.PropertyMap{})
	}
	text, err := inventory.Encode(*inv)
	require.NoError(t, err)
	return exporting(name, resource.PropertyMap{InventoryOutput: resource.NewStringProperty(string(text))})
}

func exporting(name string, out resource.PropertyMap) pulumitest.Option {
	return pulumitest.WithOutputsOf("pulumi:pulumi:StackReference", name, resource.PropertyMap{
		"name": resource.NewStringProperty(name), "outputs": resource.NewObjectProperty(out),
		"secretOutputNames": resource.NewArrayProperty(nil),
	})
}

// seen is the inventory of a home that stands.
func seen(home system.Home) *inventory.Inventory {
	c := settings(home)
	keys := map[string]string{}
	for _, purpose := range []string{"data", "secrets", "logs", "backup"} {
		keys[purpose] = pulumitest.KeyARN(c.Region)
	}
	inv := inventory.New("atlas", home, inventory.Home{
		Region: c.Region, Account: c.AccountID, Zones: c.Zones, CIDR: regions.CIDR(home).String(), Keys: keys,
		Network:   inventory.Network{VpcID: "vpc-of-" + string(home), PeeringID: "pcx-0123"},
		Discovery: inventory.Discovery{ZoneID: "Z0PRIVATE"},
		Entry:     inventory.Entry{Domain: "agents.example.com", ZoneID: "Z0123", Switch: "metric"},
		Stores: map[string]inventory.Store{
			"artifacts":   {Kind: system.Bucket, Name: "atlas-artifacts-123456789012-" + c.Region, Generation: 1},
			"transcripts": {Kind: system.Bucket, Name: "atlas-transcripts-123456789012-" + c.Region, Generation: 1},
			"recall":      {Kind: system.Cache, Name: "atlas-recall-" + string(home), Generation: 1, GlobalID: "abcde-atlas-recall"},
			"scores": {Kind: system.Cache, Name: "atlas-scores-" + string(home), Generation: 1, GlobalID: "abcde-atlas-scores",
				SnapshotBucket: "atlas-scores-snapshots-123456789012-" + c.Region},
		},
	})
	return &inv
}

func deploy(c Config, s *system.System) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error { return Deploy(ctx, c, s) }
}

func TestDeploy_comesUpInThreeUpdates(t *testing.T) {
	t.Parallel()
	s := example(t)
	peering := "aws:ec2/vpcPeeringConnection:VpcPeeringConnection"
	accepter := "aws:ec2/vpcPeeringConnectionAccepter:VpcPeeringConnectionAccepter"
	replication := "aws:s3/bucketReplicationConfig:BucketReplicationConfig"

	first := pulumitest.Run(t, deploy(settings(system.Primary), s), region("eu-west-1"), reference(t, "own-last", nil))
	assert.Empty(t, first.OfType(replication), "nothing is replicated to a home that does not exist")
	assert.Empty(t, first.OfType(accepter))
	assert.Len(t, first.OfType("aws:kms/key:Key"), 4)
	assert.NotEmpty(t, first.OfType("aws:rds/globalCluster:GlobalCluster"))

	c := settings(system.Secondary)
	c.PeerReady = true
	second := pulumitest.Run(t, deploy(c, s), region("eu-central-1"), reference(t, "own-last", nil),
		reference(t, "peer", seen(system.Primary)))
	assert.Len(t, second.OfType(peering), 1, "the secondary asks for the peering")
	assert.Len(t, second.OfType(replication), len(s.StoresOf(system.Bucket))+1, "a cache's snapshots are replicated too")
	assert.Len(t, second.OfType("aws:kms/replicaKey:ReplicaKey"), 4)
	assert.Empty(t, second.OfType("aws:rds/globalCluster:GlobalCluster"), "the global database has one owner")
	assert.Empty(t, second.OfType("aws:route53/zone:Zone"), "the zone has one owner")

	c = settings(system.Primary)
	c.PeerReady = true
	third := pulumitest.Run(t, deploy(c, s), region("eu-west-1"), reference(t, "own-last", nil),
		reference(t, "peer", seen(system.Secondary)))
	assert.Len(t, third.OfType(accepter), 1, "the primary accepts")
	assert.Len(t, third.OfType(replication), len(s.StoresOf(system.Bucket))+1)
	assert.Subset(t, names(third), names(first), "the peer's arrival removes nothing")
	pulumitest.CheckTree(t, third)
}

func TestDeploy_databaseVersionIsASetting(t *testing.T) {
	t.Parallel()
	c := settings(system.Primary)
	c.PostgresVersion = "15.7"
	r := pulumitest.Run(t, deploy(c, example(t)), region("eu-west-1"), reference(t, "own-last", nil))
	for _, typ := range []string{"aws:rds/globalCluster:GlobalCluster", "aws:rds/cluster:Cluster"} {
		require.Len(t, r.OfType(typ), 1)
		assert.Equal(t, "15.7", r.OfType(typ)[0].Values()["engineVersion"], typ)
	}
	c.PostgresVersion = "15"
	_, err := pulumitest.RunErr(deploy(c, example(t)), region("eu-west-1"), reference(t, "own-last", nil))
	assert.ErrorContains(t, err, `engineVersion is "15", want major.minor`)
}

func TestDeploy_commitsWaitForThePeerOnlyOnceThereIsOne(t *testing.T) {
	t.Parallel()
	s := example(t)
	c := settings(system.Primary)
	c.RPOEnforced = []string{"tasks"}
	parameters := func(r *pulumitest.Recorder) string {
		return fmt.Sprint(r.Get(t, "aws:rds/clusterParameterGroup:ClusterParameterGroup", "postgres-tasks-parameters").Values())
	}
	first := pulumitest.Run(t, deploy(c, s), region("eu-west-1"), reference(t, "own-last", nil))
	assert.NotContains(t, parameters(first), "rds.global_db_rpo", "without a follower no commit would ever return")
	c.PeerReady = true
	third := pulumitest.Run(t, deploy(c, s), region("eu-west-1"), reference(t, "own-last", nil),
		reference(t, "peer", seen(system.Secondary)))
	assert.Contains(t, parameters(third), "rds.global_db_rpo")
}

func TestDeploy_aMissingPeerChangesNothing(t *testing.T) {
	t.Parallel()
	s := example(t)
	c := settings(system.Primary)
	c.PeerReady = true
	own := seen(system.Primary)
	own.Homes[system.Secondary] = seen(system.Secondary).Own()
	whole := pulumitest.Run(t, deploy(c, s), region("eu-west-1"), reference(t, "own-last", own),
		reference(t, "peer", seen(system.Secondary)))

	for name, opts := range map[string][]pulumitest.Option{
		"the peer's stack exports nothing": {reference(t, "peer", nil)},
		"the peer's inventory is empty":    {exporting("peer", inventoryText(""))},
		"the peer's inventory is blank": {exporting("peer", inventoryText(
			`{"version":1,"system":"atlas","home":"secondary","homes":{"secondary":{"region":"eu-central-1"}}}`))},
		"the peer's inventory is of a later version": {exporting("peer", inventoryText(`{"version":99}`))},
	} {
		left := pulumitest.Run(t, deploy(c, s), append(opts, region("eu-west-1"), reference(t, "own-last", own))...)
		changed, _ := pulumitest.Diff(whole, left)
		assert.Empty(t, changed, name)
	}
	c.PeerStack = PinnedOnly
	alone := pulumitest.Run(t, deploy(c, s), region("eu-west-1"), reference(t, "own-last", own))
	changed, _ := pulumitest.Diff(whole, alone)
	assert.Equal(t, []string{"-peer"}, changed, "with the stack gone only the reference goes")
}

func inventoryText(text string) resource.PropertyMap {
	return resource.PropertyMap{InventoryOutput: resource.NewStringProperty(text)}
}

func TestDeploy_refuses(t *testing.T) {
	t.Parallel()
	s := example(t)
	own := seen(system.Primary)
	own.Homes[system.Secondary] = seen(system.Secondary).Own()
	ready := settings(system.Primary)
	ready.PeerReady = true
	for name, c := range map[string]struct {
		config Config
		opts   []pulumitest.Option
		want   string
	}{
		"peerReady that goes back": {settings(system.Primary),
			[]pulumitest.Option{reference(t, "own-last", own)}, "peerReady was true and is now false"},
		"a peer that was never up": {ready,
			[]pulumitest.Option{reference(t, "own-last", nil), reference(t, "peer", nil)}, "bring it up first with"},
		"a secondary before the primary": {settings(system.Secondary),
			[]pulumitest.Option{reference(t, "own-last", nil)}, "bring the primary up first"},
	} {
		_, err := pulumitest.RunErr(deploy(c.config, s), append(c.opts, region("eu-west-1"))...)
		require.ErrorContains(t, err, c.want, name)
	}
}

func TestDeploy_previewsWithEverythingUnknown(t *testing.T) {
	t.Parallel()
	s := example(t)
	real := pulumitest.Run(t, deploy(settings(system.Primary), s), region("eu-west-1"), reference(t, "own-last", nil))
	dry := pulumitest.Preview(t, deploy(settings(system.Primary), s), reference(t, "own-last", nil))
	assert.Equal(t, names(real), names(dry))
}

func TestDeploy_usesOneProviderOfTheHome(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, deploy(settings(system.Primary), example(t)), region("eu-west-1"), reference(t, "own-last", nil))
	for _, res := range r.Custom() {
		want := "pulumi:providers:aws::home::"
		if strings.HasPrefix(res.Type, "kubernetes:") {
			want = "pulumi:providers:kubernetes::home-cluster::"
		}
		assert.Contains(t, res.Provider, want, "%s %s", res.Type, res.Name)
	}
	provider := r.OfType("pulumi:providers:aws")
	require.Len(t, provider, 1)
	assert.Equal(t, "eu-west-1", provider[0].Values()["region"])
}

func names(r *pulumitest.Recorder) []string {
	var out []string
	for _, res := range r.All() {
		out = append(out, res.Type+" "+res.Name)
	}
	return out
}

func TestStackFiles_differOnlyWhereTheyMust(t *testing.T) {
	t.Parallel()
	primary, secondary := readLines(t, "Pulumi.primary.yaml"), readLines(t, "Pulumi.secondary.yaml")
	require.Len(t, secondary, len(primary))
	var differ []string
	for i := range primary {
		if primary[i] != secondary[i] {
			differ = append(differ, key(primary[i]))
		}
	}
	assert.Equal(t, []string{"redoubt:home", "redoubt:region", "redoubt:peerRegion", "redoubt:zones"}, differ)
}

func readLines(t *testing.T, name string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", name))
	require.NoError(t, err)
	return lines(string(text))
}
