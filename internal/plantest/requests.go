package plantest

import (
	"time"

	"redoubt/recovery/diagnose"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// requests are the examples. The primary home serves unless a name says otherwise.
func requests(now time.Time) []Example {
	since := now.Add(-2 * time.Minute)
	finding := func(kind diagnose.Kind, home system.Home, name, why string) diagnose.Finding {
		return diagnose.Finding{Kind: kind, Home: home, Name: name, Since: since, Why: why}
	}
	healthy := finding(diagnose.Healthy, "", "", "nothing that was looked at is bad")
	cut := finding(diagnose.Partitioned, system.Primary, "", "secondary sees nothing of the primary home, arbiter does")
	cut.For = []diagnose.Observation{{Observer: "secondary", At: since, Aspect: diagnose.Entry, Home: system.Primary,
		State: diagnose.Bad, Detail: "no answer in 5s"}}
	cut.Against = []diagnose.Observation{{Observer: "arbiter", At: since, Aspect: diagnose.Entry, Home: system.Primary,
		State: diagnose.Good, Detail: "answers in 120ms"}}
	here, there := planner.Goal{Active: system.Primary}, planner.Goal{Active: system.Secondary}
	return []Example{
		{"zone-loss", planner.Request{Scenario: planner.ZoneLoss, Goal: here,
			Finding: finding(diagnose.ZoneLost, system.Primary, "eu-west-1a", "what runs in zone eu-west-1a does not answer")}},
		{"zone-back", planner.Request{Scenario: planner.ZoneLoss, Finding: healthy,
			Goal: planner.Goal{Active: system.Primary, Zone: "eu-west-1a"}}},
		{"writer-loss", planner.Request{Scenario: planner.WriterLoss, Goal: here,
			Finding: finding(diagnose.WriterLost, system.Primary, "tasks", "store tasks takes no writes in the primary home")}},
		{"writer-loss-cache", planner.Request{Scenario: planner.WriterLoss, Goal: here,
			Finding: finding(diagnose.WriterLost, system.Primary, "recall", "store recall takes no writes in the primary home")}},
		{"partition", planner.Request{Scenario: planner.Partition, Goal: here, Finding: cut}},
		{"partition-of-the-secondary", planner.Request{Scenario: planner.Partition, Goal: there,
			Finding: diagnose.Finding{Kind: diagnose.Partitioned, Home: system.Primary, Since: since, Why: cut.Why, For: cut.For}}},
		{"dependency-loss", planner.Request{Scenario: planner.DependencyLoss, Goal: here,
			Finding: finding(diagnose.DependencyLost, "", "large-model", "large-model does not answer any observer")}},
		{"dependency-back", planner.Request{Scenario: planner.DependencyLoss, Finding: healthy,
			Goal: planner.Goal{Active: system.Primary, Dependency: "large-model"}}},
		{"region-loss", planner.Request{Scenario: planner.RegionLoss, Goal: here,
			Finding: finding(diagnose.RegionLost, system.Primary, "", "secondary and arbiter see nothing of the primary home")}},
		{"region-loss" + Between, planner.Request{Scenario: planner.RegionLoss, Goal: here,
			Finding: finding(diagnose.RegionSilent, system.Primary, "", "secondary sees nothing of the primary home")}},
		{Routed, planner.Request{Scenario: planner.Switchover, Goal: here, Finding: healthy}},
		{"switchover", planner.Request{Scenario: planner.Switchover, Goal: here, Finding: healthy}},
		{"restore-table", planner.Request{Scenario: planner.Restore, Finding: healthy,
			Goal: planner.Goal{Active: system.Primary, Store: "sessions", At: now.Add(-8 * time.Minute)}}},
		{"restore-database", planner.Request{Scenario: planner.Restore,
			Finding: finding(diagnose.StoreCorrupt, system.Primary, "tasks", "store tasks holds what nobody wrote"),
			Goal:    planner.Goal{Active: system.Primary, At: now.Add(-8 * time.Minute)}}},
		{"restore-ledger", planner.Request{Scenario: planner.Restore, Finding: healthy,
			Goal: planner.Goal{Active: system.Primary, Store: "work", At: now.Add(-8 * time.Minute)}}},
		{"restore-bucket", planner.Request{Scenario: planner.Restore, Finding: healthy,
			Goal: planner.Goal{Active: system.Primary, Store: "artifacts", At: now.Add(-8 * time.Minute)}}},
		{"restore-cache", planner.Request{Scenario: planner.Restore, Finding: healthy,
			Goal: planner.Goal{Active: system.Primary, Store: "scores", At: now.Add(-8 * time.Minute)}}},
		{"restore-cache-that-is-rebuilt", planner.Request{Scenario: planner.Restore, Finding: healthy,
			Goal: planner.Goal{Active: system.Primary, Store: "recall"}}},
		{"rebuild", planner.Request{Scenario: planner.Rebuild, Goal: there, Finding: healthy}},
		{"failback" + Between, planner.Request{Scenario: planner.Failback, Goal: there, Finding: healthy}},
		{"failback", planner.Request{Scenario: planner.Failback, Goal: there, Finding: healthy}},
	}
}
