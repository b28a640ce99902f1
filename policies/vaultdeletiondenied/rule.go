// Package vaultdeletiondenied holds the rule vault-deletion-denied.
package vaultdeletiondenied

import (
	"encoding/json"
	"slices"
	"strings"

	"redoubt/policies/rule"
)

const (
	vault  = "aws:backup/vault:Vault"
	policy = "aws:backup/vaultPolicy:VaultPolicy"
)

// denied is what nobody may do to a recovery point.
var denied = []string{"backup:DeleteRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"}

// Rule is the rule vault-deletion-denied.
var Rule = rule.Rule{
	ID:    "vault-deletion-denied",
	Title: "Nobody deletes a recovery point by hand",
	Why: "Until the lock of the vault binds, whoever may delete backups may delete the last good one; a " +
		"denial in the vault itself stands above every role.",
	Source:   "https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html",
	Severity: rule.High,
	Remedy: "Give the vault a policy that denies backup:DeleteRecoveryPoint and " +
		"backup:UpdateRecoveryPointLifecycle to everybody.",
	Stack: rule.Each("vault", look, vault),
}

func look(g *rule.Graph, v *rule.Resource, _ rule.Config) []rule.Finding {
	p := g.Get(policy, strings.TrimSuffix(v.Name, "-vault")+"-policy")
	if p == nil {
		return []rule.Finding{g.ViolationAt(v, "has no policy, want one that denies %s", strings.Join(denied, ", "))}
	}
	var out []rule.Finding
	for _, action := range denied {
		if !denies(p.Text("policy"), action) {
			out = append(out, g.ViolationAt(p, "does not deny %s to everybody", action))
		}
	}
	return out
}

// denies reports whether a policy denies an action to everybody; that it may
// except some principal by a condition is for whoever breaks the glass.
func denies(text, action string) bool {
	var p struct {
		Statement []struct {
			Effect    string
			Principal any
			Action    any
		}
	}
	if json.Unmarshal([]byte(text), &p) != nil {
		return false
	}
	for _, s := range p.Statement {
		all := s.Principal == "*" || allAWS(s.Principal)
		if s.Effect == "Deny" && all && (s.Action == action || has(s.Action, action)) {
			return true
		}
	}
	return false
}

func allAWS(principal any) bool {
	p, _ := principal.(map[string]any)
	return p["AWS"] == "*"
}

func has(actions any, action string) bool {
	list, _ := actions.([]any)
	return slices.Contains(list, any(action))
}
