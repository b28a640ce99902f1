package cache

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const account = "123456789012"

// seedArgs are those of the primary, which makes the global datastore.
func seedArgs(n int) *Args {
	name := "scores"
	if n > 0 {
		name = fmt.Sprintf("scores-%d", n)
	}
	return &Args{
		Scope: naming.Scope{System: "agora", Home: system.Primary, Region: "eu-west-1", Account: account},
		Store: system.Store{
			Name: name, Kind: system.Cache, Tier: "archive", SizeGiB: 8, Retention: system.Retention{DailyDays: 14},
		},
		Seed: true, Replicated: true, Protect: true,
		VpcID:       pulumi.String("vpc-1"),
		SubnetIDs:   pulumi.ToStringArray([]string{"subnet-a", "subnet-b", "subnet-c"}),
		Zones:       []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"},
		ClientCIDRs: []string{"10.0.0.0/16", "10.1.0.0/16"},
		KeyArn:      pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/data"),
	}
}

// joinArgs are those of the secondary, which joins.
func joinArgs(n int) *Args {
	a := seedArgs(n)
	a.Scope = a.Scope.Peer("eu-central-1")
	a.Zones = []string{"eu-central-1a", "eu-central-1b", "eu-central-1c"}
	a.KeyArn = pulumi.String("arn:aws:kms:eu-central-1:" + account + ":key/data")
	a.Seed, a.GlobalID = false, "abcde-agora-scores"
	return a
}

// aloneArgs are those of a cache that is restored from backups, in the home that has it.
func aloneArgs(n int) *Args {
	a := seedArgs(n)
	a.Replicated = false
	return a
}

// emptyArgs are those of the same cache in the other home.
func emptyArgs(n int) *Args {
	a := joinArgs(n)
	a.Replicated, a.GlobalID = false, ""
	return a
}

func program(args *Args) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := New(ctx, "main", args)
		return err
	}
}

const (
	groupToken      = "aws:elasticache/replicationGroup:ReplicationGroup"
	globalToken     = "aws:elasticache/globalReplicationGroup:GlobalReplicationGroup"
	parametersToken = "aws:elasticache/parameterGroup:ParameterGroup"
	userToken       = "aws:elasticache/user:User"
	usersToken      = "aws:elasticache/userGroup:UserGroup"
	ingressToken    = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egressToken     = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
)

// filled are outputs of AWS that the mocks do not make.
var filled = []pulumitest.Option{
	pulumitest.WithOutputs(groupToken, resource.PropertyMap{
		"arn":                    resource.NewStringProperty("arn:aws:elasticache:eu-west-1:" + account + ":replicationgroup:x"),
		"primaryEndpointAddress": resource.NewStringProperty("master.x.cache.amazonaws.com"),
		"readerEndpointAddress":  resource.NewStringProperty("replica.x.cache.amazonaws.com"),
		"memberClusters": resource.NewArrayProperty([]resource.PropertyValue{
			resource.NewStringProperty("x-001"), resource.NewStringProperty("x-002"), resource.NewStringProperty("x-003"),
		}),
	}),
	pulumitest.WithOutputs(globalToken, resource.PropertyMap{
		"globalReplicationGroupId": resource.NewStringProperty("abcde-agora-scores"),
	}),
}

func TestCache_seed(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Cache]{
		Args: seedArgs, New: New, Bad: bad(), Changes: changes(), Options: filled,
	}.Run(t)
}

func TestCache_joins(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Cache]{
		Args: joinArgs, New: New, Golden: "joins.golden", Options: filled,
		Bad: []pulumitest.Bad[Args]{
			{Name: "nothing to join", Mutate: func(a *Args) { a.GlobalID = "" }, Want: "globalId is empty"},
		},
		Changes: []pulumitest.Change[Args]{
			{Name: "the datastore", Mutate: func(a *Args) { a.GlobalID = "abcde-other" }, Want: []string{
				"main-group globalReplicationGroupId"}, Replaces: []string{"main-group globalReplicationGroupId"}},
			{Name: "the version, which is the seed's to say", Mutate: func(a *Args) { a.EngineVersion = "8.1" }},
		},
	}.Run(t)
}

func TestCache_aloneWithoutAReplica(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Cache]{Args: aloneArgs, New: New, Golden: "alone.golden", Options: filled}.Run(t)
	pulumitest.Suite[Args, *Cache]{Args: emptyArgs, New: New, Golden: "empty.golden", Options: filled}.Run(t)
}

func bad() []pulumitest.Bad[Args] {
	return []pulumitest.Bad[Args]{
		{Name: "an empty system", Mutate: func(a *Args) { a.Scope.System = "" }, Want: "scope.system is empty"},
		{Name: "no home", Mutate: func(a *Args) { a.Scope.Home = "third" }, Want: `scope.home is "third"`},
		{Name: "another kind", Mutate: func(a *Args) { a.Store.Kind = system.Table }, Want: `store.kind is "table"`},
		{Name: "a generation below one", Mutate: func(a *Args) { a.Generation = -1 }, Want: "generation is -1"},
		{Name: "no way back", Mutate: func(a *Args) { a.Store.Retention.DailyDays = 0 }, Want: "dailyDays is 0, want 1 to 35"},
		{Name: "too long a way back", Mutate: func(a *Args) { a.Store.Retention.DailyDays = 36 }, Want: "dailyDays is 36"},
		{Name: "more than a node holds", Mutate: func(a *Args) { a.Store.SizeGiB = 315 }, Want: "want at most 314"},
		{Name: "two zones", Mutate: func(a *Args) { a.Zones = a.Zones[:2] }, Want: "zones are 2, want 3"},
		{Name: "a zone twice", Mutate: func(a *Args) { a.Zones[2] = a.Zones[0] }, Want: `zone "eu-west-1a" is named twice`},
		{Name: "a zone elsewhere", Mutate: func(a *Args) { a.Zones[2] = "us-east-1a" }, Want: `not in region "eu-west-1"`},
		{Name: "two subnets", Mutate: func(a *Args) { a.SubnetIDs = pulumi.ToStringArray([]string{"a", "b"}) },
			Want: "subnetIds are 2, want 3"},
		{Name: "no client", Mutate: func(a *Args) { a.ClientCIDRs = nil }, Want: "nobody could connect"},
		{Name: "every client", Mutate: func(a *Args) { a.ClientCIDRs = []string{"0.0.0.0/0"} }, Want: "is everybody"},
		{Name: "host bits", Mutate: func(a *Args) { a.ClientCIDRs = []string{"10.0.0.1/16"} }, Want: `want "10.0.0.0/16"`},
		{Name: "IPv6", Mutate: func(a *Args) { a.ClientCIDRs = []string{"fd00::/48"} }, Want: "is not IPv4"},
		{Name: "no range", Mutate: func(a *Args) { a.ClientCIDRs = []string{"office"} }, Want: `client range "office"`},
		{Name: "a range twice", Mutate: func(a *Args) { a.ClientCIDRs[1] = a.ClientCIDRs[0] }, Want: "named twice"},
		{Name: "no key", Mutate: func(a *Args) { a.KeyArn = nil }, Want: "keyArn is required"},
		{Name: "no network", Mutate: func(a *Args) { a.VpcID = nil }, Want: "vpcId is required"},
		{Name: "a burstable node", Mutate: func(a *Args) { a.NodeType = "cache.t4g.medium" }, Want: "a global datastore takes"},
		{Name: "a node with data tiering", Mutate: func(a *Args) { a.NodeType = "cache.r6gd.xlarge" },
			Want: "a global datastore takes"},
		{Name: "a bare major version", Mutate: func(a *Args) { a.EngineVersion = "8" }, Want: "engineVersion is"},
		{Name: "a datastore to join in the seed", Mutate: func(a *Args) { a.GlobalID = "x" }, Want: "joins nothing"},
	}
}

func changes() []pulumitest.Change[Args] {
	return []pulumitest.Change[Args]{
		{Name: "the size, within the node", Mutate: func(a *Args) { a.Store.SizeGiB = 9 }},
		{Name: "the size, beyond the node", Mutate: func(a *Args) { a.Store.SizeGiB = 24 }, Want: []string{
			"main-group nodeType", "main-global cacheNodeType", "main nodeType"}},
		{Name: "the minor version", Mutate: func(a *Args) { a.EngineVersion = "8.1" }, Want: []string{
			"main-group engineVersion", "main-global engineVersion"}},
		{Name: "the clients", Mutate: func(a *Args) { a.ClientCIDRs[1] = "10.2.0.0/16" }, Want: []string{
			"+main-client-10-2-0-0-16", "-main-client-10-1-0-0-16"}},
		{Name: "how long snapshots are kept", Mutate: func(a *Args) { a.Store.Retention.DailyDays = 20 }, Want: []string{
			"main-group snapshotRetentionLimit", "main-snapshots-lifecycle rules"}},
		{Name: "who is told", Mutate: func(a *Args) { a.AlarmActions = pulumi.Array{pulumi.String("arn:aws:sns:x")} },
			Want: []string{"main-unproved alarmActions"}},
		{Name: "the key", Mutate: func(a *Args) { a.KeyArn = pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/new") },
			Want: []string{"main-group kmsKeyId", "main-machine definition", "main-snapshots-bucket tags",
				"main-snapshots-encryption rules"}, Replaces: []string{"main-group kmsKeyId"}},
		{Name: "the network", Mutate: func(a *Args) { a.VpcID = pulumi.String("vpc-2") },
			Want: []string{"main-access vpcId", "main-restored vpcId"}, Replaces: []string{"main-access vpcId", "main-restored vpcId"}},
		{Name: "the subnets", Mutate: func(a *Args) { a.SubnetIDs = pulumi.ToStringArray([]string{"a", "b", "c"}) },
			Want: []string{"main-subnets subnetIds"}},
		{Name: "protection", Mutate: func(a *Args) { a.Protect = false }, Want: []string{
			"main-group protect", "main-global protect", "main-snapshots protect", "main-snapshots-bucket protect",
			"main-snapshots-bucket forceDestroy", "main-snapshots-versioning protect"}},
	}
}
