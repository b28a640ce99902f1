// Package pack is the policy pack: all rules, and what a severity does.
package pack

import (
	"slices"
	"strings"

	"redoubt/policies/agentcapacity"
	"redoubt/policies/agentimage"
	"redoubt/policies/agentplace"
	"redoubt/policies/alarmacts"
	"redoubt/policies/alarmmissingdata"
	"redoubt/policies/backupfrequency"
	"redoubt/policies/backupreported"
	"redoubt/policies/balancerdeletionprotection"
	"redoubt/policies/balancermultizone"
	"redoubt/policies/balancerzonalshift"
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
	"redoubt/policies/certificaterenews"
	"redoubt/policies/clusterlogs"
	"redoubt/policies/clustermultizone"
	"redoubt/policies/clustersecretsencrypted"
	"redoubt/policies/clusterzonalshift"
	"redoubt/policies/configurationkept"
	"redoubt/policies/dnsttl"
	"redoubt/policies/endpointmultizone"
	"redoubt/policies/failoverrecords"
	"redoubt/policies/flowlogson"
	"redoubt/policies/forcedestroyoff"
	"redoubt/policies/guardelsewhere"
	"redoubt/policies/healthcheckspeed"
	"redoubt/policies/healthcheckunknown"
	"redoubt/policies/imagepinned"
	"redoubt/policies/imagetagsimmutable"
	"redoubt/policies/keydeletionwindow"
	"redoubt/policies/keyenabled"
	"redoubt/policies/keyreplicas"
	"redoubt/policies/keyrotation"
	"redoubt/policies/logencrypted"
	"redoubt/policies/logretention"
	"redoubt/policies/natperzone"
	"redoubt/policies/nodecapacity"
	"redoubt/policies/nodesgrow"
	"redoubt/policies/nodesperzone"
	"redoubt/policies/nodesrepair"
	"redoubt/policies/nodevolumesencrypted"
	"redoubt/policies/policyleastprivilege"
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
	"redoubt/policies/promiseavailability"
	"redoubt/policies/promisepath"
	"redoubt/policies/promiseplan"
	"redoubt/policies/promiserecovery"
	"redoubt/policies/queuedeadletter"
	"redoubt/policies/queueencrypted"
	"redoubt/policies/queueretention"
	"redoubt/policies/recorderon"
	"redoubt/policies/recoveryrole"
	"redoubt/policies/reservationopenended"
	"redoubt/policies/restoretestrecurs"
	"redoubt/policies/rule"
	"redoubt/policies/scalerbounds"
	"redoubt/policies/scheduleretries"
	"redoubt/policies/secretencrypted"
	"redoubt/policies/secretplace"
	"redoubt/policies/secretrecoverywindow"
	"redoubt/policies/storebackup"
	"redoubt/policies/storecopy"
	"redoubt/policies/storeplace"
	"redoubt/policies/storeprotected"
	"redoubt/policies/storerestoretest"
	"redoubt/policies/subjectalarm"
	"redoubt/policies/subnetgroupzones"
	"redoubt/policies/subnetzones"
	"redoubt/policies/systemfile"
	"redoubt/policies/tabledeletionprotection"
	"redoubt/policies/tableencrypted"
	"redoubt/policies/tableondemand"
	"redoubt/policies/tablepointintime"
	"redoubt/policies/targetdraining"
	"redoubt/policies/targethealthcheck"
	"redoubt/policies/targetzonefailover"
	"redoubt/policies/topicencrypted"
	"redoubt/policies/vaultdeletiondenied"
	"redoubt/policies/vaultencrypted"
	"redoubt/policies/vaultlocked"
	"redoubt/policies/workloaddisruptionbudget"
	"redoubt/policies/workloaddrains"
	"redoubt/policies/workloadprobes"
	"redoubt/policies/workloadresources"
	"redoubt/policies/workloadrolling"
	"redoubt/policies/workloadspread"
)

// Name and Version name the pack.
const (
	Name    = "redoubt"
	Version = "0.1.0"
)

// rules are all rules, by their packages' names.
var rules = []rule.Rule{
	agentcapacity.Rule,
	agentimage.Rule,
	agentplace.Rule,
	alarmacts.Rule,
	alarmmissingdata.Rule,
	backupfrequency.Rule,
	backupreported.Rule,
	balancerdeletionprotection.Rule,
	balancermultizone.Rule,
	balancerzonalshift.Rule,
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
	certificaterenews.Rule,
	clusterlogs.Rule,
	clustermultizone.Rule,
	clustersecretsencrypted.Rule,
	clusterzonalshift.Rule,
	configurationkept.Rule,
	dnsttl.Rule,
	endpointmultizone.Rule,
	failoverrecords.Rule,
	flowlogson.Rule,
	forcedestroyoff.Rule,
	guardelsewhere.Rule,
	healthcheckspeed.Rule,
	healthcheckunknown.Rule,
	imagepinned.Rule,
	imagetagsimmutable.Rule,
	keydeletionwindow.Rule,
	keyenabled.Rule,
	keyreplicas.Rule,
	keyrotation.Rule,
	logencrypted.Rule,
	logretention.Rule,
	natperzone.Rule,
	nodecapacity.Rule,
	nodesgrow.Rule,
	nodesperzone.Rule,
	nodesrepair.Rule,
	nodevolumesencrypted.Rule,
	policyleastprivilege.Rule,
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
	promiseavailability.Rule,
	promisepath.Rule,
	promiseplan.Rule,
	promiserecovery.Rule,
	queuedeadletter.Rule,
	queueencrypted.Rule,
	queueretention.Rule,
	recorderon.Rule,
	recoveryrole.Rule,
	reservationopenended.Rule,
	restoretestrecurs.Rule,
	scalerbounds.Rule,
	scheduleretries.Rule,
	secretencrypted.Rule,
	secretplace.Rule,
	secretrecoverywindow.Rule,
	storebackup.Rule,
	storecopy.Rule,
	storeplace.Rule,
	storeprotected.Rule,
	storerestoretest.Rule,
	subjectalarm.Rule,
	subnetgroupzones.Rule,
	subnetzones.Rule,
	systemfile.Rule,
	tabledeletionprotection.Rule,
	tableencrypted.Rule,
	tableondemand.Rule,
	tablepointintime.Rule,
	targetdraining.Rule,
	targethealthcheck.Rule,
	targetzonefailover.Rule,
	topicencrypted.Rule,
	vaultdeletiondenied.Rule,
	vaultencrypted.Rule,
	vaultlocked.Rule,
	workloaddisruptionbudget.Rule,
	workloaddrains.Rule,
	workloadprobes.Rule,
	workloadresources.Rule,
	workloadrolling.Rule,
	workloadspread.Rule,
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
