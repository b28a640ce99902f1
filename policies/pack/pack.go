// Package pack is the policy pack: all rules, and what a severity does.
package pack

import (
	"slices"
	"strings"

	"redoubt/policies/agentimage"
	"redoubt/policies/agentplace"
	"redoubt/policies/bucketversioning"
	"redoubt/policies/configurationkept"
	"redoubt/policies/postgresbackupretention"
	"redoubt/policies/rule"
	"redoubt/policies/storebackup"
	"redoubt/policies/storecopy"
	"redoubt/policies/storeplace"
	"redoubt/policies/storerestoretest"
	"redoubt/policies/systemfile"
)

// Name and Version name the pack.
const (
	Name    = "redoubt"
	Version = "0.1.0"
)

// rules are all rules, by their packages' names.
var rules = []rule.Rule{
	agentimage.Rule,
	agentplace.Rule,
	bucketversioning.Rule,
	configurationkept.Rule,
	postgresbackupretention.Rule,
	storebackup.Rule,
	storecopy.Rule,
	storeplace.Rule,
	storerestoretest.Rule,
	systemfile.Rule,
}

// Rules returns all rules, sorted by id.
func Rules() []rule.Rule {
	out := slices.Clone(rules)
	slices.SortFunc(out, func(a, b rule.Rule) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// Level is what a violation does.
type Level string

// The levels of enforcement: https://www.pulumi.com/docs/insights/policy/policy-packs/configuration/
const (
	Advisory  Level = "advisory"
	Mandatory Level = "mandatory"
	Remediate Level = "remediate"
	Disabled  Level = "disabled"
)

// LevelOf is the level of a rule where nothing else is configured: High and Medium refuse, Low warns.
func LevelOf(r rule.Rule) Level {
	if r.Severity == rule.Low {
		return Advisory
	}
	return Mandatory
}
