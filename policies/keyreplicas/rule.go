// Package keyreplicas holds the rule key-replicas.
package keyreplicas

import (
	"slices"
	"strings"

	"redoubt/policies/rule"
	"redoubt/system"
)

const (
	key     = "aws:kms/key:Key"
	replica = "aws:kms/replicaKey:ReplicaKey"
)

// Rule is the rule key-replicas.
var Rule = rule.Rule{
	ID:    "key-replicas",
	Title: "What is encrypted in one home can be decrypted in the other",
	Why: "A key of one region is lost with it, and with the key every copy that it encrypted. A replica opens " +
		"them without a call to the lost region.",
	Source:   "https://docs.aws.amazon.com/kms/latest/developerguide/multi-region-keys-overview.html",
	Severity: rule.High,
	Remedy: "Declare the keys with components/keys: multiRegion in the primary home, a replica of each in the " +
		"secondary.",
	Stack: &rule.StackRule{Check: check, WithoutSystem: true},
}

// purposes are what a home has a key for (components/keys).
var purposes = []string{"data", "secrets", "logs", "backup"}

func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	want := key
	if g.Home == system.Secondary {
		want = replica
	}
	for _, purpose := range purposes {
		g.About("the key for %s", purpose)
		k := g.Get(want, "keys-"+purpose)
		if k == nil {
			out = append(out, g.Violation("is not in the %s home, want %s keys-%s", g.Home, want, purpose))
			continue
		}
		if of := k.Text("primaryKeyArn"); g.Home == system.Secondary && !strings.Contains(of, ":key/mrk-") {
			out = append(out, g.ViolationAt(k, "is a replica of %s, want a multi-region key", k.At("primaryKeyArn")))
		}
	}
	return append(out, alone(g)...)
}

// alone finds keys of one region, of which something is made.
func alone(g *rule.Graph) []rule.Finding {
	var out []rule.Finding
	for _, k := range g.OfType(key) {
		g.About("key %q", k.Name)
		k = g.ByURN(k.URN)
		if used := users(g, k); used > 0 && !k.True("multiRegion") {
			out = append(out, g.ViolationAt(k, "multiRegion is %s, want true: %d resources are made with it",
				k.At("multiRegion"), used))
		}
	}
	return out
}

// users is how many resources are made with the key.
func users(g *rule.Graph, k *rule.Resource) int {
	n := 0
	for _, r := range g.Resources() {
		if slices.Contains(r.Dependencies, k.URN) {
			n++
		}
	}
	return n
}
