// Package storerestoretest holds the rule store-restore-test.
package storerestoretest

import (
	"redoubt/policies/rule"
	"redoubt/policies/stores"
)

// Rule is the rule store-restore-test.
var Rule = rule.Rule{
	ID:    "store-restore-test",
	Title: "Every store is restored in a test, in each home",
	Why: "A backup that was never restored is a hope. After a failover the other home's backups are the only " +
		"ones that go on.",
	Source:   "https://docs.aws.amazon.com/aws-backup/latest/devguide/restore-testing.html",
	Severity: rule.High,
	Remedy:   "Pass the store to components/vault in stacks/, which gives it a restore test; a cache has its own.",
	Stack:    stores.Saved(vault, machine),
}

var vault = []stores.Part{
	{What: "restore test", Types: []string{"aws:backup/restoreTestingPlan:RestoreTestingPlan"}, Name: "vault-test-%s"},
	{What: "selection of what is restored in a test",
		Types: []string{"aws:backup/restoreTestingSelection:RestoreTestingSelection"}, Name: "vault-test-selection-%s"},
}

var machine = []stores.Part{
	{What: "restore test", Types: []string{"aws:sfn/stateMachine:StateMachine"}, Name: "cache-%s-machine"},
}
