// Package keyenabled holds the rule key-enabled.
package keyenabled

import "redoubt/policies/rule"

var enabled = []string{"isEnabled", "enabled"}

// Rule is the rule key-enabled.
var Rule = rule.Rule{
	ID:       "key-enabled",
	Title:    "A key is enabled",
	Why:      "A disabled key opens nothing: not the store, not its replica there, not one backup.",
	Source:   "https://docs.aws.amazon.com/kms/latest/developerguide/enabling-keys.html",
	Severity: rule.High,
	Remedy:   "Set isEnabled, of a replica enabled, to true.",
	Resource: &rule.ResourceRule{
		Types: []string{"aws:kms/key:Key", "aws:kms/replicaKey:ReplicaKey"},
		Check: check,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, on := range enabled {
		out = append(out, r.Want(on, !r.Exists(on) || r.True(on), "true")...)
	}
	return out
}
