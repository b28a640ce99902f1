// Package subnetgroupzones holds the rule subnet-group-zones.
package subnetgroupzones

import "redoubt/policies/rule"

// Rule is the rule subnet-group-zones.
var Rule = rule.Rule{
	ID:       "subnet-group-zones",
	Title:    "A group of subnets reaches three zones",
	Why:      "A database or a cache is placed in, and fails over to, no other zones than its group has.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/USER_VPC.WorkingWithRDSInstanceinaVPC.html",
	Severity: rule.High,
	Remedy:   "List the isolated subnet of each zone in subnetIds.",
	Options:  rule.ZonesOption(),
	Stack: rule.InZones("subnetIds",
		"aws:rds/subnetGroup:SubnetGroup", "aws:elasticache/subnetGroup:SubnetGroup"),
}
