// Package vaultlocked holds the rule vault-locked.
package vaultlocked

import (
	"strings"

	"redoubt/policies/rule"
)

const (
	vault     = "aws:backup/vault:Vault"
	lock      = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
	leastDays = "leastDays"
)

// Rule is the rule vault-locked.
var Rule = rule.Rule{
	ID:    "vault-locked",
	Title: "A vault keeps its backups against everybody",
	Why: "Who takes over the account deletes the backups first: behind a lock even its root user waits until " +
		"they are old.",
	Source:   "https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html",
	Severity: rule.High,
	Remedy:   "Declare the lock of the vault with minRetentionDays of at least leastDays.",
	Options: []rule.Option{
		{Name: leastDays, Kind: rule.Integer, Default: 7, Min: 1, Max: 36500,
			Describes: "The fewest days that a backup is locked."},
	},
	Stack: rule.Each("vault", look, vault),
}

func look(g *rule.Graph, v *rule.Resource, c rule.Config) []rule.Finding {
	l := g.Get(lock, strings.TrimSuffix(v.Name, "-vault")+"-lock")
	if l == nil {
		return []rule.Finding{g.ViolationAt(v, "has no lock, want one")}
	}
	if days, least := l.At("minRetentionDays"), c.Int(leastDays); days.Int() < least {
		return []rule.Finding{g.ViolationAt(l, "minRetentionDays is %s, want at least %d", days, least)}
	}
	return nil
}
