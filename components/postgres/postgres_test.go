package postgres

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const account = "123456789012"

// seedArgs are those of the primary, which creates the global database.
func seedArgs(n int) *Args {
	name := "memory"
	if n > 0 {
		name = fmt.Sprintf("memory-%d", n)
	}
	return &Args{
		Scope: naming.Scope{System: "agora", Home: system.Primary, Region: "eu-west-1", Account: account},
		Store: system.Store{
			Name: name, Kind: system.Postgres, Tier: "core", Retention: system.Retention{PITRDays: 14},
		},
		Seed: true, Protect: true,
		VpcID:        pulumi.String("vpc-1"),
		SubnetIDs:    pulumi.ToStringArray([]string{"subnet-a", "subnet-b", "subnet-c"}),
		Zones:        []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"},
		ClientCIDRs:  []string{"10.0.0.0/16", "10.1.0.0/16"},
		KeyArn:       pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/data"),
		SecretKeyArn: pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/secrets"),
		LogKeyArn:    pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/logs"),
		Password:     pulumi.ToSecret(pulumi.String("correct-horse")).(pulumi.StringOutput),
	}
}

// joinArgs are those of the secondary, which joins.
func joinArgs(n int) *Args {
	a := seedArgs(n)
	a.Scope = a.Scope.Peer("eu-central-1")
	a.Zones = []string{"eu-central-1a", "eu-central-1b", "eu-central-1c"}
	a.Seed, a.PeerRegion = false, "eu-west-1"
	return a
}

func program(args *Args) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := New(ctx, "main", args)
		return err
	}
}

const (
	clusterToken  = "aws:rds/cluster:Cluster"
	globalToken   = "aws:rds/globalCluster:GlobalCluster"
	instanceToken = "aws:rds/clusterInstance:ClusterInstance"
	groupToken    = "aws:rds/clusterParameterGroup:ClusterParameterGroup"
	proxyToken    = "aws:rds/proxy:Proxy"
	targetToken   = "aws:rds/proxyTarget:ProxyTarget"
	endpointToken = "aws:rds/proxyEndpoint:ProxyEndpoint"
	secretToken   = "aws:secretsmanager/secret:Secret"
	versionToken  = "aws:secretsmanager/secretVersion:SecretVersion"
	policyToken   = "aws:iam/rolePolicy:RolePolicy"
	logGroupToken = "aws:cloudwatch/logGroup:LogGroup"
	ingressToken  = "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule"
	egressToken   = "aws:vpc/securityGroupEgressRule:SecurityGroupEgressRule"
)

func TestPostgres_seed(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Postgres]{
		Args: seedArgs, New: New, Bad: bad(), Changes: changes(),
	}.Run(t)
}

func bad() []pulumitest.Bad[Args] {
	return []pulumitest.Bad[Args]{
		{Name: "an empty system", Mutate: func(a *Args) { a.Scope.System = "" }, Want: "scope.system is empty"},
		{Name: "no home", Mutate: func(a *Args) { a.Scope.Home = "third" }, Want: `scope.home is "third"`},
		{Name: "another kind", Mutate: func(a *Args) { a.Store.Kind = system.Table }, Want: `store.kind is "table"`},
		{Name: "no way back", Mutate: func(a *Args) { a.Store.Retention.PITRDays = 0 }, Want: "pitrDays is 0, want 1 to 35"},
		{Name: "too long a way back", Mutate: func(a *Args) { a.Store.Retention.PITRDays = 36 }, Want: "pitrDays is 36"},
		{Name: "two zones", Mutate: func(a *Args) { a.Zones = a.Zones[:2] }, Want: "zones are 2, want 3"},
		{Name: "a zone twice", Mutate: func(a *Args) { a.Zones[2] = a.Zones[0] }, Want: `zone "eu-west-1a" is named twice`},
		{Name: "a zone elsewhere", Mutate: func(a *Args) { a.Zones[2] = "us-east-1a" }, Want: `not in region "eu-west-1"`},
		{Name: "two subnets", Mutate: func(a *Args) { a.SubnetIDs = pulumi.ToStringArray([]string{"a", "b"}) },
			Want: "subnetIds are 2, want 3"},
		{Name: "no client", Mutate: func(a *Args) { a.ClientCIDRs = nil }, Want: "nobody could connect"},
		{Name: "every client", Mutate: func(a *Args) { a.ClientCIDRs = []string{"0.0.0.0/0"} }, Want: "is everybody"},
		{Name: "host bits", Mutate: func(a *Args) { a.ClientCIDRs = []string{"10.0.0.1/16"} }, Want: `want "10.0.0.0/16"`},
		{Name: "a range twice", Mutate: func(a *Args) { a.ClientCIDRs[1] = a.ClientCIDRs[0] }, Want: "named twice"},
		{Name: "no key", Mutate: func(a *Args) { a.KeyArn = nil }, Want: "keyArn is required"},
		{Name: "no password", Mutate: func(a *Args) { a.Password = nil }, Want: "password is required"},
		{Name: "a burstable class", Mutate: func(a *Args) { a.InstanceClass = "db.t4g.large" }, Want: "memory-optimised"},
		{Name: "a bare major version", Mutate: func(a *Args) { a.EngineVersion = "16" }, Want: "want major.minor"},
		{Name: "an old engine", Mutate: func(a *Args) { a.EngineVersion = "13.9" }, Want: "want 14 or later"},
		{Name: "forwarding on an engine without it", Mutate: func(a *Args) {
			a.Store.WriteForwarding, a.EngineVersion = true, "15.3"
		}, Want: "want 15.4 or later to forward writes"},
		{Name: "an RPO of nothing", Mutate: func(a *Args) { a.RPOEnforced = true }, Want: "rpoSeconds is 0, want 20"},
		{Name: "an RPO outside the seed", Mutate: func(a *Args) {
			a.Seed, a.RPOEnforced, a.RPOSeconds = false, true, 60
		}, Want: "rpoEnforced outside the seed"},
		{Name: "adoption outside the seed", Mutate: func(a *Args) {
			a.Seed, a.Adopt = false, &Adopt{ClusterID: "old", SecurityGroupID: "sg-1"}
		}, Want: "an existing cluster cannot join"},
		{Name: "adoption of nothing", Mutate: func(a *Args) { a.Adopt = &Adopt{} }, Want: "adopt needs clusterId"},
	}
}

func changes() []pulumitest.Change[Args] {
	return []pulumitest.Change[Args]{
		{
			Name:   "the instance class",
			Mutate: func(a *Args) { a.InstanceClass = "db.r7g.xlarge" },
			Want: []string{
				"main instanceClass", "main-instance-1 instanceClass",
				"main-instance-2 instanceClass", "main-instance-3 instanceClass",
			},
		},
		{
			Name:   "a minor version reaches the members through the global database",
			Mutate: func(a *Args) { a.EngineVersion = "16.8" },
			Want:   []string{"main-global engineVersion", "main-cluster engineVersion"},
		},
		{
			Name:   "one more client range",
			Mutate: func(a *Args) { a.ClientCIDRs = append(a.ClientCIDRs, "10.2.0.0/16") },
			Want:   []string{"+main-client-10-2-0-0-16", "+main-proxy-client-10-2-0-0-16"},
		},
		{
			Name:   "protection",
			Mutate: func(a *Args) { a.Protect = false },
			Want: []string{
				"main-cluster deletionProtection", "main-cluster protect",
				"main-credentials recoveryWindowInDays", "main-credentials protect",
				"main-global deletionProtection", "main-global protect",
			},
		},
		{
			Name:     "the password",
			Mutate:   func(a *Args) { a.Password = pulumi.String("battery-staple") },
			Want:     []string{"main-cluster masterPassword", "main-credentials-value secretString"},
			Replaces: []string{"main-credentials-value secretString"},
		},
		{
			Name:   "the managed RPO",
			Mutate: func(a *Args) { a.RPOEnforced, a.RPOSeconds = true, 60 },
			Want:   []string{"main-parameters parameters"},
		},
		{
			Name:   "the way back",
			Mutate: func(a *Args) { a.Store.Retention.PITRDays = 35 },
			Want:   []string{"main-cluster backupRetentionPeriod"},
		},
		{
			Name:   "write forwarding",
			Mutate: func(a *Args) { a.Store.WriteForwarding = true },
			Want:   []string{"main-cluster enableGlobalWriteForwarding"},
		},
		{
			Name:   "how long logs are kept",
			Mutate: func(a *Args) { a.LogDays = 365 },
			Want:   []string{"main-log retentionInDays", "main-proxy-log retentionInDays"},
		},
		{
			Name:   "the final snapshot",
			Mutate: func(a *Args) { a.FinalSnapshot = "memory-last" },
			Want:   []string{"main-cluster finalSnapshotIdentifier"},
		},
	}
}

func TestPostgres_theSecondaryJoinsByComputedName(t *testing.T) {
	t.Parallel()
	seed, join := pulumitest.Run(t, program(seedArgs(0))), pulumitest.Run(t, program(joinArgs(0)))

	global := seed.Get(t, globalToken, "main-global").Values()
	assert.Equal(t, "agora-memory", global["globalClusterIdentifier"])
	assert.Equal(t, engine, global["engine"])
	assert.Equal(t, true, global["storageEncrypted"])
	assert.Empty(t, join.OfType(globalToken), "only the seed creates the global database")

	a, b := seed.Get(t, clusterToken, "main-cluster").Values(), join.Get(t, clusterToken, "main-cluster").Values()
	assert.Equal(t, "agora-memory", a["globalClusterIdentifier"])
	assert.Equal(t, "agora-memory", b["globalClusterIdentifier"])
	assert.NotEqual(t, a["clusterIdentifier"], b["clusterIdentifier"],
		"the members of a global database need different names")
}

func TestPostgres_onlyTheSeedStatesCredentials(t *testing.T) {
	t.Parallel()
	seed, join := pulumitest.Run(t, program(seedArgs(0))), pulumitest.Run(t, program(joinArgs(0)))
	first, second := seed.Get(t, clusterToken, "main-cluster"), join.Get(t, clusterToken, "main-cluster")
	for _, property := range []string{"masterUsername", "masterPassword", "databaseName"} {
		assert.Contains(t, first.Values(), property)
		assert.NotContains(t, second.Values(), property, "AWS refuses it on a cluster that follows")
	}
	assert.NotContains(t, first.Values(), "manageMasterUserPassword", "AWS refuses it in a global database")
}

func TestPostgres_anEncryptedClusterJoinsWithTheRegionItFollows(t *testing.T) {
	t.Parallel()
	seed, join := pulumitest.Run(t, program(seedArgs(0))), pulumitest.Run(t, program(joinArgs(0)))
	assert.NotContains(t, seed.Get(t, clusterToken, "main-cluster").Values(), "sourceRegion", "the seed follows nobody")
	assert.Equal(t, "eu-west-1", join.Get(t, clusterToken, "main-cluster").Values()["sourceRegion"],
		"without it AWS answers that a pre-signed URL has to be specified")
	for _, region := range []string{"", "eu-central-1"} {
		a := joinArgs(0)
		a.PeerRegion = region
		_, err := pulumitest.RunErr(program(a))
		assert.ErrorContains(t, err, "want the region that the cluster follows", "%q", region)
	}
}

func TestPostgres_homesDifferOnlyWhereTheyMust(t *testing.T) {
	t.Parallel()
	seed, join := pulumitest.Run(t, program(seedArgs(0))), pulumitest.Run(t, program(joinArgs(0)))
	assert.Equal(t, parametersOf(t, seed), parametersOf(t, join), "a failover does not carry parameters over")

	a, b := seed.Get(t, clusterToken, "main-cluster").Values(), join.Get(t, clusterToken, "main-cluster").Values()
	differ := map[string]bool{
		"clusterIdentifier": true, "finalSnapshotIdentifier": true, "preferredMaintenanceWindow": true, "tags": true,
		"masterUsername": true, "masterPassword": true, "databaseName": true,
	}
	for property := range a {
		if !differ[property] {
			assert.Equal(t, a[property], b[property], property)
		}
	}
}

func TestPostgres_managedRPOStandsInTheSeedsGroupOnly(t *testing.T) {
	t.Parallel()
	assert.NotContains(t, parametersOf(t, pulumitest.Run(t, program(seedArgs(0)))), "rds.global_db_rpo")
	a := seedArgs(0)
	a.RPOEnforced, a.RPOSeconds = true, 45
	assert.Equal(t, "45", parametersOf(t, pulumitest.Run(t, program(a)))["rds.global_db_rpo"])
}

func TestPostgres_connectionsAreEncrypted(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(seedArgs(0)))
	assert.Equal(t, "1", parametersOf(t, r)["rds.force_ssl"])
	assert.Equal(t, true, r.Get(t, proxyToken, "main-proxy").Values()["requireTls"])
}

func parametersOf(t *testing.T, r *pulumitest.Recorder) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, p := range r.Get(t, groupToken, "main-parameters").Values()["parameters"].([]any) {
		m := p.(map[string]any)
		out[m["name"].(string)] = m["value"].(string)
	}
	return out
}

// wantIgnored is written out once more here, so that an entry lost from
// drift.go is noticed.
var wantIgnored = []string{
	"globalClusterIdentifier", "replicationSourceIdentifier", "engineVersion",
	"masterUsername", "masterPassword", "databaseName", "availabilityZones",
	"sourceRegion", "snapshotIdentifier", "backupRetentionPeriod", "preferredBackupWindow",
}

func TestPostgres_driftOfAFailoverIsIgnoredInBothHomes(t *testing.T) {
	t.Parallel()
	for home, args := range map[string]*Args{"seed": seedArgs(0), "joined": joinArgs(0)} {
		r := pulumitest.Run(t, program(args))
		cluster := r.Get(t, clusterToken, "main-cluster")
		assert.ElementsMatch(t, wantIgnored, cluster.RPC.GetIgnoreChanges(), home)
		assert.NotContains(t, cluster.RPC.GetIgnoreChanges(), "kmsKeyId", "a mistake there must be seen")
		for _, m := range r.OfType(instanceToken) {
			assert.Equal(t, []string{"engineVersion"}, m.RPC.GetIgnoreChanges(), "%s %s", home, m.Name)
		}
	}
	for _, d := range append(clusterDrift, instanceDrift...) {
		assert.NotEmpty(t, d.reason, d.property)
	}
}

func TestPostgres_oneInstanceInEachZone(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(seedArgs(0)))
	instances := r.OfType(instanceToken)
	require.Len(t, instances, 3, "a home keeps an instance in each of its three zones")
	for i, m := range instances {
		v := m.Values()
		assert.Equal(t, seedArgs(0).Zones[i], v["availabilityZone"])
		assert.EqualValues(t, i, v["promotionTier"])
		assert.Equal(t, false, v["autoMinorVersionUpgrade"])
		assert.Equal(t, fmt.Sprintf("agora-memory-primary-%d", i+1), v["identifier"])
		assert.NotContains(t, v, "engineVersion", "the cluster upgrades its instances")
		assert.NotContains(t, v, "preferredBackupWindow", "the cluster owns it")
	}
}

func TestPostgres_theProxyWaitsForEveryInstance(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(seedArgs(0)))
	target := r.Get(t, targetToken, "main-proxy-target")
	for _, m := range r.OfType(instanceToken) {
		assert.Contains(t, target.RPC.GetDependencies(), m.URN)
	}
	assert.Equal(t, "agora-memory-primary", target.Values()["dbClusterIdentifier"])
	assert.Equal(t, "READ_ONLY", r.Get(t, endpointToken, "main-proxy-readers").Values()["targetRole"])
	assert.Len(t, r.Get(t, proxyToken, "main-proxy").Values()["vpcSubnetIds"], 3)
}

func TestPostgres_theFirstInstanceStandsBeforeTheOthers(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(seedArgs(0)))
	first := r.Get(t, instanceToken, "main-instance-1")
	for _, name := range []string{"main-instance-2", "main-instance-3"} {
		assert.Contains(t, r.Get(t, instanceToken, name).RPC.GetDependencies(), first.URN)
	}
}

func TestPostgres_theProxyReadsOneSecretThroughOneKey(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(seedArgs(0)))
	var policy struct {
		Statement []struct{ Action, Resource string }
	}
	text := r.Get(t, policyToken, "main-proxy-secret").Values()["policy"].(string)
	require.NoError(t, json.Unmarshal([]byte(text), &policy))
	secret := "arn:aws:mock:eu-west-1:" + account + ":main-credentials"
	assert.Equal(t, []struct{ Action, Resource string }{
		{"secretsmanager:GetSecretValue", secret},
		{"kms:Decrypt", "arn:aws:kms:eu-west-1:" + account + ":key/secrets"},
	}, policy.Statement)
	assert.Contains(t, text, "secretsmanager.eu-west-1.amazonaws.com")
}

func TestPostgres_eachHomeKeepsItsOwnSecret(t *testing.T) {
	t.Parallel()
	for _, args := range []*Args{seedArgs(0), joinArgs(0)} {
		r := pulumitest.Run(t, program(args))
		secret := r.Get(t, secretToken, "main-credentials")
		assert.NotContains(t, secret.Values(), "replicas", "a replica depends on the other region")
		assert.Equal(t, "/agora/"+string(args.Scope.Home)+"/postgres/memory/credentials", secret.Values()["name"])

		value := r.Get(t, versionToken, "main-credentials-value")
		assert.True(t, isSecret(value.Inputs["secretString"]), "the credentials are a secret of the engine too")
		assert.JSONEq(t, `{"username": "redoubt", "password": "correct-horse",
			"engine": "postgres", "dbname": "memory", "port": 5432}`, value.Values()["secretString"].(string))
	}
}

func isSecret(v resource.PropertyValue) bool {
	return v.IsSecret() || v.IsOutput() && v.OutputValue().Secret
}

func TestPostgres_logGroupsStandFirst(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(seedArgs(0)))
	for _, c := range []struct{ group, path, user, of string }{
		{"main-log", "/aws/rds/cluster/agora-memory-primary/postgresql", clusterToken, "main-cluster"},
		{"main-proxy-log", "/aws/rds/proxy/agora-memory-primary-proxy", proxyToken, "main-proxy"},
	} {
		g := r.Get(t, logGroupToken, c.group)
		assert.Equal(t, c.path, g.Values()["name"])
		assert.EqualValues(t, 90, g.Values()["retentionInDays"])
		assert.Contains(t, g.Values(), "kmsKeyId")
		assert.Contains(t, r.Get(t, c.user, c.of).RPC.GetDependencies(), g.URN)
	}
}

func TestPostgres_onlyNamedRangesMayConnect(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(seedArgs(0)))
	for _, rule := range r.OfType(ingressToken) {
		v := rule.Values()
		assert.EqualValues(t, Port, v["fromPort"], rule.Name)
		assert.EqualValues(t, Port, v["toPort"], rule.Name)
		if v["referencedSecurityGroupId"] == nil {
			assert.Contains(t, []any{"10.0.0.0/16", "10.1.0.0/16"}, v["cidrIpv4"], rule.Name)
		}
	}
	out := r.OfType(egressToken)
	require.Len(t, out, 1, "only the proxy reaches out, and only to the database")
	assert.Equal(t, "main-access_id", out[0].Values()["referencedSecurityGroupId"])
}

func TestPostgres_protectionGuardsWhatHoldsData(t *testing.T) {
	t.Parallel()
	for _, protect := range []bool{true, false} {
		a := seedArgs(0)
		a.Protect = protect
		r := pulumitest.Run(t, program(a))
		for token, name := range map[string]string{
			globalToken: "main-global", clusterToken: "main-cluster", secretToken: "main-credentials",
		} {
			assert.Equal(t, protect, r.Get(t, token, name).RPC.GetProtect(), name)
		}
		assert.Equal(t, protect, r.Get(t, clusterToken, "main-cluster").Values()["deletionProtection"])
		assert.Equal(t, protect, r.Get(t, globalToken, "main-global").Values()["deletionProtection"])
	}
}

func TestPostgres_aDestroyLeavesBackupsAndASnapshot(t *testing.T) {
	t.Parallel()
	v := pulumitest.Run(t, program(seedArgs(0))).Get(t, clusterToken, "main-cluster").Values()
	assert.Equal(t, false, v["deleteAutomatedBackups"])
	assert.Equal(t, false, v["skipFinalSnapshot"])
	assert.Equal(t, "agora-memory-primary-final", v["finalSnapshotIdentifier"])
	assert.Equal(t, true, v["copyTagsToSnapshot"])
}

func TestPostgres_aGenerationNamesWhatHoldsTheDataAndKeepsTheProxy(t *testing.T) {
	t.Parallel()
	a := seedArgs(0)
	a.Generation = 2
	r := pulumitest.Run(t, program(a))
	assert.Equal(t, "agora-memory-g2", r.Get(t, globalToken, "main-global").Values()["globalClusterIdentifier"])
	assert.Equal(t, "agora-memory-g2-primary", r.Get(t, clusterToken, "main-cluster").Values()["clusterIdentifier"])
	assert.Equal(t, "agora-memory-g2-primary-1", r.Get(t, instanceToken, "main-instance-1").Values()["identifier"])
	assert.Equal(t, "/aws/rds/cluster/agora-memory-g2-primary/postgresql", r.Get(t, logGroupToken, "main-log").Values()["name"])

	changed, replaced := pulumitest.Diff(pulumitest.Run(t, program(seedArgs(0))), r)
	for _, change := range append(changed, replaced...) {
		assert.NotRegexp(t, "^main-proxy(-log|-readers)? ", change, "clients keep their way to the database")
	}
}

func TestPostgres_adoptsAnExistingCluster(t *testing.T) {
	t.Parallel()
	a := seedArgs(0)
	a.Adopt = &Adopt{ClusterID: "crown-jewels", SecurityGroupID: "sg-1", Username: "owner"}
	r := pulumitest.Run(t, program(a))

	global := r.Get(t, globalToken, "main-global").Values()
	assert.Equal(t, "arn:aws:rds:eu-west-1:"+account+":cluster:crown-jewels", global["sourceDbClusterIdentifier"])
	assert.Equal(t, true, global["forceDestroy"], "a destroy leaves the cluster standing")
	assert.NotContains(t, global, "engine", "AWS takes it from the source")

	cluster := r.Get(t, clusterToken, "main-cluster")
	assert.True(t, cluster.Read, "it is read, never changed")
	pulumitest.CheckTree(t, r)
	assert.Empty(t, r.OfType(instanceToken))
	assert.Empty(t, r.OfType(groupToken))
	assert.Contains(t, r.Get(t, versionToken, "main-credentials-value").Values()["secretString"], `"username":"owner"`)
	assert.Equal(t, "sg-1", r.OfType(egressToken)[0].Values()["referencedSecurityGroupId"])
}

func TestPostgres_reportsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	a := seedArgs(0)
	a.Zones, a.ClientCIDRs, a.KeyArn = nil, nil, nil
	_, err := pulumitest.RunErr(program(a))
	for _, want := range []string{`postgres "main"`, "zones are 0", "clientCidrs is empty", "keyArn is required"} {
		require.ErrorContains(t, err, want)
	}
}

func TestPostgres_theSecondaryDeclaresAllButTheGlobalDatabase(t *testing.T) {
	t.Parallel()
	names := func(args *Args) []string {
		var out []string
		for _, res := range pulumitest.Run(t, program(args)).All() {
			out = append(out, res.Type+" "+res.Name)
		}
		return out
	}
	seed, join := names(seedArgs(0)), names(joinArgs(0))
	assert.ElementsMatch(t, seed, append(join, globalToken+" main-global"))
}
