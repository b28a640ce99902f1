package vault

import (
	"errors"
	"fmt"
	"slices"

	"redoubt/system"
)

// rule is one rule of a store's plan.
type rule struct {
	name, schedule string
	// days is how long a backup is kept, here and in the peer's vault.
	days int
	// coldAfter is the day a backup moves to cold storage; zero means never.
	coldAfter int
	// continuous backs up every change; its copies are snapshots of the schedule.
	continuous bool
	// copied rules put a copy in the peer's vault. The hourly ones stay at
	// home: what they are for, a slip of the last hours, is mended there.
	copied bool
	// completion is the minutes a job may take, start window included.
	completion int
}

// startWindow is the minutes in which a job must start: the shortest AWS takes.
const startWindow = 60

// The frequencies of backup. Schedules are UTC and stay clear of the
// maintenance and backup windows of the databases. A large bucket's first
// backup takes many hours, so only the hourly jobs are held to less than a day.
const (
	continuousName = "continuous"
	hourlyName     = "hourly"
	dailyName      = "daily"
	weeklyName     = "weekly"
	monthlyName    = "monthly"

	continuousSchedule = "cron(30 0/6 * * ? *)"
	hourlySchedule     = "cron(0 * * * ? *)"
	dailySchedule      = "cron(0 1 * * ? *)"
	weeklySchedule     = "cron(0 2 ? * SUN *)"
	monthlySchedule    = "cron(0 3 1 * ? *)"

	shortJob = 180
	longJob  = 1440
)

// continuousKinds are the kinds whose changes AWS Backup follows. A table's
// point-in-time recovery is DynamoDB's own:
// docs.aws.amazon.com/aws-backup/latest/devguide/backup-feature-availability.html.
var continuousKinds = map[system.StoreKind]bool{system.Postgres: true, system.Bucket: true}

// rules returns the rules of a store's plan, the finest first.
func (a *Args) rules(st system.Store) []rule {
	r := st.Retention
	var out []rule
	if continuousKinds[st.Kind] {
		out = append(out, rule{
			name: continuousName, schedule: continuousSchedule, days: r.PITRDays,
			continuous: true, copied: true, completion: longJob,
		})
	}
	for _, f := range []rule{
		{name: hourlyName, schedule: hourlySchedule, days: r.HourlyDays, completion: shortJob},
		{name: dailyName, schedule: dailySchedule, days: r.DailyDays, copied: true, completion: longJob},
		{name: weeklyName, schedule: weeklySchedule, days: r.WeeklyDays, copied: true, completion: longJob},
		{name: monthlyName, schedule: monthlySchedule, days: r.MonthlyDays, copied: true, completion: longJob},
	} {
		if f.days == 0 {
			continue
		}
		if f.name == monthlyName && st.Kind == system.Table {
			f.coldAfter = r.ColdAfterDays
		}
		out = append(out, f)
	}
	return out
}

// bounds is the shortest and the longest retention of some rules.
type bounds struct{ min, max int }

// bounds returns the lock's bounds: those given, or the ones into which every
// rule fits. A job outside them fails when it runs, not when it is planned. The
// peer's copies keep the days of the same rules, so they fit too.
func (a *Args) bounds() bounds {
	b := bounds{min: a.LockMinDays, max: a.LockMaxDays}
	low, high := lockMax, 1
	for _, r := range a.Resources {
		for _, f := range a.rules(r.Store) {
			low, high = min(low, f.days), max(high, f.days)
		}
	}
	if b.min == 0 {
		b.min = low
	}
	if b.max == 0 {
		b.max = high
	}
	return b
}

func (a *Args) lockFaults() []error {
	var errs []error
	b := a.bounds()
	if b.min < 1 || b.max > lockMax {
		errs = append(errs, fmt.Errorf("lock is %d to %d days, want within 1 to %d", b.min, b.max, lockMax))
	}
	if b.min > b.max {
		errs = append(errs, fmt.Errorf("lockMinDays is %d, more than lockMaxDays %d", b.min, b.max))
	}
	for _, r := range a.Resources {
		for _, f := range a.rules(r.Store) {
			if f.days < b.min || f.days > b.max {
				errs = append(errs, fmt.Errorf("store %q: %s backups are kept %d days, outside the lock of %d to %d: "+
					"every job would fail", r.Store.Name, f.name, f.days, b.min, b.max))
			}
		}
	}
	return errs
}

// coldDays is how long AWS keeps what has moved to cold storage, at least:
// docs.aws.amazon.com/aws-backup/latest/devguide/API_Lifecycle.html.
const coldDays = 90

func (a *Args) retentionFaults(st system.Store) []error {
	var errs []error
	r := st.Retention
	if r.PITRDays < 1 || r.PITRDays > 35 {
		errs = append(errs, fmt.Errorf("pitrDays is %d, want 1 to 35", r.PITRDays))
	}
	longest := 0
	for _, f := range []struct {
		name string
		days int
	}{
		{"hourlyDays", r.HourlyDays}, {"dailyDays", r.DailyDays},
		{"weeklyDays", r.WeeklyDays}, {"monthlyDays", r.MonthlyDays},
	} {
		if f.days < 0 {
			errs = append(errs, fmt.Errorf("%s is %d, want 0 or more", f.name, f.days))
		}
		longest = max(longest, f.days)
	}
	if !slices.ContainsFunc(a.rules(st), func(f rule) bool { return f.copied }) {
		errs = append(errs, errors.New("no daily, weekly or monthly backup: none would be copied to the other home"))
	}
	if r.WeeklyDays > 0 && r.WeeklyDays < 7 {
		errs = append(errs, fmt.Errorf("weeklyDays is %d, want 7 or more: some of the time there would be none",
			r.WeeklyDays))
	}
	if r.MonthlyDays > 0 && r.MonthlyDays < 31 {
		errs = append(errs, fmt.Errorf("monthlyDays is %d, want 31 or more: some of the time there would be none",
			r.MonthlyDays))
	}
	if r.LockDays > longest {
		errs = append(errs, fmt.Errorf("lockDays is %d, but no backup is kept longer than %d days", r.LockDays, longest))
	}
	return append(errs, a.coldFaults(st)...)
}

// coldFaults holds a store to what system.yaml is held to.
func (a *Args) coldFaults(st system.Store) []error {
	cold := st.Retention.ColdAfterDays
	switch {
	case cold == 0:
		return nil
	case cold < 0:
		return []error{fmt.Errorf("coldAfterDays is %d, want 0 or more", cold)}
	case st.Kind != system.Table:
		return []error{fmt.Errorf("coldAfterDays is %d, but only tables have cold storage", cold)}
	case st.Retention.MonthlyDays < cold+coldDays:
		return []error{fmt.Errorf("monthlyDays is %d, want %d or more: cold storage keeps a backup for %d days "+
			"after day %d", st.Retention.MonthlyDays, cold+coldDays, coldDays, cold)}
	}
	return nil
}
