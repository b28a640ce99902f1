package system

import "time"

// floor is the least that AWS lets a kind of store reach: no objective may be
// below it.
type floor struct {
	// Timing is the id of the entry of the timings that says so. It is empty
	// where the document gives no figure, and then Least is not zero but one
	// nanosecond: anything above nothing.
	Timing string
	Least  time.Duration
	Source string
	// Because ends the sentence "which cannot be below Least, because ...".
	Because string
}

// noFigure stands for a loss that is documented without a number.
const noFigure = time.Nanosecond

// The floors, each with the entry of the timings it stands on.
var (
	auroraLag = floor{
		"aurora.global.lag", time.Second,
		"https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database.html",
		"a global database replicates behind the writer",
	}
	tableLag = floor{
		"ddb.mrec.lag", time.Second,
		"https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/V2globaltables_HowItWorks.html",
		"a global table replicates behind the write",
	}
	ledgerLag = floor{
		tableLag.Timing, tableLag.Least, tableLag.Source, "its work ledger is a table that replicates behind the write",
	}
	bucketLag = floor{
		"s3.rtc.sla", 15 * time.Minute,
		"https://aws.amazon.com/s3/sla-rtc/",
		"replication time control promises 15 minutes",
	}
	cacheLag = floor{
		"elasticache.global.lag", time.Second,
		"https://disaster-recovery.workshop.aws/en/services/databases/elasticache/global-datastore.html",
		"a global datastore replicates behind the writer",
	}
	cacheZone = floor{
		"", noFigure,
		"https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.html",
		"replicas follow the lost node with a delay",
	}
	auroraPoint = floor{
		"aurora.pitr.latest", 5 * time.Minute,
		"https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/Aurora.Managing.Backups.html",
		"the latest restorable time lies behind now",
	}
	tablePoint = floor{
		"ddb.pitr.latest", 5 * time.Minute,
		"https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html",
		"the latest restorable time lies behind now",
	}
	bucketPoint = floor{
		"backup.pitr.s3", 15 * time.Minute,
		"https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html",
		"the latest restorable time lies behind now",
	}
	hourlyBackup = floor{
		"backup.freq", time.Hour,
		"https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html",
		"only backups are in the other home and the most frequent are an hour apart",
	}
	auroraPromote = floor{
		"aurora.global.failover.workshop", time.Minute,
		"https://disaster-recovery.workshop.aws/en/services/databases/aurora/global-database.html",
		"promoting the other home's cluster takes as long at best",
	}
	cachePromote = floor{
		"elasticache.global.promote", time.Minute,
		"https://disaster-recovery.workshop.aws/en/services/databases/elasticache/global-datastore.html",
		"promoting the other home's cluster takes as long at best",
	}
	tableRestore = floor{
		"ddb.restore.pitr.min", 20 * time.Minute,
		"https://www.repost.aws/knowledge-center/dynamodb-restore-taking-long",
		"restoring a table takes as long whatever its size",
	}
	nodeLaunch = floor{
		"eks.scaleout.karpenter2", 45 * time.Second,
		"https://devfloor9.github.io/engineering-playbook/en/docs/infrastructure-optimization/karpenter-autoscaling",
		"the nodes of a pilot light are launched first",
	}
)

// backupEvery is the floor of backups that are some days apart.
func backupEvery(days int) floor {
	f := hourlyBackup
	f.Least = time.Duration(days) * day
	f.Because = "only backups are in the other home and the declared ones are as far apart"
	return f
}

// losses returns what a store can lose at least in a disruption, given what
// the other home holds. A cache that is rebuilt loses nothing of its own.
func losses(s Store, strategy Strategy, d Disruption) []floor {
	if s.Kind == Cache && s.RebuildFrom != "" {
		return nil
	}
	switch {
	case d == ZoneLoss && s.Kind == Cache:
		return []floor{cacheZone}
	case d == RegionLoss && strategy == BackupRestore:
		return restoredLoss(s)
	case d == RegionLoss:
		return []floor{map[StoreKind]floor{
			Postgres: auroraLag, Table: tableLag, Queue: ledgerLag, Bucket: bucketLag, Cache: cacheLag,
		}[s.Kind]}
	case d == DataLoss:
		return corruptLoss(s)
	default:
		return nil
	}
}

// restoredLoss is what a store loses that is restored from the copies of its
// backups. A queue comes back from its ledger, which is backed up hourly.
func restoredLoss(s Store) []floor {
	r := s.Retention
	switch {
	case s.Kind == Queue || r.HourlyDays > 0:
		return []floor{hourlyBackup}
	case r.DailyDays > 0:
		return []floor{backupEvery(1)}
	case r.WeeklyDays > 0:
		return []floor{backupEvery(7)}
	case r.MonthlyDays > 0:
		return []floor{backupEvery(31)}
	default:
		return nil // reported as a store without backup
	}
}

// corruptLoss is what a store loses when its content is wrong everywhere. A
// bucket whose versions are locked keeps every one of them, so it has no floor.
func corruptLoss(s Store) []floor {
	switch s.Kind {
	case Postgres:
		return []floor{auroraPoint}
	case Table, Queue:
		return []floor{tablePoint}
	case Bucket:
		if s.Retention.LockDays > 0 {
			return nil
		}
		return []floor{bucketPoint}
	case Cache:
		f := backupEvery(1)
		f.Because = "snapshots are a day apart"
		return []floor{f}
	default:
		return nil
	}
}

// delays returns the least time in which a store is back after a disruption.
func delays(s Store, strategy Strategy, d Disruption) []floor {
	table := s.Kind == Table || s.Kind == Queue
	switch {
	case d == DataLoss && table, d == RegionLoss && strategy == BackupRestore && table:
		return []floor{tableRestore}
	case d != RegionLoss || strategy == BackupRestore:
		return nil
	case s.Kind == Postgres && !s.WriteForwarding:
		return []floor{auroraPromote}
	case s.Kind == Cache && s.RebuildFrom == "":
		return []floor{cachePromote}
	default:
		return nil
	}
}
