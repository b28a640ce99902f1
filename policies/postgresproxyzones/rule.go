// Package postgresproxyzones holds the rule postgres-proxy-zones.
package postgresproxyzones

import (
	"fmt"

	"redoubt/policies/rule"
)

const (
	subnets    = "vpcSubnetIds"
	leastZones = "leastZones"
)

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
	Resource: &rule.ResourceRule{
		Types: []string{"aws:rds/proxy:Proxy", "aws:rds/proxyEndpoint:ProxyEndpoint"},
		Check: check,
	},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	least := c.Int(leastZones)
	return r.Want(subnets, r.At(subnets).Len() >= least, fmt.Sprintf("at least %d", least))
}
