//go:build engine

package survive

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/engine"
	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/recovery/adopt"
	"redoubt/sim/world"
	"redoubt/system"
)

func TestRestore_ofACacheIsAdopted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		store  string
		before func(*testing.T, *homes)
		active system.Home
	}{
		"in the home that began":      {"scores", func(*testing.T, *homes) {}, system.Primary},
		"in the other home":           {"scores", func(t *testing.T, h *homes) { planned[1].does(t, h) }, system.Secondary},
		"of one that is filled again": {"recall", func(*testing.T, *homes) {}, system.Primary},
	} {
		t.Run(name, func(t *testing.T) {
			h := standing(t)
			c.before(t, h)
			object := h.export(t, c.store, c.active)
			h.wait(24 * time.Hour)
			inv := h.inventory(t)
			global := h.restoreCache(t, inv, c.store, 2, c.active, object)
			h.move(t, inv, c.store)
			h.adopt(t, inv, adopt.Restored{Store: c.store, Generation: 2, GlobalID: global})
			h.isTheRestored(t, inv, c.store, global)
			h.grows(t, global)
		})
	}
}

// export is what the state machine of the home does each day. It returns the object, empty
// for a cache that is not kept.
func (h *homes) export(t *testing.T, store string, home system.Home) string {
	t.Helper()
	of := h.inventory(t).Homes[home].Stores[store]
	if of.SnapshotBucket == "" {
		return ""
	}
	region := regionOf[home]
	h.call(t, region, "elasticache", "CreateSnapshot", world.Document{
		"ReplicationGroupId": of.Name, "SnapshotName": "good"})
	h.wait(time.Hour)
	h.call(t, region, "elasticache", "CopySnapshot", world.Document{
		"SourceSnapshotName": "good", "TargetSnapshotName": "good", "TargetBucket": of.SnapshotBucket})
	return "arn:aws:s3:::" + of.SnapshotBucket + "/good-0001.rdb"
}

// restoreCache does what a plan does: it fills a new group in the home that is
// active, makes it the seed of a new datastore, and rebuilds the other home's
// group as its member. It returns the datastore's id.
func (h *homes) restoreCache(t *testing.T, inv inventory.Inventory, store string, generation int, active system.Home,
	object string,
) string {
	t.Helper()
	first := h.likeTheDamaged(t, inv, store, active, generation)
	old := inv.Homes[active].Stores[store]
	like := h.describe(t, regionOf[active], "elasticache", "DescribeReplicationGroups", "ReplicationGroups",
		world.Document{"ReplicationGroupId": old.Name})
	for _, name := range []string{"Engine", "CacheNodeType", "AtRestEncryptionEnabled", "TransitEncryptionEnabled"} {
		first[name] = like[name]
	}
	first["EngineVersion"] = "8.0"
	if active == system.Primary { // a member has AWS's copy of the parameters, which no new group can take
		node := h.node(t, inv, store, active)
		first["CacheParameterGroupName"] = node["CacheParameterGroup"].(world.Document)["CacheParameterGroupName"]
	}
	if object != "" {
		first["SnapshotArns"] = []any{object}
	}
	h.call(t, regionOf[active], "elasticache", "CreateReplicationGroup", first)
	h.wait(time.Hour)
	damaged := h.describe(t, regionOf[active], "elasticache", "DescribeGlobalReplicationGroups", "GlobalReplicationGroups",
		world.Document{"GlobalReplicationGroupId": old.GlobalID})
	made := h.call(t, regionOf[active], "elasticache", "CreateGlobalReplicationGroup", world.Document{
		"GlobalReplicationGroupIdSuffix":    scopeOf(inv, active).CacheGlobal(store, generation),
		"GlobalReplicationGroupDescription": damaged["GlobalReplicationGroupDescription"],
		"PrimaryReplicationGroupId":         first["ReplicationGroupId"],
	})["GlobalReplicationGroup"].(world.Document)["GlobalReplicationGroupId"].(string)
	h.wait(time.Hour)
	second := h.likeTheDamaged(t, inv, store, active.Peer(), generation)
	second["GlobalReplicationGroupId"] = made
	h.call(t, regionOf[active.Peer()], "elasticache", "CreateReplicationGroup", second)
	h.wait(time.Hour)
	return made
}

// scopeOf names the things of a home.
func scopeOf(inv inventory.Inventory, home system.Home) naming.Scope {
	of := inv.Homes[home]
	return naming.Scope{System: inv.System, Home: home, Region: of.Region, Account: of.Account}
}

// node is what AWS tells of the first node of a home's group.
func (h *homes) node(t *testing.T, inv inventory.Inventory, store string, home system.Home) world.Document {
	t.Helper()
	return h.describe(t, regionOf[home], "elasticache", "DescribeCacheClusters", "CacheClusters",
		world.Document{"CacheClusterId": inv.Homes[home].Stores[store].Members[0]})
}

// likeTheDamaged is a new group of a home with what its damaged one has of its
// own, be it alone or a member of a datastore.
func (h *homes) likeTheDamaged(t *testing.T, inv inventory.Inventory, store string, home system.Home, generation int,
) world.Document {
	t.Helper()
	old, region := inv.Homes[home].Stores[store], regionOf[home]
	group := h.describe(t, region, "elasticache", "DescribeReplicationGroups", "ReplicationGroups",
		world.Document{"ReplicationGroupId": old.Name})
	node := h.node(t, inv, store, home)
	access, zones := []any{}, []any{}
	for _, g := range node["SecurityGroups"].([]any) {
		access = append(access, g.(world.Document)["SecurityGroupId"])
	}
	for _, m := range group["NodeGroups"].([]any)[0].(world.Document)["NodeGroupMembers"].([]any) {
		zones = append(zones, m.(world.Document)["PreferredAvailabilityZone"])
	}
	in := world.Document{
		"ReplicationGroupId": scopeOf(inv, home).Cache(store, generation), "ReplicationGroupDescription": group["Description"],
		"NumCacheClusters": float64(len(zones)), "PreferredCacheClusterAZs": zones, "SecurityGroupIds": access,
		"MultiAZEnabled": true, "AutomaticFailoverEnabled": true, "Port": 6379.0, "KmsKeyId": group["KmsKeyId"],
		"UserGroupIds": group["UserGroupIds"], "CacheSubnetGroupName": node["CacheSubnetGroupName"],
		"PreferredMaintenanceWindow": node["PreferredMaintenanceWindow"],
		"AutoMinorVersionUpgrade":    node["AutoMinorVersionUpgrade"],
		"Tags": h.call(t, region, "elasticache", "ListTagsForResource",
			world.Document{"ResourceName": old.Arn})["TagList"],
	}
	if group["SnapshotRetentionLimit"] != 0.0 {
		in["SnapshotRetentionLimit"], in["SnapshotWindow"] = group["SnapshotRetentionLimit"], group["SnapshotWindow"]
	}
	return in
}

// endpointsOf are where the home's group of a generation is written and read.
func (h *homes) endpointsOf(t *testing.T, inv inventory.Inventory, store string, home system.Home, generation int,
) (string, string) {
	t.Helper()
	g := h.describe(t, regionOf[home], "elasticache", "DescribeReplicationGroups", "ReplicationGroups",
		world.Document{"ReplicationGroupId": scopeOf(inv, home).Cache(store, generation)})
	part := g["NodeGroups"].([]any)[0].(world.Document)
	return part["PrimaryEndpoint"].(world.Document)["Address"].(string), part["ReaderEndpoint"].(world.Document)["Address"].(string)
}

// names are the store's records in the private zone.
func (h *homes) names(t *testing.T, inv inventory.Inventory, store string) []world.Document {
	t.Helper()
	out := []world.Document{}
	for _, r := range h.call(t, ireland, "route53", "ListResourceRecordSets", world.Document{
		"HostedZoneId": inv.Homes[system.Primary].Discovery.ZoneID})["ResourceRecordSets"].([]any) {
		if set := r.(world.Document); strings.Contains(set["Name"].(string), store+".cache.") {
			out = append(out, set)
		}
	}
	require.Len(t, out, 4, "a writer and a reader in each home")
	return out
}

// move does what a plan may do before the stacks learn anything: it leads the
// private names to the restored groups.
func (h *homes) move(t *testing.T, inv inventory.Inventory, store string) {
	t.Helper()
	changes := []any{}
	for _, set := range h.names(t, inv, store) {
		writer, reader := h.endpointsOf(t, inv, store, system.Home(set["SetIdentifier"].(string)), 2)
		to := writer
		if strings.HasPrefix(set["Name"].(string), "reader.") {
			to = reader
		}
		set["ResourceRecords"] = []any{world.Document{"Value": to}}
		changes = append(changes, world.Document{"Action": "UPSERT", "ResourceRecordSet": set})
	}
	h.call(t, ireland, "route53", "ChangeResourceRecordSets", world.Document{
		"HostedZoneId": inv.Homes[system.Primary].Discovery.ZoneID, "ChangeBatch": world.Document{"Changes": changes}})
}

// isTheRestored requires that both homes' stacks stand for the restored cache:
// their names, their directory and their inventory lead to it, and the damaged one is as it was.
func (h *homes) isTheRestored(t *testing.T, before inventory.Inventory, store, global string) {
	t.Helper()
	now := h.inventory(t)
	for _, home := range both {
		writer, reader := h.endpointsOf(t, before, store, home, 2)
		got, old := now.Homes[home].Stores[store], before.Homes[home].Stores[store]
		assert.Equal(t, []any{2, global, writer, reader}, []any{got.Generation, got.GlobalID, got.Endpoint, got.ReaderEndpoint})
		assert.Equal(t, old.SnapshotBucket, got.SnapshotBucket, "what was exported before stays where it is")
		_, err := h.Read(regionOf[home], "AWS::ElastiCache::ReplicationGroup", old.Name)
		require.NoError(t, err, "the damaged one stands as it was")
		for _, set := range h.names(t, before, store) {
			if set["SetIdentifier"] != string(home) {
				continue
			}
			want := writer
			if strings.HasPrefix(set["Name"].(string), "reader.") {
				want = reader
			}
			assert.Equal(t, []any{world.Document{"Value": want}}, set["ResourceRecords"], set["Name"])
		}
		text := h.call(t, regionOf[home], "ssm", "GetParameter", world.Document{
			"Name": now.Homes[home].Discovery.Parameter})["Parameter"].(world.Document)["Value"].(string)
		assert.Contains(t, text, writer, "clients verify the restored one's certificate")
		assert.NotContains(t, text, old.Endpoint)
	}
}

// grows asks for larger nodes of all caches: the restored datastore takes it from
// the code, wherever it was made, and nothing is replaced.
func (h *homes) grows(t *testing.T, global string) {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "system.yaml"))
	require.NoError(t, err)
	for _, size := range [][2]string{{"sizeGiB: 24", "sizeGiB: 60"}, {"sizeGiB: 8\n", "sizeGiB: 60\n"}} {
		require.Contains(t, string(text), size[0])
		text = bytes.Replace(text, []byte(size[0]), []byte(size[1]), 1)
	}
	file := filepath.Join(t.TempDir(), "system.yaml")
	require.NoError(t, os.WriteFile(file, text, 0o600))
	for _, home := range both {
		s := h.engine.Stack(string(home))
		s.Config["redoubt:system"] = file
		r, err := s.Up(t.Context())
		require.NoError(t, err)
		for _, step := range r.Steps {
			assert.Equal(t, engine.Update, step.Op, "%s", step)
		}
	}
	d, err := h.Read(ireland, "AWS::ElastiCache::GlobalReplicationGroup", global)
	require.NoError(t, err)
	assert.Equal(t, "cache.r7g.4xlarge", d.Out["CacheNodeType"])
}
