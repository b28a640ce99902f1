package world

import (
	"cmp"

	"redoubt/sim/fault"
)

// Writes says why a database cluster or a cache's group takes no writes now,
// or nothing: what a client in its region would see.
func (w *World) Writes(region, id string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.begin()
	if t.down(region) {
		return &Error{Code: "RequestError", Message: "no answer from " + region}
	}
	c, g := t.get(kindCluster, region, id), t.get(kindCacheGroup, region, id)
	switch {
	case c != nil:
		return cmp.Or(t.unserved("rds", region), t.clusterWrites(c))
	case g != nil:
		return cmp.Or(t.unserved("elasticache", region), t.groupWrites(g))
	}
	return missing("DBClusterNotFoundFault", "no database or cache is called %s in %s", id, region)
}

func (t *tx) clusterWrites(c *Entity) error {
	writer := t.get(kindInstance, c.Region, t.writerOf(c))
	global := t.globalOf(c)
	switch {
	case global != nil && str(global.Out, "Writer") != c.ARN:
		return refuse("ReadOnly", "%s follows %s", c.ID, str(global.Out, "Writer"))
	case str(c.Out, "Status") != "available":
		return refuse("Unavailable", "%s is %s", c.ID, str(c.Out, "Status"))
	case writer == nil:
		return refuse("Unavailable", "%s has no instance", c.ID)
	case t.zoneDown(zoneOfInstance(writer)):
		return refuse("Unavailable", "the writer %s is in a zone that is lost", writer.ID)
	}
	return t.healthy(writer.ID, c.Region)
}

func (t *tx) groupWrites(g *Entity) error {
	datastore := t.cacheGlobalOf(g)
	switch {
	case datastore != nil && str(datastore.Out, "Writer") != g.ARN:
		return refuse("ReadOnly", "%s follows %s", g.ID, str(datastore.Out, "Writer"))
	case str(g.Out, "Status") != "available":
		return refuse("Unavailable", "%s is %s", g.ID, str(g.Out, "Status"))
	case t.zoneDown(zoneOfNode(g, primaryOf(g))):
		return refuse("Unavailable", "the primary %s is in a zone that is lost", primaryOf(g))
	}
	return t.healthy(primaryOf(g), g.Region)
}

// healthy reports a fault that a node was hit by.
func (t *tx) healthy(node, region string) error {
	for _, f := range t.activeFaults() {
		if (f.Kind == fault.WriterDown || f.Kind == fault.WriterLost) && f.Hit == node && f.Region == region {
			return refuse("Unavailable", "%s takes no writes", node)
		}
	}
	return nil
}
