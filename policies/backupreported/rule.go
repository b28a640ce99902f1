// Package backupreported holds the rule backup-reported.
package backupreported

import "redoubt/policies/rule"

const (
	vault     = "aws:backup/vault:Vault"
	framework = "aws:backup/framework:Framework"
	report    = "aws:backup/reportPlan:ReportPlan"
)

// Rule is the rule backup-reported.
var Rule = rule.Rule{
	ID:    "backup-reported",
	Title: "Backups are judged by a framework and reported",
	Why: "Nobody looks at a thousand jobs; a framework and its reports say which store has had no backup for " +
		"days.",
	Source:   "https://docs.aws.amazon.com/aws-backup/latest/devguide/aws-backup-audit-manager.html",
	Severity: rule.Low,
	Remedy:   "Declare components/audit in the home of each vault.",
	Stack:    &rule.StackRule{Check: check, WithoutSystem: true},
}

func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	if len(g.OfType(vault)) == 0 {
		return nil
	}
	g.About("the vaults of the %s home", g.Home)
	for _, wanted := range []struct{ typ, what string }{{framework, "framework"}, {report, "report plan"}} {
		if len(g.OfType(wanted.typ)) == 0 {
			out = append(out, g.Violation("no %s looks at them, want one", wanted.what))
		}
	}
	return out
}
