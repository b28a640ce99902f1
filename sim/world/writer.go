package world

import (
	"cmp"
	"slices"
	"strings"

	"redoubt/sim/fault"
)

// What is kept of a failover within a home, and the events of it.
const (
	writerInstance   = "WriterInstance"
	primaryNode      = "PrimaryNode"
	eventPromote     = "PromoteInRegion"
	eventOwnFailover = "FailOverByItself"
)

// writerOf is the instance that writes in a cluster: the one that a failover
// promoted, else the first by promotion tier and id (which of equals AWS takes is assumed).
func (t *tx) writerOf(cluster *Entity) string {
	all := byRank(t.instancesOf(cluster))
	for _, i := range all {
		if i.ID == str(cluster.Out, writerInstance) {
			return i.ID
		}
	}
	if len(all) == 0 {
		return ""
	}
	return all[0].ID
}

func byRank(all []*Entity) []*Entity {
	slices.SortStableFunc(all, func(a, b *Entity) int {
		return cmp.Or(cmp.Compare(numOr(a.In, "PromotionTier", 0), numOr(b.In, "PromotionTier", 0)),
			strings.Compare(a.ID, b.ID))
	})
	return all
}

// heir is the instance that takes over from the writer: in a zone that is up, and by rank.
func (t *tx) heir(cluster *Entity, writer string) string {
	for _, i := range byRank(t.instancesOf(cluster)) {
		if i.ID != writer && !t.zoneDown(zoneOfInstance(i)) && firstOf(str(i.Out, "Status"), "available") == "available" {
			return i.ID
		}
	}
	return ""
}

func zoneOfInstance(i *Entity) string {
	return firstOf(str(i.In, "AvailabilityZone"), str(i.Out, "AvailabilityZone"))
}

// primaryOf is the node of a cache's group that writes.
func primaryOf(group *Entity) string {
	members := strs(group.Out, "MemberClusters")
	if p := str(group.Out, primaryNode); slices.Contains(members, p) || len(members) == 0 {
		return p
	}
	return members[0]
}

// zoneOfNode is where a node of a cache's group is: the zones that the group
// names, in their order, or the region's when it names none (assumed).
func zoneOfNode(group *Entity, node string) string {
	zones := strs(group.In, "PreferredCacheClusterAzs")
	if len(zones) == 0 {
		zones = Zones(group.Region)
	}
	n := slices.Index(strs(group.Out, "MemberClusters"), node)
	if n < 0 {
		return ""
	}
	return zones[n%len(zones)]
}

// nextNode is the replica that takes over, in a zone that is up.
func (t *tx) nextNode(group *Entity) string {
	for _, id := range strs(group.Out, "MemberClusters") {
		if id != primaryOf(group) && !t.zoneDown(zoneOfNode(group, id)) {
			return id
		}
	}
	return ""
}

// strike is what a fault does at once. It returns the node that it hits: a
// fault of a writer names the cluster, and stays with the node that wrote then.
func (t *tx) strike(f fault.Fault) (string, error) {
	switch f.Kind {
	case fault.WriterDown, fault.WriterLost:
		return t.writerHit(f)
	case fault.PodDown, fault.PodFailing:
		if t.deploymentCalled(f.Region, f.Name) == nil {
			return "", missing("NotFound", "no Deployment is called %s in %s", f.Name, f.Region)
		}
	case fault.CallFailing, fault.CallLate:
		for _, name := range []string{f.Name, f.Callee} {
			if t.deploymentCalled(f.Region, name) == nil {
				return "", missing("NotFound", "no Deployment is called %s in %s", name, f.Region)
			}
		}
	case fault.ZoneDown:
		t.zoneLost(f.Zone)
	case fault.Corrupt:
		return "", t.damage(f.Region, f.Name)
	}
	return "", nil
}

// writerHit is the node that writes in a database or a cache. Where AWS notices that it is lost, a replica takes over as
// after the loss of its zone.
func (t *tx) writerHit(f fault.Fault) (string, error) {
	noticed := f.Kind == fault.WriterLost
	if c := t.get(kindCluster, f.Region, f.Name); c != nil {
		if noticed {
			t.laterBy(auroraInRegion, c.ARN, eventOwnFailover, Document{"Kind": c.Kind, "Region": c.Region, "Id": c.ID})
		}
		return t.writerOf(c), nil
	}
	if g := t.get(kindCacheGroup, f.Region, f.Name); g != nil {
		if noticed && t.failsOver(g) {
			t.laterBy(cacheInRegion, g.ARN, eventOwnFailover, Document{"Kind": g.Kind, "Region": g.Region, "Id": g.ID})
		}
		return primaryOf(g), nil
	}
	return "", missing("DBClusterNotFoundFault", "no database or cache is called %s in %s", f.Name, f.Region)
}

// failsOver reports whether a cache's group replaces a lost primary by itself.
func (t *tx) failsOver(g *Entity) bool {
	return both(kinds[kindCacheGroup].view(t, g), "AutomaticFailoverEnabled") == true
}

// lostWriter reports whether a node is the writer that a fault took away.
func (t *tx) lostWriter(node, region string) bool {
	return t.anyActive(func(a active) bool { return a.Kind == fault.WriterLost && a.Hit == node && a.Region == region })
}

// zoneLost lets every cluster and cache whose writer is in a zone fail over by itself:
// https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html and
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html
func (t *tx) zoneLost(zone string) {
	for _, c := range t.list(kindCluster, zone[:len(zone)-1]) {
		if i := t.get(kindInstance, c.Region, t.writerOf(c)); i != nil && zoneOfInstance(i) == zone {
			t.laterBy(auroraInRegion, c.ARN, eventOwnFailover, Document{"Kind": c.Kind, "Region": c.Region, "Id": c.ID})
		}
	}
	for _, g := range t.list(kindCacheGroup, zone[:len(zone)-1]) {
		if zoneOfNode(g, primaryOf(g)) == zone && t.failsOver(g) {
			t.laterBy(cacheInRegion, g.ARN, eventOwnFailover, Document{"Kind": g.Kind, "Region": g.Region, "Id": g.ID})
		}
	}
}

// ownFailover is what AWS does by itself some time after a zone or a writer was lost, if it is still.
func (t *tx) ownFailover(in Document) {
	e := t.get(str(in, "Kind"), str(in, "Region"), str(in, "Id"))
	switch {
	case e == nil:
	case e.Kind == kindCluster:
		writer := t.get(kindInstance, e.Region, t.writerOf(e))
		if writer != nil && (t.zoneDown(zoneOfInstance(writer)) || t.lostWriter(writer.ID, e.Region)) &&
			str(e.Out, "Status") == "available" {
			t.succeed(e, t.heir(e, writer.ID), in)
		}
	case t.zoneDown(zoneOfNode(e, primaryOf(e))) || t.lostWriter(primaryOf(e), e.Region):
		t.succeed(e, t.nextNode(e), in)
	}
}

// succeed lets a node write in the place of one that is lost; without one that could, AWS
// looks again as long as it must (assumed).
func (t *tx) succeed(e *Entity, node string, in Document) {
	if node == "" {
		t.laterIn(retry, eventOwnFailover, in)
		return
	}
	t.promoteNode(e, node)
}

// promoteNode lets a node write; "" leaves all as it is.
func (t *tx) promoteNode(e *Entity, node string) {
	if node == "" {
		return
	}
	property := map[string]string{kindCluster: writerInstance, kindCacheGroup: primaryNode}[e.Kind]
	e = t.edit(e)
	e.Out[property], e.Out["Status"] = node, "available"
}

// promoted ends a failover that somebody asked for. The node that was chosen may
// have been lost meanwhile: then another one writes.
func (t *tx) promoted(in Document) {
	e := t.get(str(in, "Kind"), str(in, "Region"), str(in, "Id"))
	if e == nil {
		return
	}
	node := str(in, "Node")
	if i := t.get(kindInstance, e.Region, node); e.Kind == kindCluster && (i == nil || t.zoneDown(zoneOfInstance(i))) {
		node = t.heir(e, t.writerOf(e))
	}
	if node == "" {
		node = map[string]string{kindCluster: t.writerOf(e)}[e.Kind]
	}
	t.promoteNode(e, node)
}
