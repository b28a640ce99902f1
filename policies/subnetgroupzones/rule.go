// Package subnetgroupzones holds the rule subnet-group-zones.
package subnetgroupzones

import "redoubt/policies/rule"

const (
	subnets    = "subnetIds"
	leastZones = "leastZones"
)

var types = []string{"aws:rds/subnetGroup:SubnetGroup", "aws:elasticache/subnetGroup:SubnetGroup"}

// Rule is the rule subnet-group-zones.
var Rule = rule.Rule{
	ID:       "subnet-group-zones",
	Title:    "A group of subnets reaches three zones",
	Why:      "A database or a cache is placed in, and fails over to, no other zones than its group has.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
	Severity: rule.High,
	Remedy:   "List the isolated subnet of each zone in subnetIds.",
	Options: []rule.Option{
		{Name: leastZones, Kind: rule.Integer, Default: 3, Min: 2, Max: 6,
			Describes: "The fewest availability zones."},
	},
	Stack: &rule.StackRule{Check: check, WithoutSystem: true},
}

func check(g *rule.Graph, c rule.Config) []rule.Finding {
	return g.InZones(types, subnets, c.Int(leastZones))
}
