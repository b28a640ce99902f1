package alarms

import (
	"context"
	"fmt"
	"strings"
	"time"

	simulated "redoubt/sim/world"
	"redoubt/system"
	"redoubt/watch"
	"redoubt/watch/prober"
)

// jobs are the backups, the copies and the restore tests of both homes. The simulated regions know the jobs but begin
// none by themselves: what a plan's schedule would begin is begun here, by AWS's own calls, and each is looked after
// until its end. A restore test is taken for good where its home can list its backups (assumed).
type jobs struct {
	of       *Regions
	kept     map[system.Home][]keptStore
	done     map[made]time.Time
	wait     []waiting
	bad      map[bad]float64
	drift    time.Time
	drill    time.Time
	measured time.Time
	tests    time.Time
}

// keptStore is a store that a home backs up: its name, its ARN and how often.
type keptStore struct {
	name, arn string
	every     time.Duration
	next      time.Time
}

// made is what was made of a store in a home's vault, by the metric of its age.
type made struct {
	home  system.Home
	store string
	what  string
}

type bad struct {
	home   system.Home
	metric string
}

// waiting is a job under way.
type waiting struct {
	home    system.Home
	store   string
	point   string
	since   time.Time
	copying bool
}

// When the backups and the week's restore tests come first.
const (
	firstBackup = 6 * time.Minute
	firstTest   = 66 * time.Minute
)

func newJobs(r *Regions, past Past) *jobs {
	now := r.World.Now()
	ago := func(d time.Duration) time.Time {
		if d == 0 {
			d = time.Hour
		}
		return now.Add(-d)
	}
	j := &jobs{of: r, kept: map[system.Home][]keptStore{}, done: map[made]time.Time{}, bad: map[bad]float64{},
		drift: ago(past.Drift), drill: ago(past.Drill), measured: ago(past.Measured), tests: now.Add(firstTest)}
	for _, home := range system.Homes {
		for _, a := range r.catalogue[home].Alarms {
			if a.Concern != watch.Backup {
				continue
			}
			st, _ := r.System.Store(a.Store)
			k := keptStore{name: st.Name, arn: r.arn(home, st), every: watch.BackupEvery(st), next: now.Add(firstBackup)}
			j.kept[home] = append(j.kept[home], k)
			for what, at := range map[string]time.Time{watch.BackupAge: ago(past.Backup), watch.CopyAge: ago(past.Copy), watch.RestoreAge: ago(past.Restore)} {
				j.done[made{home, st.Name, what}] = at
			}
		}
	}
	return j
}

// arn is what AWS Backup backs up of a store.
func (r *Regions) arn(home system.Home, st system.Store) string {
	of := r.World.Inventory.Homes[home].Stores[st.Name]
	if st.Kind == system.Queue {
		return fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s", r.region(home), r.World.Inventory.Homes[home].Account, of.LedgerTable)
	}
	return of.Arn
}

// run begins what is due and looks after what was begun.
func (j *jobs) run(now time.Time) {
	clear(j.bad)
	for _, home := range system.Homes {
		if !j.of.up(home) {
			continue
		}
		for n := range j.kept[home] {
			if k := &j.kept[home][n]; !now.Before(k.next) {
				k.next = k.next.Add(k.every)
				j.begin(home, *k, now)
			}
		}
	}
	if !now.Before(j.tests) {
		j.tests = now.Add(7 * 24 * time.Hour)
		j.test(now)
	}
	j.look(now)
}

// begin begins a backup. A cache has none in AWS Backup: its snapshots are exported, and end well where the service answers.
func (j *jobs) begin(home system.Home, k keptStore, now time.Time) {
	of := j.of.World.Inventory.Homes[home]
	if strings.Contains(k.arn, ":elasticache:") {
		if j.of.from(home).Takes(context.Background(), j.of.active, k.name) == nil {
			j.done[made{home, k.name, watch.BackupAge}], j.done[made{home, k.name, watch.CopyAge}] = now, now
		}
		return
	}
	out, err := j.call(home, "StartBackupJob", simulated.Document{"BackupVaultName": of.Vault.Name, "ResourceArn": k.arn,
		"IamRoleArn": of.Vault.RestoreRoleArn, "Lifecycle": simulated.Document{"DeleteAfterDays": 8.0}})
	if err != nil {
		j.bad[bad{home, "NumberOfBackupJobsFailed"}]++
		return
	}
	point, _ := out["RecoveryPointArn"].(string)
	j.wait = append(j.wait, waiting{home: home, store: k.name, point: point, since: now})
}

// look sees which points have come, and sends each to the other home.
func (j *jobs) look(now time.Time) {
	var still []waiting
	for _, w := range j.wait {
		at, copied := w.home, watch.BackupAge
		if w.copying {
			at, copied = w.home.Peer(), watch.CopyAge
		}
		switch {
		case j.there(at, w, now):
			j.done[made{at, w.store, copied}] = now
			if !w.copying {
				still = j.copy(w, now, still)
			}
		case now.Sub(w.since) > 8*time.Hour:
			j.bad[bad{w.home, "NumberOfBackupJobsExpired"}]++
		default:
			still = append(still, w)
		}
	}
	j.wait = still
}

// there reports whether a job's recovery point stands in a home's vault.
func (j *jobs) there(home system.Home, w waiting, now time.Time) bool {
	if !j.of.up(home) {
		return false
	}
	return j.of.World.World.Any(j.of.region(home), "AWS::Backup::RecoveryPoint", func(e *simulated.Entity) bool {
		if !w.copying {
			return e.ID == w.point
		}
		return e.Created.After(w.since) && e.In["ResourceArn"] == j.of.arn(w.home, j.store(w.store)) && !now.Before(e.Created)
	})
}

func (j *jobs) store(name string) system.Store {
	st, _ := j.of.System.Store(name)
	return st
}

// copy sends a point to the other home.
func (j *jobs) copy(w waiting, now time.Time, still []waiting) []waiting {
	here, there := j.of.World.Inventory.Homes[w.home], j.of.World.Inventory.Homes[w.home.Peer()]
	_, err := j.call(w.home, "StartCopyJob", simulated.Document{"RecoveryPointArn": w.point, "SourceBackupVaultName": here.Vault.Name,
		"DestinationBackupVaultArn": there.Vault.Arn, "IamRoleArn": here.Vault.RestoreRoleArn})
	if err != nil {
		j.bad[bad{w.home, "NumberOfCopyJobsFailed"}]++
		return still
	}
	return append(still, waiting{home: w.home, store: w.store, point: w.point, since: now, copying: true})
}

// test is the week's restore tests.
func (j *jobs) test(now time.Time) {
	for _, home := range system.Homes {
		if !j.of.up(home) {
			continue
		}
		_, err := j.call(home, "ListRecoveryPointsByBackupVault", simulated.Document{"BackupVaultName": j.of.World.Inventory.Homes[home].Vault.Name})
		if err != nil {
			j.bad[bad{home, "NumberOfRestoreJobsFailed"}]++
			continue
		}
		for _, k := range j.kept[home] {
			j.done[made{home, k.name, watch.RestoreAge}] = now
		}
	}
}

func (j *jobs) call(home system.Home, operation string, in simulated.Document) (simulated.Document, error) {
	return j.of.World.World.Call(simulated.Request{Region: j.of.region(home), Service: "backup", Operation: operation, Input: in})
}

// failed is how many jobs failed in the last minute.
func (j *jobs) failed(home system.Home, metric string) float64 { return j.bad[bad{home, metric}] }

// last is when what a home's vault holds was made.
func (j *jobs) last(home system.Home) map[string]prober.Kept {
	out := map[string]prober.Kept{}
	for _, k := range j.kept[home] {
		of := func(what string) time.Time { return j.done[made{home, k.name, what}] }
		out[k.name] = prober.Kept{Backup: of(watch.BackupAge), Copied: of(watch.CopyAge), Restored: of(watch.RestoreAge)}
	}
	return out
}
