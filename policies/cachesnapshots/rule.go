// Package cachesnapshots holds the rule cache-snapshots.
package cachesnapshots

import (
	"redoubt/policies/rule"
	"redoubt/system"
)

const (
	group     = "aws:elasticache/replicationGroup:ReplicationGroup"
	limit     = "snapshotRetentionLimit"
	leastDays = "leastDays"
)

// Rule is the rule cache-snapshots.
var Rule = rule.Rule{
	ID:    "cache-snapshots",
	Title: "A cache that cannot be rebuilt keeps snapshots",
	Why: "What a cache alone holds is lost with it, and damage replicates: only a snapshot of before brings " +
		"it back.",
	Source:   "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html",
	Severity: rule.High,
	Remedy: "Set snapshotRetentionLimit to at least leastDays, or say in system.yaml what the cache is rebuilt " +
		"from.",
	Options: []rule.Option{
		{Name: leastDays, Kind: rule.Integer, Default: 7, Min: 1, Max: 35,
			Describes: "The fewest days that a snapshot is kept."},
	},
	Stack: &rule.StackRule{Check: check},
}

func check(g *rule.Graph, c rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, store := range g.System.Stores {
		cache := g.Get(group, "cache-"+store.Name+"-group")
		if store.Kind != system.Cache || store.RebuildFrom != "" || cache == nil {
			continue
		}
		g.About("store %q", store.Name)
		cache = g.ByURN(cache.URN)
		if days, least := cache.Int(limit), c.Int(leastDays); days < least {
			out = append(out, g.ViolationAt(cache, "%s is %s, want at least %d", limit, cache.At(limit), least))
		}
	}
	return out
}
