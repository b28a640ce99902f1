package watch

import (
	"fmt"
	"time"

	"redoubt/system"
)

// kept is what a home's vault keeps, by the name that the prober gives it.
type kept struct {
	store system.Store
	every time.Duration
}

// ofQueues is the retention of the tables that no file declares; stacks/ has the same.
var ofQueues = system.Retention{PITRDays: 35, HourlyDays: 7, DailyDays: 35}

func (b *builder) kept() []kept {
	var out []kept
	for _, st := range b.sys.Stores {
		if _, here := b.here.Stores[st.Name]; !here {
			continue
		}
		if !BackedUp(st) {
			continue
		}
		out = append(out, kept{st, BackupEvery(st)})
	}
	return out
}

// BackedUp reports whether a store has backups, copies of them and restore tests. What a cache loses that is rebuilt is
// read from another store.
func BackedUp(st system.Store) bool { return st.Kind != system.Cache || st.RebuildFrom == "" }

// BackupEvery is how often a store is backed up, by its retention; of a queue, its ledger.
func BackupEvery(st system.Store) time.Duration {
	r := st.Retention
	if st.Kind == system.Queue {
		r = ofQueues
	}
	switch {
	case r.HourlyDays > 0:
		return time.Hour
	case r.WeeklyDays > 0 && r.DailyDays == 0:
		return 7 * 24 * time.Hour
	}
	return 24 * time.Hour
}

// late is how old a backup may be: its interval, the eight hours in which AWS Backup may begin, and as much again as it
// takes at most of them: https://docs.aws.amazon.com/aws-backup/latest/devguide/plan-options-and-configuration.html
func late(every time.Duration) time.Duration { return every + max(every/2, 2*time.Hour) }

// backups watches that every store has a young backup, a copy of it from the other home, and a test that it restores.
func (b *builder) backups() {
	for _, k := range b.kept() {
		st := k.store
		b.aged(BackupAge, Backup, st, late(k.every), "The newest backup of store %s is too old",
			"backups of the store fail, or its plan does not select it any more",
			"aws backup list-backup-jobs --by-backup-vault-name "+b.here.Vault)
		if b.peer != nil {
			b.aged(CopyAge, Copy, st, late(max(k.every, 24*time.Hour))+24*time.Hour,
				"The newest copy of a backup of store %s from the other home is too old",
				"copies fail, or the other home makes no backups",
				"aws backup list-copy-jobs --by-destination-vault-arn $(aws backup describe-backup-vault --backup-vault-name "+
					b.here.Vault+" --query BackupVaultArn --output text)")
		}
		b.aged(RestoreAge, RestoreTest, st, 9*24*time.Hour, "No restore test of store %s ended well for more than a week",
			"restore tests fail, or their plan does not select the store any more",
			"aws backup list-restore-jobs --by-restore-testing-plan-arn $(aws backup list-restore-testing-plans "+
				"--query 'RestoreTestingPlans[0].RestoreTestingPlanArn' --output text)")
	}
	b.jobs()
}

// aged watches the age of something that must be made again and again.
func (b *builder) aged(metric string, concern Concern, st system.Store, oldest time.Duration, title, cause, command string) {
	b.timed(oldest, settles, Alarm{
		Part: st.Name + "-" + string(concern), Concern: concern, Severity: Ticket, Tier: st.Tier, Store: st.Name,
		Title:   fmt.Sprintf(title, st.Name),
		Queries: one(b.probed(metric, string(b.home), st.Name), "Maximum"), Comparison: Above, Threshold: oldest.Hours(),
		Unit: "hours", Period: 5 * time.Minute, Periods: 3, Missing: Breaching, MissingWhy: whySilence,
		Cause: cause, Command: command,
	})
}

// jobs watches what AWS Backup itself counts as failed, for the vault as a whole: its metrics know no store.
func (b *builder) jobs() {
	for _, j := range []struct{ part, what, metric, list string }{
		{"backup-jobs", "A backup", "NumberOfBackupJobsFailed", "list-backup-jobs --by-state FAILED"},
		{"backup-expired", "A backup did not begin in time and", "NumberOfBackupJobsExpired", "list-backup-jobs --by-state EXPIRED"},
		{"copy-jobs", "A copy of a backup", "NumberOfCopyJobsFailed", "list-copy-jobs --by-state FAILED"},
		{"restore-jobs", "A restore", "NumberOfRestoreJobsFailed", "list-restore-jobs --by-status FAILED"},
	} {
		b.timed(0, settlesBackup, Alarm{
			Part: j.part, Concern: BackupJob, Severity: Ticket, Title: j.what + " failed in this home",
			Queries:    one(Metric{"AWS/Backup", j.metric, dims("BackupVaultName", b.here.Vault)}, "Sum"),
			Comparison: Above, Threshold: 0, Unit: "jobs", Period: 5 * time.Minute, Periods: 1,
			Missing: NotBreaching, MissingWhy: whyEvents,
			Cause:   "a role, a key or the store's own state refused it; the job's message says which",
			Command: "aws backup " + j.list,
		})
	}
}
