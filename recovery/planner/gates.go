package planner

import (
	"fmt"
	"maps"
	"slices"
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// Quiet is how long after a move of traffic the next one is refused: users'
// resolvers and the copies between the homes need it to settle (assumed).
const Quiet = 30 * time.Minute

// Flapping is the gate that refuses a move so soon after another; it opens by itself.
const Flapping = "anti-flapping"

// stale is how old an inventory may be that a plan is made from. Each update
// of a home writes one; a week is longer than any team leaves its updates (assumed).
const stale = 7 * 24 * time.Hour

// quorumGate refuses when nobody else has seen the loss.
func (d *draft) quorumGate(lost system.Home) {
	g := plan.Gate{
		ID: "quorum", Title: "Enough observers have lost the home",
		Why:         "One observer cannot tell a lost region from its own cut line, and a move on its word alone makes two writers.",
		Overridable: true,
	}
	switch d.Finding.Kind {
	case diagnose.RegionLost, diagnose.RegionSilent:
		return // a silent one is the fence's question
	case "":
		g.Reason = "nobody has looked: no finding was given"
	default:
		g.Reason = fmt.Sprintf("the finding is %s, not that the %s home is lost: %s", d.Finding.Kind, lost, d.Finding.Why)
	}
	d.gate(g)
}

// fenceGate refuses an unplanned move while the old home may still write and
// no third region has seen that it is lost.
func (d *draft) fenceGate(lost system.Home) {
	if d.Finding.Kind == diagnose.RegionLost || d.Inventory.Third() != nil {
		return // with an arbiter the leases are the fence: nothing is promoted before the old home's have ended (appoint)
	}
	d.gate(plan.Gate{
		ID: "confirmed-fence", Title: "The old writers are stopped",
		Why: "Two homes that cannot see each other look the same to each as a dead peer does. If the other one lives, " +
			"it goes on writing, and what it accepts from now on is lost.",
		Overridable: true,
		Reason: fmt.Sprintf("nothing confirms that the %s home has stopped writing; "+
			"stop its agents there, or set the gate aside with a reason and a name", lost),
	})
}

// approvalGate lets a person decide.
func (d *draft) approvalGate() {
	d.gate(plan.Gate{
		ID: "approval", Title: "A person approves the move",
		Why: "A planned move interrupts users for minutes. Somebody must want that now.", Timeout: minutes(60),
	})
}

// seenGates refuse what stands on old knowledge, or follows too soon.
func (d *draft) seenGates(to system.Home) {
	if why := d.unfresh(to); why != "" {
		d.gate(plan.Gate{
			ID: "inventory", Title: "The inventory is fresh", Overridable: true,
			Why: "A plan calls what the inventory names. What has changed since then it cannot know.", Reason: why,
		})
	}
	if moved := d.Seen.MovedAt; !moved.IsZero() && d.Now.Sub(moved) < Quiet {
		d.gate(plan.Gate{
			ID: Flapping, Title: "Traffic has settled since it last moved", Overridable: true,
			Why:    "A move back before the copies have turned round loses what was written in between.",
			Reason: fmt.Sprintf("traffic moved %s ago, want at least %s", d.Now.Sub(moved).Round(time.Second), Quiet),
		})
	}
}

// unfresh says why a home's inventory is not to be relied on, or nothing.
func (d *draft) unfresh(home system.Home) string {
	at := d.Seen.InventoryAt[home]
	switch age := d.Now.Sub(at); {
	case at.IsZero():
		return fmt.Sprintf("nobody knows when the %s home wrote its inventory", home)
	case age > stale:
		return fmt.Sprintf("the %s home wrote its inventory %s ago, want at most %s", home, age.Round(time.Hour), stale)
	}
	return ""
}

// lagGates compare the lag of what is copied with what may be lost: in a
// planned move that of now, after a loss that of the minute before it.
func (d *draft) lagGates(to system.Home) {
	for _, s := range d.System.StoresOf(system.Postgres) {
		of := d.home(to).Stores[s.Name]
		t, _ := d.System.Tier(s.Tier)
		promised, has := t.Objectives[system.RegionLoss]
		if of.GlobalID == "" || !has {
			continue
		}
		d.gate(d.lagGate(to, s.Name, of.Name, time.Duration(promised.RPO)))
	}
}

func (d *draft) lagGate(to system.Home, store, cluster string, rpo time.Duration) plan.Gate {
	end := d.Now
	if since := d.Finding.Since; d.lost != "" && !since.IsZero() {
		end = since
	}
	end = end.UTC().Truncate(lagWindow)
	call := aws(to, "cloudwatch", "GetMetricStatistics", plan.Document{
		"Namespace": "AWS/RDS", "MetricName": "AuroraGlobalDBReplicationLag", "Period": 60, "Statistics": []string{"Maximum"},
		"Dimensions": []plan.Document{{"Name": "DBClusterIdentifier", "Value": cluster}},
		"StartTime":  end.Add(-lagWindow).Format(time.RFC3339), "EndTime": end.Format(time.RFC3339),
	})
	c := holds(call, plan.Expect{
		Path: "Datapoints[0].Maximum", Op: plan.AtMost, Value: float64(rpo.Milliseconds()),
	})
	return plan.Gate{
		ID: "lag-" + store, Title: fmt.Sprintf("The lag of %s is at most its objective of %s", store, rpo),
		Why:       "What has not arrived is lost when the copy takes over. More than the objective is never lost in silence.",
		Condition: &c, Overridable: true, Timeout: minutes(2),
	}
}

// lagWindow is how far back the gate looks: one whole period, so that there is
// one datapoint; CloudWatch gives several in no order.
const lagWindow = time.Minute

// capacityGates look whether the receiving home runs what its strategy holds ready.
func (d *draft) capacityGates(to system.Home) {
	c := d.home(to).Cluster
	for _, zone := range slices.Sorted(maps.Keys(c.NodeGroups)) {
		d.gate(d.capacityGate(to, zone, c.RunningNodes))
	}
}

func (d *draft) capacityGate(home system.Home, zone string, nodes int) plan.Gate {
	c := d.home(home).Cluster
	cond := holds(askNodes(home, c.Name, c.NodeGroups[zone]), atLeast("nodegroup.scalingConfig.desiredSize", nodes))
	return plan.Gate{
		ID: "capacity-" + zone, Title: fmt.Sprintf("Zone %s runs the %d nodes that it should", zone, nodes),
		Why:       "A home with less than it should hold ready takes longer to recover than was promised.",
		Condition: &cond, Overridable: true, Timeout: minutes(2),
	}
}
