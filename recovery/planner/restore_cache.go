package planner

import (
	"fmt"
	"strings"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/adopt"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// The sources that the steps of a cache's restore rely on.
const (
	fillSource      = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-restoring.html"
	datastoreSource = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Redis-Global-Datastores-Getting-Started.html"
	newGroupSource  = "https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html"
)

func askNode(home system.Home, id string) plan.Call {
	return aws(home, "elasticache", "DescribeCacheClusters", plan.Document{"CacheClusterId": id})
}

func askGroupTags(home system.Home, arn string) plan.Call {
	return aws(home, "elasticache", "ListTagsForResource", plan.Document{"ResourceName": arn})
}

func askSnapshots(home system.Home, group string) plan.Call {
	return aws(home, "elasticache", "DescribeSnapshots", plan.Document{"ReplicationGroupId": group})
}

func askDatastore(home system.Home, id string) plan.Call {
	return aws(home, "elasticache", "DescribeGlobalReplicationGroups", plan.Document{"GlobalReplicationGroupId": id})
}

// cacheQuestions ask what the damaged groups are like, which snapshots there are, and how the
// names that lead to the groups are set.
func cacheQuestions(r Request, what restoring) []plan.Call {
	of := r.Inventory.Homes[what.where].Stores[what.store.Name]
	out := []plan.Call{askDatastore(what.where, of.GlobalID)}
	if what.store.RebuildFrom == "" {
		out = append(out, askSnapshots(what.where, what.source(r)))
	}
	for _, home := range system.Homes {
		of := r.Inventory.Homes[home].Stores[what.store.Name]
		out = append(out, askGroup(home, of.Name), askGroupTags(home, of.Arn))
		if len(of.Members) > 0 {
			out = append(out, askNode(home, of.Members[0]))
		}
		for _, name := range namesOf(r.Inventory, what.store) {
			out = append(out, askRecord(r.Inventory, what.where, name, home))
		}
	}
	return out
}

// snapshot is what a group can be filled from.
type snapshot struct {
	name, arn string
	at        time.Time
}

// latest is the youngest usable snapshot of an answer that is no younger than a time, if there is one.
func latest(answer plan.Document, by time.Time) (out snapshot) {
	for _, s := range listed(answer, "Snapshots") {
		text, _ := told[string](s, "NodeSnapshots[0].SnapshotCreateTime")
		at, err := time.Parse(time.RFC3339, text)
		if err == nil && s["SnapshotStatus"] == "available" && !at.After(by) && at.After(out.at) {
			out = snapshot{fmt.Sprint(s["SnapshotName"]), fmt.Sprint(s["ARN"]), at}
		}
	}
	return out
}

// unreachedCache is a cache without a snapshot of the time or of before, unless it begins empty.
func unreachedCache(r Request, what restoring) string {
	if what.store.RebuildFrom != "" || latest(r.Answers[CallKey(askSnapshots(what.where, what.source(r)))], what.at).name != "" {
		return ""
	}
	return fmt.Sprintf("no snapshot of %s is of %s or before", what.store.Name, what.stamped())
}

// cacheRestore is the restore of a cache: from a snapshot, or empty where it is filled from another store.
type cacheRestore struct {
	*draft
	restoring
	from snapshot
}

// restoreCache fills a new group in the home that serves, and makes it the first of a new datastore,
// which the other home's new group joins. The home that serves waits for neither. Users find the
// new groups by AWS's own names first, because the private names are changed in one fixed region.
func (d *draft) restoreCache(r restoring) {
	c := cacheRestore{draft: d, restoring: r}
	if r.store.RebuildFrom == "" {
		c.choose()
	}
	peer := r.where.Peer()
	stopped := d.stopUsers(r)
	made := c.filled(stopped)
	verified := d.verify(c.restoring, c.name(r.where), c.source(), []string{made})
	joined := c.joined(verified)
	followed := c.followed(joined)
	swapped := map[system.Home][]string{
		r.where: {c.direct(r.where, []string{verified})}, peer: {c.direct(peer, []string{verified, followed})},
	}
	probed := d.probe(r.where, append(d.resumeUsers(r, swapped), swapped[r.where]...))
	named := []string{c.named(r.where, []string{probed, verified}), c.named(peer, []string{probed, followed, verified})}
	var told []string
	for _, home := range system.Homes {
		told = append(told, c.settled(home, append(append([]string{verified}, named...), swapped[home]...)))
	}
	d.adopted(r, told, adopt.Restored{Store: r.store.Name, Generation: r.generation, GlobalID: c.datastore().Name},
		func(system.Home) []plan.Late { return []plan.Late{c.datastore()} })
}

// choose takes the youngest snapshot of the time that is wanted or of before. What it does not hold is lost, too.
func (c *cacheRestore) choose() {
	c.from = latest(c.answer(askSnapshots(c.where, c.restoring.source(c.Request))), c.at)
	if c.from.name == "" {
		c.gate(plan.Gate{ID: window, Title: "A snapshot holds the point in time",
			Why:    "Without a snapshot of that time or before there is nothing to restore.",
			Reason: unreachedCache(c.Request, c.restoring)})
		return
	}
	c.at = c.from.at.UTC().Truncate(time.Second)
	if c.from.at.After(c.at) {
		c.at = c.at.Add(time.Second)
	}
	c.title = fmt.Sprintf("Restore %s to the snapshot of %s", c.store.Name, c.stamped()) + c.whose(c.Request)
	c.lossGate(c.restoring)
}

// source is what the new group must have been filled from: a snapshot, or another store in time.
func (c cacheRestore) source() string {
	if c.from.arn == "" {
		return "store " + c.store.RebuildFrom
	}
	return c.from.arn
}

// of is the damaged store in a home, name the id of the restored group.
func (c cacheRestore) of(home system.Home) inventory.Store { return c.home(home).Stores[c.store.Name] }

func (c cacheRestore) name(home system.Home) string {
	return scopeOf(c.Inventory, home).Cache(c.store.Name, c.generation)
}

func (c cacheRestore) step(role plan.Role, id, title string, needs []string) plan.Step {
	return plan.Step{ID: id, Title: title, Role: role, Subject: plan.Subject{Store: c.store.Name}, Needs: needs,
		Source: newGroupSource, Budget: timings.ElasticacheCreate, Timeout: minutes(6 * 60)}
}

// filled makes the group of the home that serves.
func (c cacheRestore) filled(needs []string) string {
	title := fmt.Sprintf("Fill %s beside %s from snapshot %s", c.name(c.where), c.of(c.where).Name, c.from.name)
	s := c.step(plan.Copy, c.id("copy"), title, needs)
	s.Why = "The damaged cache stays as it is: it is the only evidence, and holds all that was written since."
	s.Source = fillSource
	if c.from.name == "" {
		s.Title = fmt.Sprintf("Make %s, empty, beside %s", c.name(c.where), c.of(c.where).Name)
		s.Why = fmt.Sprintf("What this cache holds comes from %s and is read from there again. An empty one holds no damage.",
			c.store.RebuildFrom)
	}
	in := c.alike(c.where)
	group, node := c.damaged(c.where)
	for _, name := range []string{"Engine", "CacheNodeType", "AtRestEncryptionEnabled", "TransitEncryptionEnabled"} {
		if v, has := group[name]; has {
			in[name] = v
		}
	}
	if version, has := told[string](node, "EngineVersion"); has {
		in["EngineVersion"] = strings.Join(strings.SplitN(version, ".", 3)[:2], ".")
	}
	// A member that joined has a copy of AWS's own, which no other group can take.
	if own, has := told[string](node, "CacheParameterGroup.CacheParameterGroupName"); has && !strings.HasPrefix(own, "global-") {
		in["CacheParameterGroupName"] = own
	}
	if c.from.name != "" {
		in["SnapshotName"] = c.from.name
	}
	s.Call = aws(c.where, "elasticache", "CreateReplicationGroup", in)
	s.Condition = holds(askGroup(c.where, c.name(c.where)), is("ReplicationGroups[0].Status", "available"))
	return c.add(s)
}

// damaged is what the damaged group of a home and its first node were told to be.
func (c cacheRestore) damaged(home system.Home) (group, node plan.Document) {
	of := c.of(home)
	if len(of.Members) == 0 {
		c.wrong("the inventory does not know the nodes of cache %s in the %s home; update it once", c.store.Name, home)
		return nil, nil
	}
	groups, nodes := listed(c.answer(askGroup(home, of.Name)), "ReplicationGroups"),
		listed(c.answer(askNode(home, of.Members[0])), "CacheClusters")
	if len(groups) != 1 || len(nodes) != 1 {
		c.wrong("the %s home has %d groups %s and %d nodes %s, want 1 each", home, len(groups), of.Name, len(nodes), of.Members[0])
		return nil, nil
	}
	return groups[0], nodes[0]
}
