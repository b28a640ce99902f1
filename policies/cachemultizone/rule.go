// Package cachemultizone holds the rule cache-multi-zone.
package cachemultizone

import (
	"fmt"

	"redoubt/policies/rule"
)

const (
	nodes      = "numCacheClusters"
	zones      = "preferredCacheClusterAzs"
	leastNodes = "leastNodes"
)

// Rule is the rule cache-multi-zone.
var Rule = rule.Rule{
	ID:       "cache-multi-zone",
	Title:    "The nodes of a cache stand in three zones",
	Why:      "With fewer zones the loss of one leaves no replica to promote beside the one that took over.",
	Source:   "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/AutoFailover.html",
	Severity: rule.High,
	Remedy:   "Set multiAzEnabled, and a zone of its own for each of at least leastNodes nodes.",
	Options: []rule.Option{
		{Name: leastNodes, Kind: rule.Integer, Default: 3, Min: 2, Max: 6,
			Describes: "The fewest nodes, each in its own zone."},
	},
	Resource: &rule.ResourceRule{
		Types: []string{"aws:elasticache/replicationGroup:ReplicationGroup"},
		Check: check,
	},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	least := c.Int(leastNodes)
	out := r.WantFixed("multiAzEnabled", true)
	out = append(out, r.WantLeast(nodes, least)...)
	distinct := map[string]bool{}
	for _, zone := range r.At(zones).Texts() {
		distinct[zone] = true
	}
	return append(out, r.Want(zones, len(distinct) >= least, fmt.Sprintf("at least %d zones", least))...)
}
