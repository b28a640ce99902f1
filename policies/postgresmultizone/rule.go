// Package postgresmultizone holds the rule postgres-multi-zone.
package postgresmultizone

import "redoubt/policies/rule"

const (
	cluster    = "aws:rds/cluster:Cluster"
	instance   = "aws:rds/clusterInstance:ClusterInstance"
	leastZones = "leastZones"
)

// Rule is the rule postgres-multi-zone.
var Rule = rule.Rule{
	ID:    "postgres-multi-zone",
	Title: "The instances of a database stand in three zones",
	Why: "With instances in fewer zones the loss of one leaves the database without a reader to promote, and " +
		"it is down until a new instance is made.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html",
	Severity: rule.High,
	Remedy:   "Give each instance of the cluster its own availabilityZone.",
	Options: []rule.Option{
		{Name: leastZones, Kind: rule.Integer, Default: 3, Min: 2, Max: 6,
			Describes: "The fewest availability zones."},
	},
	Stack: &rule.StackRule{Check: check, WithoutSystem: true},
}

func check(g *rule.Graph, c rule.Config) []rule.Finding {
	var out []rule.Finding
	least := c.Int(leastZones)
	for _, db := range g.OfType(cluster) {
		g.About("database %q", db.Name)
		zones := map[string]bool{}
		for _, i := range g.Children(db.Parent) {
			if i.Type == instance && i.Exists("availabilityZone") {
				zones[i.Text("availabilityZone")] = true
			}
		}
		if len(zones) < least {
			out = append(out, g.ViolationAt(db, "its instances stand in %d zones, want at least %d", len(zones), least))
		}
	}
	return out
}
