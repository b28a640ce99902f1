// Package postgresproxyzones holds the rule postgres-proxy-zones.
package postgresproxyzones

import "redoubt/policies/rule"

const (
	subnets    = "vpcSubnetIds"
	leastZones = "leastZones"
)

var types = []string{"aws:rds/proxy:Proxy", "aws:rds/proxyEndpoint:ProxyEndpoint"}

// Rule is the rule postgres-proxy-zones.
var Rule = rule.Rule{
	ID:       "postgres-proxy-zones",
	Title:    "A proxy of a database stands in three zones",
	Why:      "A proxy in one zone takes every client down with that zone, although the database fails over.",
	Source:   "https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/rds-proxy-planning.html",
	Severity: rule.High,
	Remedy:   "List the isolated subnet of each zone in vpcSubnetIds.",
	Options: []rule.Option{
		{Name: leastZones, Kind: rule.Integer, Default: 3, Min: 2, Max: 6,
			Describes: "The fewest availability zones."},
	},
	Stack: &rule.StackRule{Check: check, WithoutSystem: true},
}

func check(g *rule.Graph, c rule.Config) []rule.Finding {
	return g.InZones(types, subnets, c.Int(leastZones))
}
