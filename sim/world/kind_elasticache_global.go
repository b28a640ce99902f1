package world

import (
	"slices"
	"strings"
)

// cacheModifying is the state of a datastore while its primary moves.
const cacheModifying = "modifying"

// cacheGlobalID is a prefix that belongs to the region and the chosen suffix
// (five letters; which ones is assumed):
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateGlobalReplicationGroup.html
func cacheGlobalID(t *tx, e *Entity) string {
	prefix := t.letters(&Entity{Region: e.Region}, "global-datastore", "abcdefghijklmnopqrstuvwxyz", 5)
	return prefix + "-" + str(e.In, "GlobalReplicationGroupIdSuffix")
}

// cacheFamiliesGlobal are the node families of a global datastore, in size
// large and above:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Redis-Global-Datastores-Getting-Started.html
var cacheFamiliesGlobal = []string{"m5", "m6g", "m7g", "r5", "r6g", "r6gd", "r7g", "c7gn"}

func cacheGlobalNode(node string) bool {
	parts := strings.Split(node, ".")
	return len(parts) == 3 && parts[0] == "cache" && slices.Contains(cacheFamiliesGlobal, parts[1]) &&
		strings.HasSuffix(parts[2], "large")
}

// cacheGlobalShape holds what a datastore is made of. Which group was its first is asked at its creation alone:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_ModifyGlobalReplicationGroup.html
func cacheGlobalShape(t *tx, e, old *Entity) error {
	group := t.get(kindCacheGroup, e.Region, str(e.In, "PrimaryReplicationGroupId"))
	if node := str(e.In, "CacheNodeType"); node != "" && !cacheGlobalNode(node) {
		return refuse(badValue, "%s: %s cannot be in a global datastore", e.ID, node)
	}
	if old != nil {
		want := major(str(e.In, "EngineVersion"))
		if want != "" && want != major(str(old.Out, "EngineVersion")) && str(e.In, "ParameterGroupName") == "" {
			return refuse(badCombined, "%s: a major upgrade needs ParameterGroupName", e.ID)
		}
		return nil
	}
	switch {
	case group == nil:
		return kinds[kindCacheGroup].notFound(str(e.In, "PrimaryReplicationGroupId"))
	case t.cacheGlobalOf(group) != nil:
		return refuse("InvalidReplicationGroupState", "%s is in a global datastore already", group.ID)
	case !cacheGlobalNode(str(group.In, "NodeType")):
		return refuse(badValue, "%s: %s cannot be in a global datastore", group.ID, str(group.In, "NodeType"))
	case numOr(group.In, "NumCacheClusters", 1) < 2:
		return refuse(badCombined, "%s: a global datastore needs a group that replicates", group.ID)
	case major(str(e.In, "EngineVersion")) != "" && major(str(e.In, "EngineVersion")) != major(cacheVersionOf(group)):
		return refuse(badCombined, "%s: a major upgrade needs ParameterGroupName", e.ID)
	}
	return nil
}

func major(version string) string {
	m, _, _ := strings.Cut(version, ".")
	return m
}

func cacheVersionOf(group *Entity) string { return firstOf(str(group.In, "EngineVersion"), "8.0") }

// cacheGlobalComputed takes from the first member what the declaration leaves
// out; later members get all of it.
func cacheGlobalComputed(t *tx, e *Entity) {
	if e.Out["Writer"] == nil {
		cacheGlobalBegins(e, t.get(kindCacheGroup, e.Region, str(e.In, "PrimaryReplicationGroupId")))
	}
	if v := str(e.In, "EngineVersion"); v != "" {
		e.Out["EngineVersion"], e.Out["EngineVersionActual"] = v, v+".0"
	}
	if v := str(e.In, "CacheNodeType"); v != "" {
		e.Out["CacheNodeType"] = v
	}
	if has(e.In, "AutomaticFailoverEnabled") {
		e.Out["AutomaticFailoverEnabled"] = yes(e.In, "AutomaticFailoverEnabled")
	}
	def(e, "NumNodeGroups", 1.0)
}

func cacheGlobalBegins(e, group *Entity) {
	set(e, "GlobalReplicationGroupId", e.ID)
	set(e, "Status", "available")
	set(e, "Members", anyList(group.ARN))
	set(e, "Writer", group.ARN)
	set(e, "Engine", firstOf(str(group.In, "Engine"), "redis"))
	set(e, "EngineVersion", cacheVersionOf(group))
	set(e, "EngineVersionActual", cacheVersionOf(group)+".0")
	set(e, "CacheNodeType", str(group.In, "NodeType"))
	set(e, "AtRestEncryptionEnabled", yes(group.In, "AtRestEncryptionEnabled") || yes(group.Out, "AtRestEncryptionEnabled"))
	set(e, "TransitEncryptionEnabled", yes(group.In, "TransitEncryptionEnabled"))
	set(e, "AuthTokenEnabled", false)
	set(e, "ClusterEnabled", false)
	set(e, "AutomaticFailoverEnabled", yes(group.In, "AutomaticFailoverEnabled"))
}

// cacheGlobalGuard: a datastore with secondaries is not deleted; its primary
// stays when it is (the provider asks for that):
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DeleteGlobalReplicationGroup.html
func cacheGlobalGuard(_ *tx, e *Entity) error {
	if n := len(strs(e.Out, "Members")); n > 1 {
		return refuse("InvalidGlobalReplicationGroupState", "%s still has %d secondaries", e.ID, n-1)
	}
	return nil
}

// cacheGlobalSeen reads back the group that writes now as the primary, as the
// provider does after a failover
// (github.com/hashicorp/terraform-provider-aws/issues/46121).
func cacheGlobalSeen(_ *tx, e *Entity) {
	writer := str(e.Out, "Writer")
	e.Out["PrimaryReplicationGroupId"] = writer[strings.LastIndex(writer, ":")+1:]
}
