package readiness

import (
	"fmt"
	"strings"
	"time"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// backup says how old the newest moment is that a restore of a store reaches, and the newest backup in the other home.
func (j *judge) backup(s system.Store, t system.Tier, out *Store) {
	of, held := j.storeOf(j.Readiness.Active, s.Name)
	limit := Figure{Kind: Objective}
	if o, has := t.Objectives[system.DataLoss]; has {
		limit = figure(o.RPO, Objective)
	}
	out.Backup = Backup{What: "none", Limit: limit, State: Good, Age: Figure{Kind: j.Input.Kind}}
	out.Copy = Backup{What: "none", Limit: figure(Lasts, Objective), State: Good, Age: Figure{Kind: j.Input.Kind}}
	switch {
	case !held:
		out.Backup.State, out.Copy.State = Bad, Bad
		return
	case s.RebuildFrom != "":
		out.Backup.What, out.Copy.What = "rebuilt from "+s.RebuildFrom, "rebuilt from "+s.RebuildFrom
		return
	}
	j.reach(s, of, &out.Backup)
	j.judgeAge(&out.Backup, "backups", s.Name)
	if t.Strategy == system.BackupRestore && (s.Kind == system.Table || s.Kind == system.Cache) {
		out.Copy.Limit = out.RPO // it is all that the other home has
	}
	j.copied(s, of, &out.Copy)
	j.judgeAge(&out.Copy, "copies in the "+string(j.Receiving)+" home", s.Name)
}

// judgeAge holds the age of a backup against its limit.
func (j *judge) judgeAge(b *Backup, about, store string) {
	if b.State == Good && b.Age.Known && b.Limit.Known && b.Age.Span() > b.Limit.Span() {
		b.State, b.Why = Late, fmt.Sprintf("it is %s old, want at most %s", age(b.Age.Span()), short(b.Limit.Span()))
	}
	if b.State != Good {
		j.late = append(j.late, lateness{store, Reason{State: b.State, About: about, Text: b.Why}})
	}
}

// lateness is a backup that is not as it should be.
type lateness struct {
	store string
	Reason
}

// lateness tells of all backups of which the same is to be said at once.
func (j *judge) lateness() {
	for n, one := range j.late {
		stores := []string{}
		first := n
		for m, other := range j.late {
			if other.Reason == one.Reason {
				stores, first = append(stores, other.store), min(first, m)
			}
		}
		if first == n {
			j.because(one.State, one.About, "", strings.Join(stores, ", ")+": "+one.Text)
		}
	}
}

// reach asks how far a restore in the home that serves reaches.
func (j *judge) reach(s system.Store, of inventory.Store, b *Backup) {
	home := j.Readiness.Active
	switch s.Kind {
	case system.Postgres:
		b.What = "point in time"
		j.until(b, aws(home, "rds", "DescribeDBClusters", plan.Document{"DBClusterIdentifier": of.Name}),
			"DBClusters[0].LatestRestorableTime")
	case system.Table, system.Queue:
		name := of.Name
		if s.Kind == system.Queue {
			name = of.LedgerTable
		}
		b.What = "point in time"
		j.until(b, aws(home, "dynamodb", "DescribeContinuousBackups", plan.Document{"TableName": name}),
			"ContinuousBackupsDescription.PointInTimeRecoveryDescription.LatestRestorableDateTime")
	case system.Cache:
		b.What = "snapshot"
		j.youngest(b, aws(home, "elasticache", "DescribeSnapshots", plan.Document{"ReplicationGroupId": of.Name}), "there is no snapshot yet",
			func(a plan.Document) (all []string) {
				for _, snapshot := range listed(a, "Snapshots") {
					at, _ := plan.Path("NodeSnapshots[0].SnapshotCreateTime").Find(snapshot)
					all = append(all, text(at))
				}
				return all
			})
	case system.Bucket:
		b.What = "versions"
		j.versions(b, aws(home, "s3", "GetBucketVersioning", plan.Document{"Bucket": of.Name}))
	}
}

// copied asks for the newest backup in the other home: in its vault, or of a cache among its exported snapshots.
func (j *judge) copied(s system.Store, of inventory.Store, b *Backup) {
	home, up := j.home(j.Receiving)
	if !up {
		b.State, b.Why = Late, "there is no other home"
		return
	}
	if s.Kind == system.Cache {
		b.What = "exported snapshot"
		to, _ := j.storeOf(j.Receiving, s.Name)
		j.youngest(b, aws(j.Receiving, "s3", "ListObjectVersions", plan.Document{"Bucket": to.SnapshotBucket}), "none has come there yet",
			func(a plan.Document) (all []string) {
				for _, v := range listed(a, "Versions") {
					all = append(all, text(v["LastModified"]))
				}
				return all
			})
		return
	}
	b.What = "recovery point"
	arn := of.Arn
	if s.Kind == system.Queue {
		own := j.Inventory.Homes[j.Readiness.Active]
		arn = fmt.Sprintf("arn:aws:dynamodb:%s:%s:table/%s", own.Region, own.Account, of.LedgerTable)
	}
	j.youngest(b, aws(j.Receiving, "backup", "ListRecoveryPointsByBackupVault", plan.Document{
		"BackupVaultName": home.Vault.Name, "ByResourceArn": arn}), "none has come there yet",
		func(a plan.Document) (all []string) {
			for _, p := range listed(a, "RecoveryPoints") {
				if p["Status"] == "COMPLETED" {
					all = append(all, text(p["CreationDate"]))
				}
			}
			return all
		})
}

// until reads one moment out of an answer.
func (j *judge) until(b *Backup, c plan.Call, path plan.Path) {
	j.youngest(b, c, "it is switched off, or reaches nothing yet", func(a plan.Document) []string {
		at, _ := path.Find(a)
		return []string{text(at)}
	})
}

// youngest reads the youngest moment out of an answer.
func (j *judge) youngest(b *Backup, c plan.Call, none string, moments func(plan.Document) []string) {
	a, told := j.ask(c)
	switch {
	case !told:
		return
	case a.Err != "":
		b.State, b.Why = Unknown, "cannot be told: "+a.Err
		return
	}
	var best time.Time
	for _, stamp := range moments(a.Document) {
		if at, err := time.Parse(time.RFC3339, stamp); err == nil && at.After(best) {
			best = at
		}
	}
	if best.IsZero() {
		b.State, b.Why = Late, none
		return
	}
	b.Age = figure(max(j.Now.Sub(best), 0), j.Input.Kind)
}

// versions holds that a bucket keeps what is written over: then a restore reaches every moment.
func (j *judge) versions(b *Backup, c plan.Call) {
	a, told := j.ask(c)
	switch {
	case !told:
	case a.Err != "":
		b.State, b.Why = Unknown, "cannot be told: "+a.Err
	case a.Document["Status"] != "Enabled":
		b.State, b.Why = Late, "the bucket keeps no versions"
	default:
		b.Age = figure(0, j.Input.Kind)
	}
}
