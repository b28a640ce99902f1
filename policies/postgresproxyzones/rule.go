// Package postgresproxyzones holds the rule postgres-proxy-zones.
package postgresproxyzones

import "redoubt/policies/rule"

// Rule is the rule postgres-proxy-zones.
var Rule = rule.Rule{
	ID:       "postgres-proxy-zones",
	Title:    "A proxy of a database stands in three zones",
	Why:      "A proxy in one zone takes every client down with that zone, although the database fails over.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-planning.html",
	Severity: rule.High,
	Remedy:   "List the isolated subnet of each zone in vpcSubnetIds.",
	Options:  rule.ZonesOption(),
	Stack:    rule.InZones("vpcSubnetIds", "aws:rds/proxy:Proxy", "aws:rds/proxyEndpoint:ProxyEndpoint"),
}
