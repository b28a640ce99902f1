package planner

import (
	"fmt"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

// zoneGates refuse to give up a zone on nobody's word, a second zone, and a
// home whose other zones are not what they should be.
func (d *draft) zoneGates(zone string, home system.Home) {
	g := plan.Gate{
		ID: "finding", Title: fmt.Sprintf("Zone %s is lost", zone), Overridable: true,
		Why: "A shift gives up a third of the home. On a wrong word that is a loss of our own making.",
	}
	switch f := d.Finding; {
	case f.Kind == "":
		g.Reason = "nobody has looked: no finding was given"
	case f.Kind != diagnose.ZoneLost || f.Name != zone:
		g.Reason = fmt.Sprintf("the finding is %s %s, not that zone %s is lost: %s", f.Kind, f.Name, zone, f.Why)
	}
	if g.Reason != "" {
		d.gate(g)
	}
	d.seenGates(home)
	of := d.home(home)
	var others []plan.Expect
	for _, other := range othersOf(of, zone) {
		others = append(others, notShifted(of.ZoneIDs[other]))
	}
	only := holds(activeShifts(home, of.Entry.LoadBalancerArn), others...)
	d.gate(plan.Gate{
		ID: "one-zone", Title: "No other zone of the home is shifted away", Condition: &only, Overridable: true,
		Why: "Two zones carry the declared load; one does not.",
	})
	for _, other := range othersOf(of, zone) {
		d.gate(d.capacityGate(home, other, d.baseNodes(home)))
	}
}

// zoneBack lets users and work back into a zone that answers again, and lets go
// of the nodes that stood in for it. The writers stay where they are: moving them back would
// interrupt users once more and gain nothing.
func (d *draft) zoneBack(zone string, home system.Home) {
	of := d.home(home)
	d.title = fmt.Sprintf("Use zone %s of the %s home again", zone, home)
	d.approvalGate()
	var ids []string
	for _, s := range shifted(of) {
		ids = append(ids, d.add(plan.Step{
			ID: "cancel-" + s.id, Title: fmt.Sprintf("End the shift of the %s away from zone %s", s.what, zone), Role: plan.Shift,
			Why:    "As long as the shift holds, the home runs on two zones, and the next loss leaves it one.",
			Source: s.source, Call: cancelShift(home, s.arn, of.ZoneIDs[zone]),
			Condition: holds(activeShifts(home, s.arn), notShifted(of.ZoneIDs[zone])),
			Budget:    timings.ARCZonalshift, Timeout: minutes(10), OnFailure: plan.Report,
		}))
	}
	for _, other := range othersOf(of, zone) {
		call := scaleNodes(home, of.Cluster.Name, of.Cluster.NodeGroups[other], d.baseNodes(home))
		d.add(plan.Step{
			ID: "rest-nodes-" + other, Title: "Let go of the spare nodes of zone " + other, Role: plan.Settle, Needs: ids,
			Why: "They stood in for the lost zone.", Source: nodesSource, Call: call,
			Condition: holds(askNodes(home, of.Cluster.Name, of.Cluster.NodeGroups[other]),
				plan.Expect{Path: "nodegroup.scalingConfig.desiredSize", Op: plan.AtMost, Value: d.baseNodes(home)}),
			Budget: timings.EKSDrain, Timeout: minutes(15), OnFailure: plan.Continue,
		})
	}
	if home == d.Goal.Active {
		d.giveAgain(home, ids)
		d.probe(home, ids)
	}
}
