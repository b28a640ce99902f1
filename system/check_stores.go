package system

import "fmt"

// eachStore calls f with every store, its path and how faults name it.
func (c *checker) eachStore(f func(path, label string, s Store)) {
	for i, s := range c.sys.Stores {
		f(fmt.Sprintf("stores[%d]", i), fmt.Sprintf("store %q", s.Name), s)
	}
}

// checkStoreTiers holds that every store has objectives.
func checkStoreTiers(c *checker) {
	c.eachStore(func(path, label string, s Store) {
		c.refer(path+".tier", label, "tier", s.Tier)
	})
}

// checkStoreSizes holds that sizes are given: restore times grow with them.
// What a queue holds is counted in its work ledger instead.
func checkStoreSizes(c *checker) {
	c.eachStore(func(path, label string, s Store) {
		at, counted := path+".sizeGiB", s.Kind != Queue && s.Kind != ""
		switch {
		case counted && !c.has(at):
			c.fault(at, "add sizeGiB: with the size you expect in a year", "%s has no sizeGiB", label)
		case counted && s.SizeGiB < 1:
			c.fault(at, "write the size you expect in a year", "%s: sizeGiB is %d, want at least 1", label, s.SizeGiB)
		case s.SizeGiB < 0:
			c.fault(at, "leave it out", "%s: sizeGiB is %d, want at least 0", label, s.SizeGiB)
		}
	})
}

// checkStoreOptions holds what only one kind of store has, and that what a
// cache loses comes back from somewhere.
func checkStoreOptions(c *checker) {
	c.eachStore(func(path, label string, s Store) {
		if s.WriteForwarding && s.Kind != Postgres && s.Kind != "" {
			c.fault(path+".writeForwarding", "only postgres forwards writes", "%s is a %s with writeForwarding", label, s.Kind)
		}
		if s.RebuildFrom != "" {
			c.rebuild(path, label, s)
		}
		if t, has := c.sys.Tier(s.Tier); has && s.Kind == Cache && t.Strategy == BackupRestore {
			c.fault(path+".tier", "give the cache a tier with pilot-light or more",
				"%s is a cache in tier %q, whose strategy %s keeps no cache in the other home: no plan makes it there",
				label, t.Name, t.Strategy)
		}
		if s.Kind == Cache && s.RebuildFrom == "" && s.Retention.DailyDays < 1 {
			c.fault(path, "add retention.dailyDays, or rebuildFrom with the store that holds the truth",
				"%s has neither snapshots nor a store to rebuild it from", label)
		}
	})
}

// rebuild holds the reference of a cache to the store it is filled from.
func (c *checker) rebuild(path, label string, s Store) {
	path += ".rebuildFrom"
	if s.Kind != Cache && s.Kind != "" {
		c.fault(path, "only a cache is rebuilt", "%s is a %s with rebuildFrom", label, s.Kind)
		return
	}
	c.refer(path, label, "store", s.RebuildFrom)
	if from, has := c.sys.Store(s.RebuildFrom); has && (from.Kind == Cache || from.Kind == Queue) {
		c.fault(path, "name a postgres, table or bucket store",
			"%s is rebuilt from %q, which is a %s and keeps nothing", label, s.RebuildFrom, from.Kind)
	}
}

// checkPointInTime holds how far back a point-in-time restore reaches. AWS
// takes 1 to 35 days for RDS, DynamoDB and continuous backups alike:
// https://docs.aws.amazon.com/aws-backup/latest/devguide/point-in-time-recovery.html
func checkPointInTime(c *checker) {
	c.eachStore(func(path, label string, s Store) {
		days, at := s.Retention.PITRDays, path+".retention.pitrDays"
		switch s.Kind {
		case Postgres, Table, Bucket:
			if !c.has(at) {
				c.fault(at, "add retention.pitrDays: 35", "%s has no pitrDays, want 1 to 35", label)
			} else if days < 1 || days > 35 {
				c.fault(at, "write a number from 1 to 35", "%s: pitrDays is %d, want 1 to 35", label, days)
			}
		case Queue, Cache:
			if days != 0 {
				c.fault(at, "leave it out", "%s is a %s, which cannot be restored to a point in time", label, s.Kind)
			}
		}
	})
}

// cadence is one frequency of backups.
type cadence struct {
	key string
	// every is the days between two backups.
	every int
	// days is how long each is kept; zero takes none.
	days int
}

func (r Retention) cadences() []cadence {
	return []cadence{
		{"hourlyDays", 1, r.HourlyDays},
		{"dailyDays", 1, r.DailyDays},
		{"weeklyDays", 7, r.WeeklyDays},
		{"monthlyDays", 31, r.MonthlyDays},
	}
}

// longestRetention is how many days AWS Backup keeps a recovery point at most:
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html
const longestRetention = 36500

// longestSnapshot is how many days ElastiCache keeps a snapshot at most:
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateReplicationGroup.html
const longestSnapshot = 35

// checkBackups holds that every store is backed up in a way its kind has.
// What a queue holds is backed up as the table that is its work ledger.
func checkBackups(c *checker) {
	c.eachStore(func(path, label string, s Store) {
		taken := 0
		for _, each := range s.Retention.cadences() {
			at := path + ".retention." + each.key
			if each.days > 0 {
				taken++
			}
			switch {
			case each.days < 0 || each.days > longestRetention:
				c.fault(at, "write the days that a backup is kept", "%s: %s is %d, want 0 to %d",
					label, each.key, each.days, longestRetention)
			case each.days == 0:
			case s.Kind == Queue, s.Kind == Cache && each.key != "dailyDays":
				c.fault(at, "leave it out", "%s is a %s, which has no backup of this frequency", label, s.Kind)
			case s.Kind == Cache && each.days > longestSnapshot:
				c.fault(at, "shorten it", "%s: dailyDays is %d, want at most %d for a cache", label, each.days, longestSnapshot)
			case each.days < each.every:
				c.fault(at, "keep each until the next one is there", "%s: %s is %d, want at least the %d days between two",
					label, each.key, each.days, each.every)
			}
		}
		if taken == 0 && (s.Kind == Postgres || s.Kind == Table || s.Kind == Bucket) {
			c.fault(path+".retention", "add dailyDays: 35", "%s has no backup, want at least one frequency", label)
		}
	})
}

// checkBackupOrder holds that rarer backups are kept at least as long:
// otherwise they say nothing that the more frequent ones do not.
func checkBackupOrder(c *checker) {
	c.eachStore(func(path, label string, s Store) {
		var before cadence
		for _, each := range s.Retention.cadences() {
			if each.days <= 0 {
				continue
			}
			if each.days < before.days {
				c.fault(path+".retention."+each.key, "keep rarer backups at least as long",
					"%s: %s is %d, less than %s with %d", label, each.key, each.days, before.key, before.days)
			}
			before = each
		}
	})
}

// coldStorageDays is how long AWS Backup keeps what has moved to cold storage at least:
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html
const coldStorageDays = 90

// noColdStorage says why a kind's backups never move to cold storage:
// https://docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html
var noColdStorage = map[StoreKind]string{
	Postgres: "AWS Backup has no cold storage for Aurora",
	Bucket:   "AWS Backup has no cold storage for S3",
	Queue:    "a queue has no backup",
	Cache:    "ElastiCache keeps snapshots in one class",
}

// checkColdStorage holds that only the monthly backups of tables move to cold
// storage, and stay there as long as AWS asks for.
func checkColdStorage(c *checker) {
	c.eachStore(func(path, label string, s Store) {
		cold, at := s.Retention.ColdAfterDays, path+".retention.coldAfterDays"
		switch {
		case cold == 0:
		case cold < 0:
			c.fault(at, "leave it out for no cold storage", "%s: coldAfterDays is %d, want at least 0", label, cold)
		case s.Kind != Table:
			c.fault(at, "leave it out", "%s is a %s with coldAfterDays: %s", label, s.Kind, noColdStorage[s.Kind])
		case s.Retention.MonthlyDays < cold+coldStorageDays:
			c.fault(at, fmt.Sprintf("keep monthly backups for %d days", cold+coldStorageDays),
				"%s: monthlyDays is %d, want at least the %d days of cold storage after coldAfterDays %d",
				label, s.Retention.MonthlyDays, coldStorageDays, cold)
		}
	})
}

// checkLock holds that nothing is locked for longer than it is kept. AWS
// Backup fails every job whose retention is below the lock's minimum:
// https://docs.aws.amazon.com/aws-backup/latest/devguide/vault-lock.html
func checkLock(c *checker) {
	c.eachStore(func(path, label string, s Store) {
		lock, at := s.Retention.LockDays, path+".retention.lockDays"
		if lock < 0 {
			c.fault(at, "leave it out for no lock", "%s: lockDays is %d, want at least 0", label, lock)
		}
		kept := append(s.Retention.cadences(), cadence{"pitrDays", 1, s.Retention.PITRDays})
		for _, each := range kept {
			if each.days > 0 && lock > each.days {
				c.fault(at, fmt.Sprintf("lock for at most %d days, or keep for longer", each.days),
					"%s: lockDays is %d, longer than %s with %d", label, lock, each.key, each.days)
				return
			}
		}
	})
}
