// Package pack is the policy pack: all rules, and what a severity does.
package pack

import (
	"slices"
	"strings"

	"redoubt/policies/agentimage"
	"redoubt/policies/agentplace"
	"redoubt/policies/bucketencrypted"
	"redoubt/policies/bucketevents"
	"redoubt/policies/bucketlocked"
	"redoubt/policies/bucketoldversions"
	"redoubt/policies/bucketreplicationtimed"
	"redoubt/policies/bucketreplicationwhole"
	"redoubt/policies/bucketversioning"
	"redoubt/policies/bucketwhole"
	"redoubt/policies/cacheautomaticfailover"
	"redoubt/policies/cacheencrypted"
	"redoubt/policies/cachemultizone"
	"redoubt/policies/cachesnapshots"
	"redoubt/policies/configurationkept"
	"redoubt/policies/forcedestroyoff"
	"redoubt/policies/keydeletionwindow"
	"redoubt/policies/keyenabled"
	"redoubt/policies/keyrotation"
	"redoubt/policies/postgresbackupretention"
	"redoubt/policies/postgresdeletionprotection"
	"redoubt/policies/postgresencrypted"
	"redoubt/policies/postgresfinalsnapshot"
	"redoubt/policies/postgreslogsexported"
	"redoubt/policies/postgresmonitored"
	"redoubt/policies/postgresmultizone"
	"redoubt/policies/postgresproxyzones"
	"redoubt/policies/postgrestagstosnapshots"
	"redoubt/policies/postgresupgradebyact"
	"redoubt/policies/queuedeadletter"
	"redoubt/policies/queueencrypted"
	"redoubt/policies/queueretention"
	"redoubt/policies/rule"
	"redoubt/policies/secretencrypted"
	"redoubt/policies/secretrecoverywindow"
	"redoubt/policies/storebackup"
	"redoubt/policies/storecopy"
	"redoubt/policies/storeplace"
	"redoubt/policies/storeprotected"
	"redoubt/policies/storerestoretest"
	"redoubt/policies/subnetgroupzones"
	"redoubt/policies/systemfile"
	"redoubt/policies/tabledeletionprotection"
	"redoubt/policies/tableencrypted"
	"redoubt/policies/tableondemand"
	"redoubt/policies/tablepointintime"
	"redoubt/policies/topicencrypted"
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
	bucketencrypted.Rule,
	bucketevents.Rule,
	bucketlocked.Rule,
	bucketoldversions.Rule,
	bucketreplicationtimed.Rule,
	bucketreplicationwhole.Rule,
	bucketversioning.Rule,
	bucketwhole.Rule,
	cacheautomaticfailover.Rule,
	cacheencrypted.Rule,
	cachemultizone.Rule,
	cachesnapshots.Rule,
	configurationkept.Rule,
	forcedestroyoff.Rule,
	keydeletionwindow.Rule,
	keyenabled.Rule,
	keyrotation.Rule,
	postgresbackupretention.Rule,
	postgresdeletionprotection.Rule,
	postgresencrypted.Rule,
	postgresfinalsnapshot.Rule,
	postgreslogsexported.Rule,
	postgresmonitored.Rule,
	postgresmultizone.Rule,
	postgresproxyzones.Rule,
	postgrestagstosnapshots.Rule,
	postgresupgradebyact.Rule,
	queuedeadletter.Rule,
	queueencrypted.Rule,
	queueretention.Rule,
	secretencrypted.Rule,
	secretrecoverywindow.Rule,
	storebackup.Rule,
	storecopy.Rule,
	storeplace.Rule,
	storeprotected.Rule,
	storerestoretest.Rule,
	subnetgroupzones.Rule,
	systemfile.Rule,
	tabledeletionprotection.Rule,
	tableencrypted.Rule,
	tableondemand.Rule,
	tablepointintime.Rule,
	topicencrypted.Rule,
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
