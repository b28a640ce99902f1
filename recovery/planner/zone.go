package planner

import (
	"fmt"
	"maps"
	"slices"

	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// The sources that the steps of a zone's loss rely on.
const (
	shiftSource        = "https://docs.aws.amazon.com/r53recovery/latest/dg/arc-zonal-shift.html"
	clusterShiftSource = "https://docs.aws.amazon.com/eks/latest/userguide/zone-shift.html"
	inRegionSource     = "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-failover.html"
	cacheNodeSource    = "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html"
)

// shiftLasts is how long a shift holds unless it is cancelled. It must end by
// itself, in three days at most; a day is longer than any loss of a zone that AWS has told of.
const shiftLasts = "24h"

// zoneOf is the zone that is lost, and the home that it is in.
func zoneOf(r Request) (string, system.Home, error) {
	zone := r.Goal.Zone
	if zone == "" && r.Finding.Kind == diagnose.ZoneLost {
		zone = r.Finding.Name
	}
	if zone == "" {
		return "", "", fmt.Errorf("no zone is named")
	}
	for _, home := range system.Homes {
		if slices.Contains(r.Inventory.Homes[home].Zones, zone) {
			return zone, home, nil
		}
	}
	return "", "", fmt.Errorf("zone %q is in no home of the inventory", zone)
}

// zoneQuestions ask where the writers are, and how many nodes the other zones have; of a zone that is back, at which
// level the agents work.
func zoneQuestions(r Request) ([]plan.Call, error) {
	zone, home, err := zoneOf(r)
	if err != nil {
		return nil, err
	}
	if r.Finding.Kind == diagnose.Healthy {
		return levelQuestions(r, home), nil
	}
	of := r.Inventory.Homes[home]
	var out []plan.Call
	for _, name := range slices.Sorted(maps.Keys(of.Stores)) {
		switch s := of.Stores[name]; s.Kind {
		case system.Postgres:
			out = append(out, askCluster(home, s.Name))
			for _, member := range s.Members {
				out = append(out, askInstance(home, member))
			}
		case system.Cache:
			out = append(out, askGroup(home, s.Name))
		}
	}
	if home != r.Goal.Active {
		return out, nil
	}
	for _, other := range othersOf(of, zone) {
		out = append(out, askNodes(home, of.Cluster.Name, of.Cluster.NodeGroups[other]))
	}
	return out, nil
}

// othersOf are the zones of a home without one of them.
func othersOf(of inventory.Home, zone string) []string {
	return slices.DeleteFunc(slices.Clone(of.Zones), func(z string) bool { return z == zone })
}

// zoneLoss takes users and work away from a zone while the rest of its home
// goes on. Once the finding is that nothing is wrong, it lets them back.
func zoneLoss(d *draft) error {
	zone, home, err := zoneOf(d.Request)
	if err != nil {
		return err
	}
	of := d.home(home)
	if of.ZoneIDs[zone] == "" {
		return fmt.Errorf("the inventory does not know the id of zone %s; update the %s home once", zone, home)
	}
	d.active, d.because = d.Goal.Active, d.Finding.Why
	if d.Finding.Kind == diagnose.Healthy {
		d.zoneBack(zone, home)
		return nil
	}
	d.title = fmt.Sprintf("Recover from the loss of zone %s of the %s home", zone, home)
	d.zoneGates(zone, home)
	needs := d.shifts(zone, home)
	needs = append(needs, d.zoneWriters(zone, home)...)
	if home == d.Goal.Active {
		d.spareNodes(zone, home)
		d.probe(home, needs)
	}
	return nil
}

// shifted are the two things that a shift is asked of: what users come through
// and what the agents run on.
func shifted(of inventory.Home) []struct{ id, what, arn, source, why string } {
	return []struct{ id, what, arn, source, why string }{
		{"entry", "load balancer", of.Entry.LoadBalancerArn, shiftSource,
			"As long as the load balancer's name leads into the lost zone, too, a third of the requests fails."},
		{"cluster", "cluster", of.Cluster.Arn, clusterShiftSource,
			"Agents call each other in every zone that the cluster believes in, and it would start new ones in the lost one."},
	}
}

// shifts begin both shifts. Nobody waits for anything: the other zones serve already.
func (d *draft) shifts(zone string, home system.Home) []string {
	of := d.home(home)
	var ids []string
	for _, s := range shifted(of) {
		undo := cancelShift(home, s.arn, of.ZoneIDs[zone])
		ids = append(ids, d.add(plan.Step{
			ID: "shift-" + s.id, Title: fmt.Sprintf("Shift the %s away from zone %s", s.what, zone), Role: plan.Shift,
			Why: s.why, Source: s.source,
			Call: aws(home, "arc-zonal-shift", "StartZonalShift", plan.Document{
				"resourceIdentifier": s.arn, "awayFrom": of.ZoneIDs[zone], "expiresIn": shiftLasts,
				"comment": "redoubt: zone " + zone + " is lost"}),
			Condition: holds(activeShifts(home, s.arn), plan.Expect{
				Path: shiftTo(of.ZoneIDs[zone], "status"), Op: plan.Is, Value: "ACTIVE", Missing: ""}),
			Undo: &undo, Budget: timings.ARCZonalshift, Timeout: minutes(10), OnFailure: plan.Report,
		}))
	}
	return ids
}

func activeShifts(home system.Home, arn string) plan.Call {
	return aws(home, "arc-zonal-shift", "ListZonalShifts", plan.Document{"resourceIdentifier": arn, "status": "ACTIVE"})
}

// shiftTo leads to a field of the shift away from a zone.
func shiftTo(zoneID, field string) plan.Path {
	return plan.Path(fmt.Sprintf("items[?awayFrom==%q].%s", zoneID, field))
}

// cancelShift ends a shift, whose id AWS invented when it began.
func cancelShift(home system.Home, arn, zoneID string) plan.Call {
	c := aws(home, "arc-zonal-shift", "CancelZonalShift", plan.Document{"zonalShiftId": "late-shift"})
	c.Late = []plan.Late{{Name: "late-shift", Call: activeShifts(home, arn), Path: shiftTo(zoneID, "zonalShiftId")}}
	return c
}

// notShifted expects that there is no shift away from a zone.
func notShifted(zoneID string) plan.Expect {
	return plan.Expect{Path: shiftTo(zoneID, "status"), Op: plan.IsNot, Value: "ACTIVE", Missing: "EXPIRED"}
}

// zoneWriters let another node write where the writer is in the lost zone. AWS
// does so by itself; the steps see that it has, and ask for it if not.
func (d *draft) zoneWriters(zone string, home system.Home) []string {
	var ids []string
	for _, s := range d.System.Stores {
		of, has := d.home(home).Stores[s.Name]
		if !has || s.Kind != system.Postgres && s.Kind != system.Cache {
			continue
		}
		w := d.writer(home, s, of)
		if w.node == "" || w.zone != zone {
			continue
		}
		step := d.moveWriter(home, s, of, w)
		step.Why = fmt.Sprintf("The writer %s is in the lost zone. AWS lets another node write by itself, within a minute or "+
			"so; users wait for it, so it is looked at, and asked for when it does not come.", w.node)
		ids = append(ids, d.add(step))
	}
	return ids
}

// spareNodes asks the other zones for what the lost one carried. They carry the
// declared load without it; this is for the next loss, and nobody waits for it. Where they have grown
// above what the declared load needs, the loss takes what the rest came on, and the agents give less.
func (d *draft) spareNodes(zone string, home system.Home) {
	of := d.home(home)
	others := othersOf(of, zone)
	share := (of.Cluster.ActiveNodes + len(others) - 1) / len(others)
	above := false
	for _, other := range others {
		group := of.Cluster.NodeGroups[other]
		now := d.answer(askNodes(home, of.Cluster.Name, group))
		desired, has := told[float64](now, "nodegroup.scalingConfig.desiredSize")
		most, bound := told[float64](now, "nodegroup.scalingConfig.maxSize")
		want := min(int(desired)+share, int(most))
		above = above || has && int(desired) > of.Cluster.ActiveNodes
		if !has || !bound || want <= int(desired) {
			continue
		}
		undo := scaleNodes(home, of.Cluster.Name, group, int(desired))
		d.add(plan.Step{
			ID: "nodes-" + other, Title: fmt.Sprintf("Ask for %d nodes in zone %s", want, other), Role: plan.Capacity,
			Why: "The zones that are left carry the declared load with nothing to spare. These nodes are for what comes on " +
				"top of it, and for the next loss.",
			Source: nodesSource, Call: scaleNodes(home, of.Cluster.Name, group, want),
			Condition: holds(askNodes(home, of.Cluster.Name, group),
				atLeast("nodegroup.scalingConfig.desiredSize", want), is("nodegroup.status", "ACTIVE")),
			Undo: &undo, Budget: timings.EKSScaleoutCa, Timeout: minutes(15), OnFailure: plan.Continue,
		})
	}
	if above {
		d.giveLess(home)
	}
}

// baseNodes is how many nodes each zone of a home has where nothing is wrong.
func (d *draft) baseNodes(home system.Home) int {
	if home == d.Goal.Active {
		return d.home(home).Cluster.ActiveNodes
	}
	return d.home(home).Cluster.RunningNodes
}

func scaleNodes(home system.Home, cluster, group string, n int) plan.Call {
	return aws(home, "eks", "UpdateNodegroupConfig", plan.Document{
		"clusterName": cluster, "nodegroupName": group, "scalingConfig": plan.Document{"desiredSize": n}})
}
