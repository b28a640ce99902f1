// Package systemfile holds the rule system-file.
package systemfile

import "redoubt/policies/rule"

// ID is the rule's id; the analyzer reads its option.
const ID = "system-file"

// Path is the option that names the file.
const Path = "path"

// Rule is the rule system-file.
var Rule = rule.Rule{
	ID:    ID,
	Title: "The file of the system can be read",
	Why: "Without it nobody knows what must survive, and no rule about a store, an agent or an objective can " +
		"judge.",
	Source:   "decision: system.yaml is the one place that says what must survive",
	Severity: rule.High,
	Remedy:   "Mend the file (redoubt system check says what is wrong), or set the rule's path.",
	Options: []rule.Option{{Name: Path, Kind: rule.Text, Default: "",
		Describes: "The file that says what must survive, from the folder above the pack; empty means what the " +
			"stack's settings name."}},
	Stack: &rule.StackRule{Check: check, WithoutSystem: true},
}

func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	if g.SystemError == nil {
		return nil
	}
	g.About("the system")
	return []rule.Finding{g.Violation("cannot be read: %v", g.SystemError)}
}
