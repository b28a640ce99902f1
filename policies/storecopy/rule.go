// Package storecopy holds the rule store-copy.
package storecopy

import (
	"strings"

	"redoubt/policies/rule"
	"redoubt/policies/stores"
	"redoubt/system"
)

// Rule is the rule store-copy.
var Rule = rule.Rule{
	ID:    "store-copy",
	Title: "Every backup is copied into the other home",
	Why: "A backup that stands beside its store is lost with the region. A copy in another account is a " +
		"second one and does not stand for it.",
	Source:   "https://docs.aws.amazon.com/aws-backup/latest/devguide/cross-region-backup.html",
	Severity: rule.High,
	Remedy:   "Give the vault its peer (components/vault), the bucket of a cache's snapshots its replication.",
	Stack:    &rule.StackRule{Check: check},
}

const destination = "rules[*].copyActions[*].destinationVaultArn"

var snapshots = stores.Part{What: "copy of its snapshots in the other home", Peer: true,
	Types: []string{"aws:s3/bucketReplicationConfig:BucketReplicationConfig"}, Name: "cache-%s-snapshots-replication"}

func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, k := range stores.BackedUp(g) {
		g.About("%s", k.Subject)
		plan := g.Get("aws:backup/plan:Plan", "vault-plan-"+k.Name)
		switch {
		case plan == nil || copies(plan, g.Home.Peer()): // store-backup wants the plan
		case !g.PeerReady:
			out = append(out, g.WaitsForPeer())
		default:
			out = append(out, g.ViolationAt(plan, "no rule copies what it makes into the %s home, "+
				"want a copyAction into its vault", g.Home.Peer()))
		}
	}
	for _, st := range stores.Caches(g) {
		g.About("store %q", st.Name)
		out = append(out, stores.Missing(g, st.Name, snapshots)...)
	}
	return out
}

// copies reports whether some rule of the plan copies into the vault of the home, whose computed name ends in the
// home's.
func copies(plan *rule.Resource, to system.Home) bool {
	for _, arn := range plan.All(destination) {
		if strings.HasSuffix(arn.Text(), "-"+string(to)) {
			return true
		}
	}
	return false
}
