//go:build linux

package local

import (
	"fmt"
	"time"

	"redoubt/inventory"
	"redoubt/system"
)

// The stores of the homes, one of each kind.
const (
	Tasks     = "tasks"     // postgres
	Recall    = "recall"    // cache
	Sessions  = "sessions"  // table
	Artifacts = "artifacts" // bucket
	Work      = "work"      // queue
)

// name is the system's.
const name = "local"

// theSystem is what must survive here: one store of each kind in one critical tier, and
// no agent, because nobody runs Kubernetes here.
func theSystem() *system.System {
	return &system.System{
		Name: name, Domain: "agents.example.com",
		Tiers: []system.Tier{{Name: "core", Critical: true, Strategy: system.WarmStandby,
			Objectives: map[system.Disruption]system.Objective{
				system.RegionLoss: {RTO: 15 * time.Minute, RPO: time.Minute}}}},
		Stores: []system.Store{
			{Name: Tasks, Kind: system.Postgres, Tier: "core"},
			{Name: Recall, Kind: system.Cache, Tier: "core", RebuildFrom: Tasks},
			{Name: Sessions, Kind: system.Table, Tier: "core"},
			{Name: Artifacts, Kind: system.Bucket, Tier: "core"},
			{Name: Work, Kind: system.Queue, Tier: "core"},
		},
	}
}

// theInventory names what the homes are made of, as that of two homes on AWS would.
func theInventory() inventory.Inventory {
	inv := inventory.New(name, system.Secondary, home(system.Secondary))
	inv.Homes[system.Primary] = home(system.Primary)
	return inv
}

func home(of system.Home) inventory.Home {
	region := Regions[of]
	arn := func(service, rest string) string {
		return fmt.Sprintf("arn:aws:%s:%s:%s:%s", service, region, account, rest)
	}
	called := func(store string) string { return fmt.Sprintf("%s-%s-%s", name, store, of) }
	return inventory.Home{
		Region: region, Account: account, Zones: []string{region + "a", region + "b", region + "c"},
		Entry: inventory.Entry{Domain: "agents.example.com", Switch: inventory.MetricSwitch,
			SwitchNamespace: "Redoubt", SwitchMetric: "Taken", SwitchAlarm: called("taken")},
		Stores: map[string]inventory.Store{
			Tasks: {Kind: system.Postgres, Tier: "core", GlobalID: name + "-" + Tasks, Name: called(Tasks),
				Arn: arn("rds", "cluster:"+called(Tasks))},
			Recall: {Kind: system.Cache, Tier: "core", GlobalID: "ldgnf-" + name + "-" + Recall, Name: called(Recall),
				Arn: arn("elasticache", "replicationgroup:"+called(Recall))},
			Sessions:  {Kind: system.Table, Tier: "core", Name: name + "-" + Sessions},
			Artifacts: {Kind: system.Bucket, Tier: "core", Name: called(Artifacts)},
			Work:      {Kind: system.Queue, Tier: "core", Name: called(Work), LedgerTable: name + "-" + Work + "-ledger"},
		},
	}
}
