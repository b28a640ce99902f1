package readiness_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/diagnose"
	"redoubt/recovery/drill"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/recovery/readiness"
	"redoubt/system"
	"redoubt/witness"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// small is a system of a database and an agent.
var small = &system.System{
	Name: "atlas", Domain: "agents.example.com",
	Tiers: []system.Tier{{Name: "core", Critical: true, Strategy: system.WarmStandby, Objectives: map[system.Disruption]system.Objective{
		system.RegionLoss: {RTO: 20 * time.Minute, RPO: time.Minute}, system.DataLoss: {RTO: 6 * time.Hour, RPO: 10 * time.Minute}}}},
	Stores: []system.Store{{Name: "tasks", Kind: system.Postgres, Tier: "core"}, {Name: "files", Kind: system.Bucket, Tier: "core"}},
}

func home(h system.Home, region string) inventory.Home {
	return inventory.Home{
		Region: region, Account: "123456789012", Zones: []string{region + "a"}, Vault: inventory.Vault{Name: "vault"},
		Stores: map[string]inventory.Store{
			"tasks": {Kind: system.Postgres, Tier: "core", Name: "atlas-tasks-" + string(h), GlobalID: "atlas-tasks", Generation: 1,
				Arn: "arn:aws:rds:" + region + ":123456789012:cluster:atlas-tasks-" + string(h)},
			"files": {Kind: system.Bucket, Tier: "core", Name: "atlas-files-" + region, Generation: 1, Arn: "arn:aws:s3:::atlas-files-" + region},
		},
		Entry: inventory.Entry{Domain: "agents.example.com", Switch: inventory.MetricSwitch, SwitchNamespace: "n", SwitchMetric: "m",
			SwitchAlarm: "switch", Address: string(h) + ".elb"},
	}
}

// calm is an input in which nothing is wrong, with the answers of that.
func calm() *situation {
	ago := func(d time.Duration) string { return now.Add(-d).Format(time.RFC3339) }
	return &situation{
		Input: readiness.Input{
			System: small, Kind: witness.Measured, Now: now, Active: system.Primary, Answers: map[string]readiness.Answer{},
			Inventory: inventory.Inventory{Version: inventory.Version, System: "atlas", Home: system.Secondary, Homes: map[system.Home]inventory.Home{
				system.Primary: home(system.Primary, "eu-west-1"), system.Secondary: home(system.Secondary, "eu-central-1")}},
			InventoryAt: map[system.Home]time.Time{system.Primary: now.Add(-time.Hour), system.Secondary: now.Add(-time.Hour)},
			Silent:      map[system.Home]string{}, Leases: map[system.Home]lease.Lease{},
			Finding: diagnose.Finding{Kind: diagnose.Healthy, Why: "nothing that was looked at is bad"},
			Drills: []readiness.Drilled{{At: now.Add(-24 * time.Hour), Report: drill.Report{System: "atlas", Scenario: "region-loss",
				Disruption: system.RegionLoss, Active: system.Primary, Receiving: system.Secondary, Kind: witness.Simulated,
				Tiers: []drill.Tier{{Name: "core", Critical: true, RTO: plan.Duration(15 * time.Minute),
					Took: witness.Figure{Known: true, Value: 8 * time.Minute, Kind: witness.Simulated}}}}}},
		},
		says: map[string]plan.Document{
			"cloudwatch.GetMetricStatistics AuroraGlobalDBReplicationLag": lags(900),
			"cloudwatch.GetMetricStatistics ReplicationLatency":           lags(12),
			"cloudwatch.DescribeAlarms":                                   {"MetricAlarms": []any{plan.Document{"AlarmName": "switch"}}},
			"rds.DescribeDBClusters": {"DBClusters": []any{plan.Document{
				"LatestRestorableTime": ago(5 * time.Minute)}}},
			"s3.GetBucketVersioning": {"Status": "Enabled"},
			"backup.ListRecoveryPointsByBackupVault": {"RecoveryPoints": []any{
				plan.Document{"Status": "COMPLETED", "CreationDate": ago(30 * time.Hour)},
				plan.Document{"Status": "COMPLETED", "CreationDate": ago(6 * time.Hour)},
				plan.Document{"Status": "RUNNING", "CreationDate": ago(time.Minute)}}},
		},
	}
}

// lags are datapoints in no order; the youngest counts.
func lags(values ...float64) plan.Document {
	var points []any
	for n, v := range values {
		point := plan.Document{"Timestamp": now.Add(-time.Duration(n+1) * time.Minute).Format(time.RFC3339), "Maximum": v, "Average": v}
		points = append([]any{point}, points...)
	}
	return plan.Document{"Datapoints": points}
}

// situation is an input with what calls are answered, by operation and metric; what is not among them is refused.
type situation struct {
	readiness.Input
	says map[string]plan.Document
}

func (s *situation) judge(t *testing.T) readiness.Readiness {
	t.Helper()
	for range 10 {
		r, missing := readiness.Judge(s.Input)
		if len(missing) == 0 {
			return r
		}
		for _, c := range missing {
			metric, _ := c.Input["MetricName"].(string)
			doc, has := s.says[strings.TrimSpace(c.Service+"."+c.Operation+" "+metric)]
			var err error
			if !has {
				err = fmt.Errorf("%s answers nothing", c.Operation)
			}
			s.Answers[planner.CallKey(c)] = readiness.AnswerOf(doc, err)
		}
	}
	t.Fatal("it asks for ever")
	return readiness.Readiness{}
}

func TestJudge_calmHomesAreReady(t *testing.T) {
	t.Parallel()
	r := calm().judge(t)
	assert.Equal(t, readiness.Ready, r.Verdict)
	assert.Empty(t, r.Reasons)
	assert.Equal(t, "Yes. The secondary home would take over.", r.Headline.Can)
	assert.Equal(t, "The last 12s of files (measured), which may lose 1m (objective). Of every other store less of what it may lose.",
		r.Headline.Lose)
	assert.Contains(t, r.Headline.Long, "by budgets")
	assert.Contains(t, r.Headline.Long, "the objective of tier core is 20m; the last drill took 8m (simulated).")
	require.Len(t, r.Moves, 2)
	assert.True(t, r.Moves[0].Possible)
	assert.Equal(t, []readiness.Gate{{ID: "approval", Title: "A person approves the move"}}, r.Moves[1].Asks)
	require.Len(t, r.Stores, 2)
	assert.Equal(t, readiness.Figure{Known: true, Seconds: 0.9, Kind: witness.Measured}, r.Stores[0].Lag)
	assert.Equal(t, readiness.Figure{Known: true, Seconds: 60, Kind: readiness.Objective}, r.Stores[0].RPO)
	assert.Equal(t, readiness.Figure{Known: true, Seconds: 300, Kind: witness.Measured}, r.Stores[0].Backup.Age)
	assert.InDelta(t, 6*3600, r.Stores[0].Copy.Age.Seconds, 1, "the newest that is complete")
	assert.Empty(t, r.Alarms, "the switch's alarm says who has acted")
}

func TestJudge_namesWhatIsWrong(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		spoil   func(*situation)
		verdict readiness.Verdict
		// want is a reason as state, what it is about, and how its text begins.
		want string
	}{
		"lag above its objective": {func(s *situation) {
			s.says["cloudwatch.GetMetricStatistics AuroraGlobalDBReplicationLag"] = lags(61_000, 5)
		},
			readiness.NotReady, "bad|store tasks|tasks is 1m1s behind in the secondary home, and may lose at most 1m"},
		"lag that was": {func(s *situation) { s.says["cloudwatch.GetMetricStatistics ReplicationLatency"] = lags(1, 900) }, readiness.Ready, ""},
		"lag of a bucket": {func(s *situation) { s.says["cloudwatch.GetMetricStatistics ReplicationLatency"] = lags(900) },
			readiness.NotReady, "bad|store files|files is 15m behind"},
		"no datapoint": {func(s *situation) { s.says["cloudwatch.GetMetricStatistics ReplicationLatency"] = lags() },
			readiness.Attention, "unknown|lag|files: cannot be told: the metric has no datapoint"},
		"no datapoint of a gate": {func(s *situation) { s.says["cloudwatch.GetMetricStatistics AuroraGlobalDBReplicationLag"] = lags() },
			readiness.NotReady, "bad|region-loss gate lag-tasks|whether the lag of tasks is at most its objective of 1m0s cannot be told"},
		"backup late": {func(s *situation) {
			s.says["rds.DescribeDBClusters"] = plan.Document{"DBClusters": []any{plan.Document{"LatestRestorableTime": now.Add(-time.Hour).Format(time.RFC3339)}}}
		}, readiness.Attention, "look|backups|tasks: it is 1h old, want at most 10m"},
		"backup missing": {func(s *situation) {
			s.says["rds.DescribeDBClusters"] = plan.Document{"DBClusters": []any{plan.Document{}}}
		},
			readiness.Attention, "look|backups|tasks: it is switched off, or reaches nothing yet"},
		"backup refused":  {func(s *situation) { delete(s.says, "rds.DescribeDBClusters") }, readiness.Attention, "unknown|backups|tasks: cannot be told: unreachable"},
		"versions off":    {func(s *situation) { s.says["s3.GetBucketVersioning"] = plan.Document{"Status": "Suspended"} }, readiness.Attention, "look|backups|files: the bucket keeps no versions"},
		"copies missing":  {func(s *situation) { s.says["backup.ListRecoveryPointsByBackupVault"] = plan.Document{} }, readiness.Attention, "look|copies in the secondary home|tasks, files: none has come there yet"},
		"drill never":     {func(s *situation) { s.Drills = nil }, readiness.Attention, "look|drill|the loss of a region was never drilled"},
		"drill too old":   {func(s *situation) { s.Drills[0].At = now.AddDate(0, 0, -40) }, readiness.Attention, "look|drill|the last drill of the loss of a region is 40 days old, want at most 28 days"},
		"drill failed":    {func(s *situation) { s.Drills[0].Failed, s.Drills[0].Wrong = true, []string{"late"} }, readiness.NotReady, "bad|drill|the last drill region-loss failed: late"},
		"drill unread":    {func(s *situation) { s.Unread = []string{"x.json: no"} }, readiness.Attention, "unknown|drill|a report of a drill cannot be read: x.json: no"},
		"not deployed":    {func(s *situation) { delete(s.Inventory.Homes, system.Secondary) }, readiness.NotReady, "bad|secondary home|the secondary home is not up"},
		"peerReady false": {func(s *situation) { s.Alone = []system.Home{system.Primary} }, readiness.NotReady, "bad|primary home|the primary home was not updated since its peer is up"},
		"inventory stale": {func(s *situation) { s.InventoryAt[system.Secondary] = now.AddDate(0, 0, -9) }, readiness.NotReady, "bad|region-loss gate inventory|the secondary home wrote its inventory"},
		"inventory of the home that serves stale": {func(s *situation) { s.InventoryAt[system.Primary] = now.AddDate(0, 0, -9) },
			readiness.Attention, "look|primary home|the primary home wrote its inventory 9 days ago, want at most 7 days"},
		"drill that moved nothing": {func(s *situation) {
			stayed := s.Drills[0]
			stayed.Receiving, s.Drills[0].At = stayed.Active, now.AddDate(0, 0, -40)
			s.Drills = append(s.Drills, stayed)
		}, readiness.Attention, "look|drill|the last drill of the loss of a region is 40 days old"},
		"silent": {func(s *situation) { s.Silent[system.Primary] = "no answer" }, readiness.NotReady, "bad|primary home|the primary home does not answer"},
		"lease held": {func(s *situation) {
			s.Leases[system.Secondary] = lease.Lease{Owner: "ann", Until: now.Add(time.Minute)}
		},
			readiness.NotReady, "bad|lease|ann holds the lease under which plans run in the secondary home"},
		"lease ended": {func(s *situation) {
			s.Leases[system.Secondary] = lease.Lease{Owner: "ann", Until: now.Add(-time.Minute)}
		}, readiness.Ready, ""},
		"run open": {func(s *situation) { s.Run = &readiness.Run{Name: "one"} }, readiness.NotReady, "bad|run|run one is not at its end"},
		"run unproven": {func(s *situation) {
			s.Run = &readiness.Run{Name: "one", Ended: true, Outcome: "not proven recovered", Why: "no"}
		},
			readiness.Attention, "look|run|run one ended not proven recovered: no"},
		"moved just now": {func(s *situation) { s.MovedAt = now.Add(-time.Minute) }, readiness.NotReady, "bad|region-loss gate anti-flapping|traffic moved 1m0s ago"},
		"nobody serves":  {func(s *situation) { s.Active, s.Nowhere = "", "no such name" }, readiness.NotReady, "bad|traffic|which home serves cannot be told: no such name"},
		"nobody looks":   {func(s *situation) { s.Finding, s.Unseen = diagnose.Finding{}, "no observers" }, readiness.Attention, "unknown|observers|nobody observes the homes: no observers"},
		"dependency gone": {func(s *situation) {
			s.Finding = diagnose.Finding{Kind: diagnose.DependencyLost, Name: "model", Why: "it is gone"}
		},
			readiness.NotReady, "bad|found|dependency lost: it is gone"},
		"cut from each other": {func(s *situation) {
			s.Finding = diagnose.Finding{Kind: diagnose.Partitioned, Home: system.Primary, Why: "they disagree"}
		},
			readiness.NotReady, "bad|region-loss gate quorum|the finding is partitioned"},
		"alarm": {func(s *situation) {
			s.says["cloudwatch.DescribeAlarms"] = plan.Document{"CompositeAlarms": []any{plan.Document{"AlarmName": "tier-core", "StateReason": "late"}}}
		}, readiness.Attention, "look|alarm|alarm tier-core fires in the primary home: late"},
		"longer than promised": {func(s *situation) {
			hasty := *small
			hasty.Tiers = []system.Tier{small.Tiers[0]}
			hasty.Tiers[0].Objectives = map[system.Disruption]system.Objective{system.RegionLoss: {RTO: time.Second, RPO: time.Minute}}
			s.System = &hasty
		}, readiness.Attention, "look|time|the plan's budgets add up to"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := calm()
			s.System = small
			c.spoil(s)
			r := s.judge(t)
			var all []string
			for _, one := range r.Reasons {
				all = append(all, fmt.Sprintf("%s|%s|%s", one.State, one.About, one.Text))
			}
			assert.Equal(t, c.verdict, r.Verdict, strings.Join(all, "\n"))
			assert.True(t, c.want == "" && len(all) == 0 || c.want != "" && strings.Contains("\n"+strings.Join(all, "\n"), "\n"+c.want),
				"want %q among\n%s", c.want, strings.Join(all, "\n"))
			assert.NotEmpty(t, r.Next)
		})
	}
}

// adoptions are what a control bucket holds for the stacks, by key.
func adoptions(keys ...string) plan.Document {
	var all []any
	for _, key := range keys {
		all = append(all, plan.Document{"Key": key, "LastModified": now.Add(-time.Hour).Format(time.RFC3339)})
	}
	return plan.Document{"Versions": all}
}

func TestJudge_whatWasRestoredIsToldToTheStacksFirst(t *testing.T) {
	t.Parallel()
	const key = "s3.ListObjectVersions"
	for name, c := range map[string]struct {
		answer plan.Document
		next   string
		reason string
	}{
		"not told":          {adoptions("adoption/tasks-g2.json", "adoption/tasks-g3.json", "adoption/other"), "redoubt sim adopt tasks", "bad|restore|tasks was restored as generation 3, "},
		"told":              {adoptions("adoption/tasks-g1.json"), "redoubt plan restore --store tasks --at TIME --out plan.json", "bad|found|store corrupt: it is wrong"},
		"of no store":       {adoptions("adoption/tusks-g9.json"), "redoubt plan restore --store tasks --at TIME --out plan.json", "bad|found|store corrupt: it is wrong"},
		"nobody can say so": {nil, "redoubt plan restore --store tasks --at TIME --out plan.json", "unknown|restores|whether the stacks know what was restored cannot be told: "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := calm()
			s.Kind, s.Finding = witness.Simulated, diagnose.Finding{Kind: diagnose.StoreCorrupt, Home: system.Primary, Name: "tasks", Why: "it is wrong"}
			of := s.Inventory.Homes[system.Primary]
			of.Control.Bucket = "control"
			s.Inventory.Homes[system.Primary] = of
			if c.answer != nil {
				s.says[key] = c.answer
			}
			r := s.judge(t)
			var all []string
			for _, one := range r.Reasons {
				all = append(all, fmt.Sprintf("%s|%s|%s", one.State, one.About, one.Text))
			}
			assert.Contains(t, strings.Join(all, "\n"), c.reason)
			assert.Equal(t, c.next, r.Next)
		})
	}
}

// returnedHome is the primary home back after its loss, while the secondary serves; its agent runs so many replicas.
func returnedHome(replicas int) *situation {
	s := calm()
	sys := *small
	sys.Agents = []system.Agent{{Name: "worker", Tier: "core", Stores: []system.Use{{Store: "tasks", Write: true}}}}
	s.System, s.Active = &sys, system.Secondary
	for _, h := range system.Homes {
		of := s.Inventory.Homes[h]
		of.Agents = map[string]inventory.Agent{"worker": {Tier: "core", Deployment: "worker", Scaler: "worker", ScalerKind: "HorizontalPodAutoscaler", Active: 12, Standby: 9}}
		s.Inventory.Homes[h] = of
	}
	s.says["kubernetes.Get"] = plan.Document{"status": plan.Document{"replicas": float64(replicas)}}
	return s
}

func TestJudge_aHomeThatIsBackIsRebuiltFirst(t *testing.T) {
	t.Parallel()
	const next = "redoubt plan rebuild --out rebuild.json"
	for name, c := range map[string]struct {
		replicas int
		run      *readiness.Run
		want     string
	}{
		"old writers run":      {12, nil, "more of worker runs in the primary home, which does not serve, than a standby keeps"},
		"its loss was the run": {9, &readiness.Run{Ended: true, Outcome: "recovered", Lost: system.Primary}, "the region of the primary home was lost and is back: "},
		"a standby":            {9, &readiness.Run{Ended: true, Outcome: "recovered"}, ""},
		"a run that never was": {9, &readiness.Run{Ended: true, Outcome: "refused", Lost: system.Primary}, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := returnedHome(c.replicas)
			s.Run = c.run
			r := s.judge(t)
			found := slices.IndexFunc(r.Reasons, func(one readiness.Reason) bool { return one.About == "old writers" })
			if c.want == "" {
				assert.Negative(t, found)
				return
			}
			require.GreaterOrEqual(t, found, 0)
			assert.Contains(t, r.Reasons[found].Text, c.want)
			assert.Equal(t, next, r.Next)
			assert.Equal(t, readiness.NotReady, r.Verdict)
			for _, one := range r.Reasons {
				assert.NotContains(t, one.About, planner.OldWritersGate, "it is told once")
			}
		})
	}
}

func TestJudge_aLossIsAReasonToMove(t *testing.T) {
	t.Parallel()
	s := calm()
	s.Silent[system.Primary] = "no answer"
	s.Finding = diagnose.Finding{Kind: diagnose.RegionSilent, Home: system.Primary, Why: "nobody sees it"}
	r := s.judge(t)
	assert.Equal(t, "Yes, by redoubt plan region-loss, when a person answers for gate confirmed-fence.", r.Headline.Can)
	assert.Equal(t, readiness.NotReady, r.Verdict)
	delete(s.Inventory.Homes, system.Secondary)
	assert.Contains(t, s.judge(t).Headline.Can, "No: ", "there is nowhere to go")
}

func TestJudge_saysUntilWhenItMustBeWaited(t *testing.T) {
	t.Parallel()
	s := calm()
	s.MovedAt = now.Add(-10 * time.Minute)
	assert.Equal(t, "wait until 2026-03-01T12:20:00Z", s.judge(t).Next)
}

func TestJudge_aStoreThatIsCorruptIsNotGood(t *testing.T) {
	t.Parallel()
	s := calm()
	s.Finding = diagnose.Finding{Kind: diagnose.StoreCorrupt, Home: system.Primary, Name: "files", Why: "it is wrong"}
	r := s.judge(t)
	assert.Equal(t, []any{readiness.Good, readiness.Bad, "corrupt"}, []any{r.Stores[0].State, r.Stores[1].State, r.Stores[1].Why})
}

func TestJudge_asksNothingOfASilentHome(t *testing.T) {
	t.Parallel()
	s := calm()
	s.Silent[system.Primary] = "no answer"
	_, missing := readiness.Judge(s.Input)
	assert.NotEmpty(t, missing)
	for _, c := range missing {
		assert.Equal(t, system.Secondary, c.Home, "%s", c)
	}
}

func TestJudge_afterAFailoverTheWayBackIsJudged(t *testing.T) {
	t.Parallel()
	s := calm()
	s.Active = system.Secondary
	r := s.judge(t)
	assert.Equal(t, readiness.Ready, r.Verdict)
	assert.Equal(t, planner.Failback, r.Moves[1].Scenario)
	assert.Equal(t, system.Primary, r.Receiving)
}
