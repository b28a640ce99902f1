package world

import (
	"time"

	"redoubt/timings"
)

// Behaviour is one thing of the simulated regions that takes time or lags. Every
// duration of this package stands in the table below and nowhere else.
type Behaviour struct {
	// Name identifies it; the draws of a world are made by it.
	Name string
	// What is what takes the time.
	What string
	// Timing is what a source says of it, with the source's address; none when no source does.
	Timing timings.ID
	// Longest is the timing whose longest figure is the high end, when that is not Timing's own.
	Longest timings.ID
	// At is the share of cases that stay below the high end; 0 means 0.99.
	At float64
	// Prior is the assumed distribution that it is drawn from, where sources have words only.
	Prior timings.PriorID
	// Set is what it takes in a world that does not draw, when that is not the typical figure of Timing.
	Set time.Duration
	// Median and High are those of the draws, when they follow from none of the above.
	Median, High time.Duration
	// AtOnce things take no time in a world that does not draw.
	AtOnce bool
	// Fixed things take the same in every world.
	Fixed bool
	// Assumed says what of all this nobody has published; every row without a Timing has it.
	Assumed string
}

// behaviour is a row of the table.
type behaviour int

// The rows. A duration is taken by t.takes and t.laterBy, a lag is read by t.lags.
const (
	auroraInRegion behaviour = iota
	auroraFailover
	auroraSwitchover
	auroraRebuild
	auroraRestore
	auroraCluster
	auroraInstance
	auroraLag
	auroraTail
	cacheInRegion
	cachePromote
	cacheSnapshot
	cacheGroup
	cacheGlobal
	cacheLag
	tableRestore
	tableLag
	tableTail
	bucketLag
	bucketLagTimed
	imageLag
	nodesLaunch
	backupRun
	backupCopy
	metricSettles
	recordChange
	clientDrain
	leaseTaken
	flagsDeploy
	numBehaviours
)

// The fixed rows. AWS's own page gives each as a setting, or it is how often the simulator tries again.
const (
	// tick is how often alarms and metric-based health checks are looked at.
	tick = time.Minute
	// aliasTTL is what an alias to a load balancer is answered with.
	aliasTTL = 60 * time.Second
	// rdsTTL is how long clients keep an Aurora name.
	rdsTTL = 5 * time.Second
	// retry is how soon what met a lost or cut region is tried again.
	retry = time.Minute
	// resume is how soon after the end of a fault a write goes on to another region that the fault stood in the way of.
	resume = 5 * time.Second
)

const sizeDecides = "assumed: AWS has no number, and the size decides"

var behaviours = [numBehaviours]Behaviour{
	auroraInRegion: {Name: "aurora.inregion", What: "an Aurora cluster's reader becomes its writer, in one region",
		Timing: timings.AuroraInregionFailover, Prior: timings.PriorAuroraInregionFailover},
	auroraFailover: {Name: "aurora.failover", What: "failover of an Aurora global database, with data loss",
		Timing: timings.AuroraGlobalFailoverDoc, Prior: timings.PriorAuroraGlobalFailover, Set: 3 * time.Minute,
		Assumed: "assumed: AWS says a few minutes"},
	auroraSwitchover: {Name: "aurora.switchover", What: "switchover of an Aurora global database",
		Timing: timings.AuroraGlobalSwitchover, Prior: timings.PriorAuroraGlobalSwitchover, Set: 2 * time.Minute,
		Assumed: "assumed: AWS has words only"},
	auroraRebuild: {Name: "aurora.rebuild", What: "the old primary of a global database comes back as a secondary with a " +
		"rebuilt volume, from its region's return", Timing: timings.AuroraGlobalRebuild,
		Prior: timings.PriorAuroraGlobalRebuild, Set: 30 * time.Minute, Assumed: "assumed: AWS has words only"},
	auroraRestore: {Name: "aurora.restore", What: "restore of an Aurora volume to a point in time",
		Timing: timings.AuroraRestoreSnapshot, Prior: timings.PriorAuroraRestore, Set: time.Hour,
		Assumed: "assumed: AWS says up to some hours"},
	auroraCluster: {Name: "aurora.cluster", What: "a new Aurora cluster, without an instance", Set: 10 * time.Minute,
		Assumed: "assumed: AWS has no number"},
	auroraInstance: {Name: "aurora.instance", What: "a new instance of an Aurora cluster",
		Timing:  timings.AuroraInregionNoreplica,
		Assumed: "assumed: the figure is that of a writer which is made anew, typically less than that"},
	auroraLag: {Name: "aurora.lag", What: "how far an Aurora secondary in another region is behind while nothing is wrong",
		Timing: timings.AuroraGlobalLag, Prior: timings.PriorAuroraGlobalLagCalm},
	auroraTail: {Name: "aurora.tail", What: "how far the latest restorable time of a cluster is behind",
		Timing: timings.AuroraPITRLatest},
	cacheInRegion: {Name: "cache.inregion", What: "a replica of a cache's group becomes its primary, in one region",
		Timing: timings.ElasticacheFailover, Prior: timings.PriorCacheInregionFailover, Set: 30 * time.Second,
		Assumed: "assumed: AWS says a few seconds and nothing of the detection"},
	cachePromote: {Name: "cache.promote", What: "promotion of a secondary of an ElastiCache global datastore",
		Timing: timings.ElasticacheGlobalPromote},
	cacheSnapshot: {Name: "cache.snapshot", What: "snapshot of a cache's group", Set: 5 * time.Minute, Assumed: sizeDecides},
	cacheGroup: {Name: "cache.group", What: "a cache's group, made empty or filled from a snapshot",
		Timing: timings.ElasticacheCreate, Set: 20 * time.Minute, Assumed: sizeDecides},
	cacheGlobal: {Name: "cache.global", What: "a global datastore around a group", Set: 10 * time.Minute,
		Assumed: "assumed: AWS has no number"},
	cacheLag: {Name: "cache.lag", What: "how far a secondary of a global datastore is behind while nothing is wrong",
		Timing: timings.ElasticacheGlobalLag},
	tableRestore: {Name: "table.restore", What: "restore of a DynamoDB table, to a point in time or from a backup",
		Timing: timings.DDBRestorePITRMin, Longest: timings.DDBRestoreP95, At: 0.95},
	tableLag: {Name: "table.lag", What: "how long an item of a DynamoDB global table takes to another region",
		Timing: timings.DDBMRECLag, Prior: timings.PriorDDBMRECLagCalm},
	tableTail: {Name: "table.tail", What: "how far the latest restorable time of a table is behind",
		Timing: timings.DDBPITRLatest},
	bucketLag: {Name: "bucket.lag", What: "how long an object takes to its replica without replication time control",
		Timing: timings.S3CRRLag},
	bucketLagTimed: {Name: "bucket.lag.timed", What: "how long an object takes to its replica with replication time control",
		Timing: timings.S3RTCSLA, At: 0.999, Set: 15 * time.Second,
		Assumed: "assumed: AWS says most take seconds, and promises 99.9 % within the longest"},
	imageLag: {Name: "image.lag", What: "how long an image takes to another region", Timing: timings.ECRReplication},
	nodesLaunch: {Name: "nodes.launch", What: "nodes of a managed node group, from the asking until they are ready",
		Timing: timings.EKSScaleoutCa},
	backupRun: {Name: "backup.run", What: "a backup job", Set: 10 * time.Minute, Assumed: sizeDecides},
	backupCopy: {Name: "backup.copy", What: "copy of a recovery point to another region", Timing: timings.BackupCopy,
		Set: 30 * time.Minute, Assumed: sizeDecides},
	metricSettles: {Name: "metric.settles", What: "how long after its end a minute of a metric is complete enough to be judged",
		Set: time.Minute, Median: 30 * time.Second, High: time.Minute, At: 0.95,
		Assumed: "assumed until tried on AWS: with the look each minute a datum takes one to two minutes to change a state, " +
			"of twenty once three"},
	recordChange: {Name: "dns.change", What: "a change of a record, until Route 53's servers answer with it",
		Timing: timings.R53Propagation, AtOnce: true,
		Assumed: "assumed: at once in a world that does not draw"},
	clientDrain: {Name: "dns.client.drain", What: "a client goes on with what it had after the cache of its name has run out",
		Prior: timings.PriorDNSClientDrain, Assumed: "assumed: nobody publishes it; connections stay open and some caches last longer"},
	leaseTaken: {Name: "lease.taken", What: "keepers take the lease of the active home, after the arbiter's word",
		Timing: timings.AgentkitLeaseTaken, Assumed: "assumed: the programs of both homes run, and their lines are whole; tests/arbiter plays them"},
	flagsDeploy: {Name: "flags.deploy", What: "a deployment of AppConfig until it is validated and what asks can get it",
		Set: 10 * time.Second, Assumed: "assumed: AWS has no number; a deployment at once takes no more than its checks"},
}

// fixedBehaviours are the rows that no world draws.
var fixedBehaviours = []Behaviour{
	{Name: "alarm.look", What: "how often alarms and metric-based health checks are looked at",
		Timing: timings.CWAlarmPeriod, Set: tick, Fixed: true},
	{Name: "health.endpoint", What: "a check of an endpoint turns: its interval times its threshold, here those it has unless told",
		Timing: timings.R53DetectStandard, Set: 90 * time.Second, Fixed: true},
	{Name: "dns.alias.ttl", What: "how long clients keep the answer of an alias to a load balancer",
		Timing: timings.ELBDnsttl, Set: aliasTTL, Fixed: true},
	{Name: "dns.aurora.ttl", What: "how long clients keep the name of an Aurora endpoint",
		Timing: timings.AuroraGlobalDnscache, Set: rdsTTL, Fixed: true},
	{Name: "resume", What: "how soon after a fault is over a write goes on to the other region that it stood in the way of",
		Set: resume, Fixed: true, Assumed: "assumed: AWS does not say"},
	{Name: "retry", What: "how soon is tried again what met a lost or cut region, or a zone without machines", Set: retry,
		Fixed: true, Assumed: "assumed: AWS does not say"},
}

// Behaviours lists everything that takes time or lags, in the order of the table.
func Behaviours() []Behaviour {
	return append(append([]Behaviour{}, behaviours[:]...), fixedBehaviours...)
}

// Source is the address of the page that the row stands on, or empty.
func (b Behaviour) Source() string {
	if b.Timing == "" {
		return ""
	}
	return timings.Get(b.Timing).Source
}

// Typical is what it takes in a world that does not draw.
func (b Behaviour) Typical() time.Duration {
	if b.AtOnce {
		return 0
	}
	return b.figure()
}

// figure is what a source or the row says.
func (b Behaviour) figure() time.Duration {
	switch {
	case b.Set > 0:
		return b.Set
	case b.Timing == "":
		return timings.Prior(b.Prior).P50
	}
	typical, _ := timings.Get(b.Timing).Typical()
	return typical
}

// Distribution is what it is drawn from: the prior; else its median and the
// longest figure that a source has; else three times the median as the 95th
// percentile (assumed: about what the priors have).
func (b Behaviour) Distribution() timings.Lognormal {
	if b.Prior != "" {
		return timings.Prior(b.Prior).Distribution()
	}
	l := timings.Lognormal{Median: b.figure(), At: 0.99}
	if b.Median > 0 {
		l.Median = b.Median
	}
	if b.At > 0 {
		l.At = b.At
	}
	if b.High > 0 {
		l.High = b.High
		return l
	}
	for _, id := range []timings.ID{b.Longest, b.Timing} {
		if id == "" {
			continue
		}
		if most, known := timings.Get(id).Max(); known && most > l.Median {
			l.High = most
			return l
		}
	}
	l.High, l.At = 3*l.Median, 0.95
	return l
}
