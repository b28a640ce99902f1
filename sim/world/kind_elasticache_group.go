package world

import (
	"fmt"
	"slices"
	"strings"
)

// cacheNoMember are what a group that joins a datastore may not say for
// itself; what AWS answers is assumed, the provider refuses them first:
// https://github.com/hashicorp/terraform-provider-aws/blob/v5.100.0/internal/service/elasticache/replication_group.go
var cacheNoMember = []string{"Engine", "EngineVersion", "NodeType", "ParameterGroupName", "NumNodeGroups",
	"AtRestEncryptionEnabled", "TransitEncryptionEnabled", "TransitEncryptionMode", "SnapshotArns", "SnapshotName"}

// cacheMember holds the rules of a group that joins a global datastore:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Redis-Global-Datastores-Getting-Started.html
func cacheMember(t *tx, e, old *Entity) error {
	id := str(e.In, "GlobalReplicationGroupId")
	if old != nil || id == "" {
		return nil
	}
	for _, p := range cacheNoMember {
		if has(e.In, p) {
			return refuse(badCombined, "%s: %s is the datastore's, not the member's", e.ID, p)
		}
	}
	g := t.cacheGlobal(id)
	if g == nil {
		return kinds[kindCacheGlobal].notFound(id)
	}
	members := strs(g.Out, "Members")
	for _, arn := range members {
		switch {
		case arn[strings.LastIndex(arn, ":")+1:] == e.ID:
			// AWS takes it, and no destroy of it ever ends (github.com/hashicorp/terraform-provider-aws/issues/38919).
			return refuse("ReplicationGroupAlreadyExists", "%s is the id of a member in %s", e.ID, regionOfARN(arn))
		case regionOfARN(arn) == e.Region:
			return refuse(badValue, "%s has a member in %s already", id, e.Region)
		}
	}
	writer := str(g.Out, "Writer")
	switch {
	case len(members) > 2:
		return refuse(badValue, "%s has two secondaries already", id)
	case t.cut(regionOfARN(writer), e.Region):
		return &Error{Code: "InternalFailure", Status: 500, Message: regionOfARN(writer) + " does not reach " + e.Region}
	case str(g.Out, "Status") != "available":
		return refuse("InvalidGlobalReplicationGroupState", "%s is %s", id, str(g.Out, "Status"))
	case yes(t.arn(writer).In, "AutomaticFailoverEnabled") && numOr(e.In, "NumCacheClusters", 1) < 2:
		return refuse(badCombined, "%s: the primary fails over automatically, which needs at least 2 nodes", e.ID)
	}
	return nil
}

// cacheMemberChange refuses to change what is fixed from the beginning, and in one member
// what the datastore decides for all. What a group declares and has is no change.
func cacheMemberChange(t *tx, e, old *Entity) error {
	if old == nil {
		return nil
	}
	now := kinds[kindCacheGroup].view(t, old)
	change := func(p string) bool {
		return has(e.In, p) && !same(values(e.In, p), values(old.In, p)) && !same(e.In[p], both(now, p))
	}
	if change("AtRestEncryptionEnabled") {
		return refuse(badValue, "%s: AtRestEncryptionEnabled cannot be changed", e.ID)
	}
	if t.cacheGlobalOf(e) == nil {
		return nil
	}
	for _, p := range []string{"EngineVersion", "NodeType", "NumNodeGroups"} {
		if change(p) {
			return refuse(badValue, "%s is a member of a global datastore: change %s there", e.ID, p)
		}
	}
	return nil
}

// cacheGlobal finds a global datastore in whatever region it was made.
func (t *tx) cacheGlobal(id string) *Entity {
	for _, g := range t.list(kindCacheGlobal, "") {
		if g.ID == id {
			return g
		}
	}
	return nil
}

// cacheGlobalOf finds the datastore that a group is a member of, or nil.
func (t *tx) cacheGlobalOf(group *Entity) *Entity {
	for _, g := range t.list(kindCacheGlobal, "") {
		if slices.Contains(strs(g.Out, "Members"), group.ARN) {
			return g
		}
	}
	return nil
}

// shortRegion is the region as it stands in a cache's name: eu-west-1 is euw1.
func shortRegion(region string) string {
	parts := strings.Split(region, "-")
	if len(parts) != 3 {
		return region
	}
	way := strings.NewReplacer("northeast", "ne", "northwest", "nw", "southeast", "se", "southwest", "sw", "north", "n",
		"south", "s", "east", "e", "west", "w", "central", "c").Replace(parts[1])
	return parts[0] + way + parts[2]
}

// cacheHost is what follows the role in a cache's endpoints. With encryption
// in transit they begin with master and replica:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Endpoints.html
func cacheHost(t *tx, e *Entity) string {
	return fmt.Sprintf("%s.%s.%s.cache.amazonaws.com", e.ID,
		t.letters(&Entity{Region: e.Region}, "elasticache", lower, 6), shortRegion(e.Region))
}

func cacheComputed(t *tx, e *Entity) {
	host, nodes := cacheHost(t, e), int(numOr(e.In, "NumCacheClusters", 1))
	set(e, "PrimaryEndpointAddress", "master."+host)
	set(e, "ReaderEndpointAddress", "replica."+host)
	members := []any{}
	for n := range nodes {
		members = append(members, fmt.Sprintf("%s-%03d", e.ID, n+1))
	}
	e.Out["MemberClusters"] = members
	set(e, "Status", "available")
	def(e, "Engine", "redis")
	def(e, "NumCacheClusters", 1.0)
	def(e, "NumNodeGroups", 1.0)
	def(e, "ReplicasPerNodeGroup", float64(nodes-1))
	def(e, "Port", 6379.0)
	def(e, "ClusterMode", "disabled")
	e.Out["ClusterEnabled"] = false
	def(e, "AtRestEncryptionEnabled", str(e.In, "Engine") == "valkey")
	def(e, "TransitEncryptionEnabled", false)
	def(e, "AutoMinorVersionUpgrade", true)
	def(e, "DataTieringEnabled", false)
	def(e, "NetworkType", "ipv4")
	def(e, "IpDiscovery", "ipv4")
	def(e, "MaintenanceWindow", "sun:04:00-sun:05:00")
	def(e, "SnapshotWindow", "02:00-03:00")
	if str(e.In, "GlobalReplicationGroupId") != "" {
		return // the rest is the datastore's
	}
	version := firstOf(str(e.In, "EngineVersion"), "8.0")
	def(e, "EngineVersion", version)
	e.Out["EngineVersionActual"] = version + ".0"
	def(e, "ParameterGroupName", "default."+cacheFamilyOf(str(e.In, "Engine"), version))
	if yes(e.In, "TransitEncryptionEnabled") {
		def(e, "TransitEncryptionMode", "required")
	}
}

// joinCacheGlobal makes a new group a member of the datastore that it names.
func joinCacheGlobal(t *tx, e, old *Entity) error {
	g := t.cacheGlobal(str(e.In, "GlobalReplicationGroupId"))
	if old != nil || g == nil {
		return nil
	}
	g = t.edit(g)
	g.Out["Members"] = anyList(append(strs(g.Out, "Members"), e.ARN)...)
	return nil
}

// cacheSeen shows what the datastore decides for its members. The engine of a
// secondary reads back as the primary's, whatever its declaration says: a
// provider whose default is redis then sees another engine.
func cacheSeen(t *tx, e *Entity) {
	g := t.cacheGlobalOf(e)
	if g == nil {
		if str(e.In, "GlobalReplicationGroupId") != "" {
			e.Out["GlobalReplicationGroupId"] = ""
		} else {
			delete(e.Out, "GlobalReplicationGroupId")
		}
		return
	}
	e.Out["GlobalReplicationGroupId"] = g.ID
	e.Out["AutomaticFailoverEnabled"] = g.Out["AutomaticFailoverEnabled"]
	for from, to := range map[string]string{"EngineVersion": "EngineVersion", "CacheNodeType": "NodeType",
		"EngineVersionActual": "EngineVersionActual", "Engine": "Engine"} {
		e.Out[to] = g.Out[from]
	}
	if str(e.In, "GlobalReplicationGroupId") == "" {
		return
	}
	for _, p := range []string{"AtRestEncryptionEnabled", "TransitEncryptionEnabled"} {
		e.Out[p] = g.Out[p]
	}
	if g.Out["TransitEncryptionEnabled"] == true {
		e.Out["TransitEncryptionMode"] = "required"
	}
	// Each secondary gets a copy of the parameters under a name that AWS makes (its form is assumed).
	e.Out["ParameterGroupName"] = "global-datastore-" + g.ID
}

// cacheGuard refuses to delete the group that writes for others:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DeleteReplicationGroup.html
func cacheGuard(t *tx, e *Entity) error {
	if g := t.cacheGlobalOf(e); g != nil && str(g.Out, "Writer") == e.ARN {
		return refuse("InvalidReplicationGroupState", "%s is the primary of %s", e.ID, g.ID)
	}
	if final := str(e.In, "FinalSnapshotIdentifier"); final != "" && t.get(kindCacheSnap, e.Region, final) != nil {
		return refuse("SnapshotAlreadyExistsFault", "%s: snapshot %s exists", e.ID, final)
	}
	return nil
}

// removeCacheGroup takes a secondary out of its datastore first, as the
// provider does, and keeps the final snapshot when one is named.
func removeCacheGroup(t *tx, e *Entity) error {
	t.leaveCacheGlobal(e)
	if final := str(e.In, "FinalSnapshotIdentifier"); final != "" {
		if _, err := t.snapshot(e, final, "manual"); err != nil {
			return err
		}
	}
	t.drop(e)
	return nil
}

func (t *tx) leaveCacheGlobal(group *Entity) {
	if g := t.cacheGlobalOf(group); g != nil {
		g = t.edit(g)
		g.Out["Members"] = anyList(slices.DeleteFunc(strs(g.Out, "Members"),
			func(arn string) bool { return arn == group.ARN })...)
	}
}
