// Package postgresmultizone holds the rule postgres-multi-zone.
package postgresmultizone

import "redoubt/policies/rule"

// Rule is the rule postgres-multi-zone.
var Rule = rule.Rule{
	ID:    "postgres-multi-zone",
	Title: "The instances of a database stand in three zones",
	Why: "With instances in fewer zones the loss of one leaves the database without a reader to promote, and " +
		"it is down until a new instance is made.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Concepts.AuroraHighAvailability.html",
	Severity: rule.High,
	Remedy:   "Give each instance of the cluster its own availabilityZone.",
	Options:  rule.ZonesOption(),
	Stack:    rule.Each("database", look, "aws:rds/cluster:Cluster"),
}

func look(g *rule.Graph, db *rule.Resource, c rule.Config) []rule.Finding {
	return g.WantZonesBeside(db, "aws:rds/clusterInstance:ClusterInstance", "its instances", c)
}
