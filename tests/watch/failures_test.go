package watch

import (
	"slices"
	"time"

	"redoubt/inventory"
	"redoubt/sim/alarms"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/watch"
)

// failure is one kind of failure and the alarm that is meant for it.
type failure struct {
	what string
	// home and part are the alarm that must go off first of all that are about it; severity is who is told.
	home     system.Home
	part     string
	severity watch.Severity
	// page is the composite that must page; empty for what is a ticket.
	page string
	past alarms.Past
	// lines are faults of the simulated regions, again and again every so often where that is given.
	lines []string
	// bends stand for what they do not know.
	bends []alarms.Bend
	// act is something else that is done.
	act func(*alarms.Regions) error
	// aged is how long the state lasted before the watch began: the stated time counts from there.
	aged time.Duration
	// later is how much longer everything is well: until shortly before what fails is tried.
	later time.Duration
	// before is what happens first, and is no part of the failure.
	before func(*alarms.Regions) error
	// again says that the incident ends and comes again, so that it may page again.
	again bool
}

const day = 24 * time.Hour

func on(home system.Home, part string) failure { return failure{home: home, part: part} }

func (f failure) pages(composite string) failure {
	f.severity, f.page = watch.Page, composite
	return f
}
func (f failure) tickets() failure { f.severity = watch.Ticket; return f }
func (f failure) by(what string, lines ...string) failure {
	f.what, f.lines = what, lines
	return f
}
func (f failure) bent(what string, bends ...alarms.Bend) failure {
	f.what, f.bends = what, bends
	return f
}
func (f failure) does(what string, act func(*alarms.Regions) error) failure {
	f.what, f.act = what, act
	return f
}
func (f failure) since(aged time.Duration, past alarms.Past) failure {
	f.aged, f.past = aged, past
	return f
}

func (f failure) once(before func(*alarms.Regions) error) failure {
	f.before = before
	return f
}
func (f failure) after(later time.Duration) failure { f.later = later; return f }
func (f failure) returns() failure                  { f.again = true; return f }

// always is a bend to one value.
func always(metric string, value float64, where ...string) alarms.Bend {
	return alarms.Bend{Metric: metric, Where: pairs(where...), Value: func(time.Duration, float64) (float64, bool) { return value, true }}
}

func times(metric string, factor float64, where ...string) alarms.Bend {
	return alarms.Bend{Metric: metric, Where: pairs(where...), Value: func(_ time.Duration, was float64) (float64, bool) { return was * factor, true }}
}

func gone(metric string, where ...string) alarms.Bend {
	return alarms.Bend{Metric: metric, Where: pairs(where...), Value: func(time.Duration, float64) (float64, bool) { return 0, false }}
}

func pairs(list ...string) map[string]string {
	out := map[string]string{}
	for n := 0; n < len(list); n += 2 {
		out[list[n]] = list[n+1]
	}
	return out
}

const (
	here, there = system.Primary, system.Secondary
	core, edge  = "tier-core", "tier-edge"
)

// failures are the kinds that are tried, each in homes of its own of which the primary serves.
func failures() []failure {
	p, s := string(here), string(there)
	return slices.Concat(losses(), copies(), keeping(), []failure{
		on(here, "work-age").pages(core).does("consumers of a queue stop", send("work", false)),
		on(here, "work-dead").tickets().does("a message that nobody can carry out", send("work", true)),
		on(here, "planner-ready").pages(core).bent("an agent's pods crash", always(watch.ReadyShare, 0.2, watch.DimHome, p, watch.DimAgent, "planner")),
		on(here, "planner-zones").tickets().bent("an agent's pods all stand in one zone", always(watch.ReadyZones, 1, watch.DimHome, p, watch.DimAgent, "planner")),
		on(here, "gateway-answers").pages(core).bent("the load balancer has no target of an agent", always(watch.Answers, 0, watch.DimHome, p, watch.DimAgent, "gateway")),
		on(here, "gateway-errors").pages(core).bent("an agent answers with errors", always("HTTPCode_Target_5XX_Count", 90, "TargetGroup", watch.TargetGroupRef("gateway"))),
		on(here, "gateway-slow").tickets().bent("an agent is slow", always("TargetResponseTime", 75, "TargetGroup", watch.TargetGroupRef("gateway"))),
		on(here, "silence").tickets().bent("the prober stops", gone(watch.Alive, watch.DimHome, p)),
		on(there, "silence-primary").tickets().bent("the prober of the other home stops", gone(watch.Alive, watch.DimHome, p)),
		on(there, "certificate").tickets().bent("the certificate is not renewed", always(watch.CertificateDays, 29, watch.DimHome, s)),
		on(there, "key-data").pages(watch.HomePart).bent("a key waits for its deletion", always(watch.KeyUsable, 0, watch.DimHome, s, watch.DimPurpose, "data")),
		on(there, "quota").tickets().bent("the quota in the receiving home is too small", always("SERVICE_QUOTA", 128, watch.DimHome, s)),
		on(there, "capacity").tickets().bent("something else uses the account's machines", always("ResourceCount", 450)),
		on(there, "line").tickets().bent("the line between the regions is slow", times(watch.RoundTrip, 8)),
		on(there, "tasks-transfer").tickets().bent("a loop writes without end", times("AuroraGlobalDBDataTransferBytes", 20)),
		on(here, "artifacts-replication").tickets().does("S3 gives objects up", gaveUp),
		on(here, "inventory").tickets().does("the other home was updated, and this one was not", updatePeer),
		on(here, "test").pages(watch.TestPart).does("somebody fires a test", fire),
	})
}

// losses are what the simulated regions lose.
func losses() []failure {
	return []failure{
		on(there, "silence-primary").pages(watch.LostPart).by("the primary region is lost", "region-down eu-west-1"),
		on(here, "silence-secondary").pages(watch.LostPart).by("the secondary region is lost", "region-down eu-central-1"),
		on(there, "gateway-answers-primary").pages(watch.LostPart).by("the regions are cut from each other", "partition eu-west-1 eu-central-1"),
		on(there, "return").pages(watch.ReturnPart).by("a home answers again after the judge moved the word", "region-up eu-west-1").once(moved),
		on(here, "nodes-eu-west-1a").tickets().by("a zone is lost", "zone-down eu-west-1a"),
		on(here, "gateway-zones").tickets().by("two zones are lost", "zone-down eu-west-1a", "zone-down eu-west-1b"),
		on(here, "tasks-writes").pages(core).by("a database's writer fails unnoticed", "writer-down atlas-tasks-primary eu-west-1"),
		on(here, "recall-writes").pages(core).by("a cache's writer fails unnoticed", "writer-down atlas-recall-primary eu-west-1"),
		on(here, "sessions-writes").pages(edge).by("DynamoDB is impaired in a region", "service-down dynamodb eu-west-1"),
		on(here, "artifacts-writes").tickets().by("S3 is impaired in a region", "service-down s3 eu-west-1"),
		on(here, "work-writes").pages(core).by("SQS is impaired in a region", "service-down sqs eu-west-1"),
		on(here, "edge-burn-fast-long").pages(edge).does("a service comes and goes", comesAndGoes).returns(),
	}
}

// copies are copies that fall behind.
func copies() []failure {
	return []failure{
		on(there, "tasks-lag").tickets().by("a database's copy is behind", "lag rds eu-west-1 eu-central-1 45s"),
		on(there, "tasks-rpo").pages(core).by("a database's copy is far behind", "lag rds eu-west-1 eu-central-1 10m"),
		on(here, "sessions-lag").tickets().by("a table's copy is behind", "lag dynamodb eu-west-1 eu-central-1 8s"),
		on(there, "sessions-rpo").pages(edge).by("a table's copy is far behind", "lag dynamodb eu-west-1 eu-central-1 5m"),
		on(there, "recall-lag").tickets().by("a cache's copy is behind", "lag elasticache eu-west-1 eu-central-1 45s"),
		on(there, "artifacts-lag").tickets().by("a bucket's copy is behind", "lag s3 eu-west-1 eu-central-1 10m"),
		on(there, "artifacts-rpo").tickets().by("a bucket's copy is far behind", "lag s3 eu-west-1 eu-central-1 1h"),
	}
}

// keeping is what must be done again and again.
func keeping() []failure {
	const refused = "fail every call of backup.StartBackupJob in eu-west-1 with AccessDeniedException"
	return []failure{
		on(here, "backup-jobs").tickets().by("a backup is refused", refused),
		on(here, "tasks-backup").tickets().by("backups fail again and again", refused).since(time.Hour, alarms.Past{}),
		on(here, "sessions-backup").tickets().by("the control plane of AWS Backup is gone", "control-plane-down backup eu-west-1").
			since(35*time.Hour, alarms.Past{Backup: 35 * time.Hour, Copy: time.Hour}),
		on(here, "copy-jobs").tickets().by("a copy is refused", "fail every call of backup.StartCopyJob in eu-west-1 with AccessDeniedException").
			after(10 * time.Minute),
		on(there, "tasks-copy").tickets().by("copies do not arrive", "fail every call of backup.StartCopyJob in eu-west-1 with AccessDeniedException").
			since(59*time.Hour, alarms.Past{Copy: 59 * time.Hour}),
		on(here, "restore-jobs").tickets().by("a restore test fails", "fail every call of backup.ListRecoveryPointsByBackupVault in eu-west-1 with AccessDeniedException"),
		on(here, "tasks-restore-test").tickets().by("restore tests do not end well", "fail every call of backup.ListRecoveryPointsByBackupVault in eu-west-1 with AccessDeniedException").
			since(9*day-time.Hour, alarms.Past{Restore: 9*day - time.Hour}),
		on(here, "drift").tickets().by("nobody compares what stands").since(3*day-time.Hour, alarms.Past{Drift: 3*day - time.Hour}),
		on(here, "drill").tickets().by("nobody drills").since(35*day-time.Hour, alarms.Past{Drill: 35*day - time.Hour}),
		on(here, "measured").tickets().by("nobody drills on AWS").since(watch.Quarter-time.Hour, alarms.Past{Measured: watch.Quarter - time.Hour}),
		on(here, "forecast").tickets().bent("a drill on AWS took longer than predicted", always(watch.MeasuredRatio, 2.5, watch.DimHome, string(here))),
	}
}

// send puts a message into the queue of a store, or into its dead letters, and nobody takes it.
func send(store string, dead bool) func(*alarms.Regions) error {
	return func(r *alarms.Regions) error {
		of := r.World.Inventory.Homes[here].Stores[store]
		url := of.URL
		if dead {
			url = of.DeadLetterURL
		}
		_, err := r.World.World.Call(world.Request{Region: r.World.Regions[here], Service: "sqs", Operation: "SendMessage",
			Input: world.Document{"QueueUrl": url, "MessageBody": "{}"}})
		return err
	}
}

// gaveUp is what S3 would tell of objects that it has given up: the simulated S3 gives none up.
func gaveUp(r *alarms.Regions) error {
	a, _ := r.Catalogue(here).Alarm("artifacts-replication")
	r.Put(here, a.Queries[0].Metric, 3)
	return nil
}

func fire(r *alarms.Regions) error {
	a, _ := r.Catalogue(here).Alarm("test")
	r.Put(here, a.Queries[0].Metric, 1)
	return nil
}

// comesAndGoes takes DynamoDB away for eight minutes of every twenty.
func comesAndGoes(r *alarms.Regions) error {
	for range 3 {
		if err := r.Break("service-down dynamodb eu-west-1"); err != nil {
			return err
		}
		if err := r.Pass(8*time.Minute, nil); err != nil {
			return err
		}
		if err := r.Break("service-up dynamodb eu-west-1"); err != nil {
			return err
		}
		if err := r.Pass(12*time.Minute, nil); err != nil {
			return err
		}
	}
	return nil
}

// updatePeer writes an inventory in the other home in which a store is called otherwise.
func updatePeer(r *alarms.Regions) error {
	of := r.World.Inventory.Homes[there]
	doc := inventory.New(r.System.Name, there, of)
	own := doc.Homes[there]
	own.Network.PeeringID = "pcx-0fedcba9876543210"
	doc.Homes[there] = own
	text, err := inventory.Encode(doc)
	if err != nil {
		return err
	}
	_, err = r.World.World.Call(world.Request{Region: of.Region, Service: "s3", Operation: "PutObject", Input: world.Document{
		"Bucket": of.Control.Bucket, "Key": inventory.ObjectKey(there), "Body": string(text)}})
	return err
}
