// Package storerestoretest holds the rule store-restore-test.
package storerestoretest

import (
	"redoubt/policies/rule"
	"redoubt/system"
)

// Rule is the rule store-restore-test.
var Rule = rule.Rule{
	ID:       "store-restore-test",
	Title:    "Every store is restored in a test, in each home",
	Why:      "A backup that was never restored is a hope. After a failover the other home's backups are the only ones that go on.",
	Source:   "https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html",
	Severity: rule.High,
	Remedy:   "Pass the store to components/vault in stacks/, which gives it a restore test; a cache has its own.",
	Stack:    &rule.StackRule{Check: check},
}

func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, st := range g.System.Stores {
		if st.RebuildFrom != "" {
			continue
		}
		g.About("store %q", st.Name)
		if !tested(g, st) {
			out = append(out, g.Violation("has no restore test in the %s home", g.Home))
		}
	}
	g.About("the configuration")
	if !planned(g, "configuration") {
		out = append(out, g.Violation("has no restore test in the %s home", g.Home))
	}
	return out
}

func tested(g *rule.Graph, st system.Store) bool {
	switch st.Kind {
	case system.Cache:
		return g.Has("aws:sfn/stateMachine:StateMachine", "cache-"+st.Name+"-machine")
	case system.Queue:
		return planned(g, st.Name+"-ledger")
	}
	return planned(g, st.Name)
}

func planned(g *rule.Graph, name string) bool {
	return g.Has("aws:backup/restoreTestingPlan:RestoreTestingPlan", "vault-test-"+name) &&
		g.Has("aws:backup/restoreTestingSelection:RestoreTestingSelection", "vault-test-selection-"+name)
}
