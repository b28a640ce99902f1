package system

import (
	"time"

	"redoubt/timings"
)

// floor is the least that AWS lets a kind of store reach: no objective may be
// below it.
type floor struct {
	// Timing is the entry of the timings that says so. It is empty where the
	// document gives no figure; Least is then noFigure.
	Timing timings.ID
	// Least and Source come from the timing unless they are given.
	Least  time.Duration
	Source string
	// Because says in half a sentence why it cannot be less.
	Because string
}

// noFigure stands for a loss that is documented without a number: anything
// above nothing.
const noFigure = time.Nanosecond

// resolve fills in what the timing says: its least figure and its page. Some
// sources give only a limit, as a service level does; that is the least then.
func (f floor) resolve() floor {
	if f.Timing == "" {
		return f
	}
	t := timings.Get(f.Timing)
	f.Source = t.Source
	if typical, has := t.Typical(); has && f.Least == 0 {
		f.Least = typical
	}
	if limit, has := t.Max(); has && f.Least == 0 {
		f.Least = limit
	}
	return f
}

// timed is a floor that stands on a timing.
func timed(id timings.ID, because string) floor { return floor{Timing: id, Because: because} }

// The floors.
var (
	auroraLag     = timed(timings.AuroraGlobalLag, "a global database replicates behind the writer")
	tableLag      = timed(timings.DDBMRECLag, "a global table replicates behind the write")
	ledgerLag     = timed(timings.DDBMRECLag, "its ledger is a table that replicates behind the write")
	bucketLag     = timed(timings.S3RTCSLA, "replication time control promises no more")
	cacheLag      = timed(timings.ElasticacheGlobalLag, "a global datastore replicates behind the writer")
	auroraPoint   = timed(timings.AuroraPITRLatest, "the latest restorable time lies behind now")
	tablePoint    = timed(timings.DDBPITRLatest, "the latest restorable time lies behind now")
	ledgerPoint   = timed(timings.DDBPITRLatest, "the latest restorable time of its ledger lies behind now")
	bucketPoint   = timed(timings.BackupPITRS3, "its versions have no lock and the latest restore point is that old")
	hourlyBackup  = timed(timings.BackupFreq, "the other home holds only backups, at best an hour apart")
	auroraPromote = timed(timings.AuroraGlobalFailoverWorkshop, "promoting the other cluster takes that long at best")
	cachePromote  = timed(timings.ElasticacheGlobalPromote, "promoting the other cluster takes that long at best")
	tableRestore  = timed(timings.DDBRestorePITRMin, "restoring a table takes that long whatever its size")
	nodeLaunch    = timed(timings.EKSScaleoutKarpenter2, "the nodes of a pilot light are launched first")
	groupLaunch   = timed(timings.EKSScaleoutCa, "the nodes of a group are launched first")
	// cacheZone has no figure: the page says that some writes may be lost.
	cacheZone = floor{
		Least: noFigure, Because: "replicas follow the lost node with a delay",
		Source: "https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/Replication.html",
	}
)

// backupEvery is the floor of backups that are some days apart.
func backupEvery(days int) floor {
	f := hourlyBackup
	f.Least = time.Duration(days) * day
	f.Because = "the other home holds only backups, declared that far apart"
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
	case Table:
		return []floor{tablePoint}
	case Queue:
		return []floor{ledgerPoint}
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
