package system_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
	"redoubt/timings"
)

func TestParse_objectives(t *testing.T) {
	t.Parallel()
	checkEdits(t, []edit{
		{"recovery in no time", "data: {rto: 4h", "data: {rto: §0s", "rto for data is 0s, and no recovery", ""},
		{
			"availability of one", "availability: 0.999", "availability: §1", "availability for zone is 1, want 0 to below 1",
			"0.9995",
		},
		{"availability in percent", "availability: 0.999", "availability: §99.9", "availability for zone is 99.9", ""},
		{"availability below zero", "availability: 0.999", "availability: §-0.1", "is -0.1", ""},
		{"availability that is none", "availability: 0.999", "availability: §.nan", "is NaN", ""},
		{
			"bucket in a lost region", "region: {rto: 15m, rpo: 15m}", "region: {rto: 15m, rpo: §14m}",
			`rpo for region is 14m, want at least 15m for the bucket "files"`, `move store "files" to another tier`,
		},
		{
			"table in a lost region", "region: {rto: 5m, rpo: 5s}", "region: {rto: 5m, rpo: §999ms}",
			`want at least 1s for the table "notes"`, "allow 1s or more",
		},
		{
			"damaged table", "data: {rto: 4h, rpo: 10m}", "data: {rto: 4h, rpo: §4m}",
			`want at least 5m for the table "notes": the latest restorable time lies behind now (ddb.pitr.latest, https://`, "",
		},
		{
			"restored table", "data: {rto: 4h, rpo: 10m}", "data: {rto: §19m, rpo: 10m}",
			`rto for data is 19m, want at least 20m for the table "notes"`, "",
		},
		{
			"promoted postgres", "region: {rto: 15m, rpo: 15m}", "region: {rto: §59s, rpo: 15m}",
			`rto for region is 59s, want at least 1m for the postgres "ledger"`, "",
		},
	})
}

// tierWith is a system whose one tier has one store, and that store's kind.
func tierWith(strategy system.Strategy, d system.Disruption, objective, store string) string {
	text := "name: demo\ndomain: demo.example.com\ntiers:\n  - name: only\n"
	text += "    strategy: " + string(strategy) + "\n    objectives:\n"
	for _, each := range system.Disruptions {
		promise := "{rto: 30d, rpo: 90d}"
		if each == d {
			promise = objective
		}
		text += fmt.Sprintf("      %s: %s\n", each, promise)
	}
	return text + "stores:\n  - {name: it, tier: only, " + store + "}\n" + `agents:
  - {name: front, tier: only, image: "demo/front:1", replicas: 2, load: 1, perReplica: 1,
     resources: {cpuMillis: 1, memoryMiB: 1}, port: 8080, public: true}
`
}

// What each kind of store can do is held exactly: a second less is refused,
// and the entry of the timings is named.
func TestParse_recoveryPointsStandOnTimings(t *testing.T) {
	t.Parallel()
	const (
		postgres = "kind: postgres, sizeGiB: 1, retention: {pitrDays: 7, "
		table    = "kind: table, sizeGiB: 1, retention: {pitrDays: 7, "
		bucket   = "kind: bucket, sizeGiB: 1, retention: {pitrDays: 7, "
		cache    = "kind: cache, sizeGiB: 1, retention: {dailyDays: 7}"
	)
	for _, test := range []struct {
		name       string
		strategy   system.Strategy
		disruption system.Disruption
		store      string
		least      string // empty: anything goes
		less       string
		timing     timings.ID
	}{
		{"postgres, zone", system.WarmStandby, system.ZoneLoss, postgres + "dailyDays: 7}", "0s", "", ""},
		{
			"postgres, region", system.WarmStandby, system.RegionLoss, postgres + "dailyDays: 7}", "1s", "999ms",
			timings.AuroraGlobalLag,
		},
		{
			"postgres, data", system.WarmStandby, system.DataLoss, postgres + "dailyDays: 7}", "5m", "299s",
			timings.AuroraPITRLatest,
		},
		{
			"postgres, hourly copies", system.BackupRestore, system.RegionLoss, postgres + "hourlyDays: 7}", "1h", "59m",
			timings.BackupFreq,
		},
		{
			"postgres, daily copies", system.BackupRestore, system.RegionLoss, postgres + "dailyDays: 7}", "1d", "23h",
			timings.BackupFreq,
		},
		{
			"postgres, weekly copies", system.BackupRestore, system.RegionLoss, postgres + "weeklyDays: 7}", "7d", "6d",
			timings.BackupFreq,
		},
		{
			"postgres, monthly copies", system.BackupRestore, system.RegionLoss, postgres + "monthlyDays: 31}", "31d", "30d",
			timings.BackupFreq,
		},
		{"table, region", system.PilotLight, system.RegionLoss, table + "dailyDays: 7}", "1s", "0s", timings.DDBMRECLag},
		{"table, data", system.ActiveActive, system.DataLoss, table + "dailyDays: 7}", "5m", "1m", timings.DDBPITRLatest},
		{"bucket, region", system.ActiveActive, system.RegionLoss, bucket + "dailyDays: 7}", "15m", "899s", timings.S3RTCSLA},
		{"bucket, data", system.ActiveActive, system.DataLoss, bucket + "dailyDays: 7}", "15m", "10m", timings.BackupPITRS3},
		{"locked bucket, data", system.ActiveActive, system.DataLoss, bucket + "dailyDays: 7, lockDays: 7}", "0s", "", ""},
		{"queue, zone", system.WarmStandby, system.ZoneLoss, "kind: queue", "0s", "", ""},
		{"queue, region", system.WarmStandby, system.RegionLoss, "kind: queue", "1s", "0s", timings.DDBMRECLag},
		{"queue, data", system.WarmStandby, system.DataLoss, "kind: queue", "5m", "0s", timings.DDBPITRLatest},
		{"queue, copies", system.BackupRestore, system.RegionLoss, "kind: queue", "1h", "1m", timings.BackupFreq},
		{"cache, zone", system.WarmStandby, system.ZoneLoss, cache, "1s", "0s", ""},
		{"cache, region", system.WarmStandby, system.RegionLoss, cache, "1s", "0s", timings.ElasticacheGlobalLag},
		{"cache, data", system.WarmStandby, system.DataLoss, cache, "1d", "1h", timings.BackupFreq},
		{"table, dependency", system.WarmStandby, system.DependencyLoss, table + "dailyDays: 7}", "0s", "", ""},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			least := tierWith(test.strategy, test.disruption, "{rto: 30d, rpo: "+test.least+"}", test.store)
			_, err := system.Parse("system.yaml", []byte(least))
			require.NoError(t, err)
			if test.less == "" {
				return
			}
			faults := faultsOf(t, tierWith(test.strategy, test.disruption, "{rto: 30d, rpo: "+test.less+"}", test.store))
			require.Len(t, faults, 1)
			assert.Contains(t, faults[0].Cause, "https://")
			if test.timing != "" {
				assert.Contains(t, faults[0].Cause, "("+string(test.timing)+", "+timings.Get(test.timing).Source+")")
			}
		})
	}
}

func TestParse_recoveryTimesStandOnTimings(t *testing.T) {
	t.Parallel()
	const table = "kind: table, sizeGiB: 1, retention: {pitrDays: 7, dailyDays: 7}"
	for _, test := range []struct {
		name        string
		strategy    system.Strategy
		disruption  system.Disruption
		store       string
		least, less string
		timing      timings.ID
	}{
		{"table, data", system.ActiveActive, system.DataLoss, table, "20m", "19m", timings.DDBRestorePITRMin},
		{"queue, data", system.WarmStandby, system.DataLoss, "kind: queue", "20m", "19m", timings.DDBRestorePITRMin},
		{
			"table, region from backups", system.BackupRestore, system.RegionLoss, table, "20m", "1s",
			timings.DDBRestorePITRMin,
		},
		{
			"cache, region", system.WarmStandby, system.RegionLoss, "kind: cache, sizeGiB: 1, retention: {dailyDays: 1}",
			"1m", "59s", timings.ElasticacheGlobalPromote,
		},
		{
			"postgres, region", system.PilotLight, system.RegionLoss,
			"kind: postgres, sizeGiB: 1, retention: {pitrDays: 7, dailyDays: 7}", "1m", "50s",
			timings.AuroraGlobalFailoverWorkshop,
		},
		{"pilot light, region", system.PilotLight, system.RegionLoss, table, "45s", "44s", timings.EKSScaleoutKarpenter2},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			least := tierWith(test.strategy, test.disruption, "{rto: "+test.least+", rpo: 90d}", test.store)
			_, err := system.Parse("system.yaml", []byte(least))
			require.NoError(t, err)
			faults := faultsOf(t, tierWith(test.strategy, test.disruption, "{rto: "+test.less+", rpo: 90d}", test.store))
			require.Len(t, faults, 1)
			assert.Contains(t, faults[0].Cause, "("+string(test.timing)+", "+timings.Get(test.timing).Source+")")
		})
	}
}

func TestParse_activeActiveWriters(t *testing.T) {
	t.Parallel()
	const use = "{store: notes, write: true}"
	checkEdits(t, []edit{
		{
			"postgres", use, "§{store: ledger, write: true}",
			`of the active-active tier "fast" writes to the postgres "ledger", which takes writes in one home only`,
			"writeForwarding: true",
		},
		{"cache", use, "§{store: hot, write: true}", `writes to the cache "hot"`, "use a table"},
	})
	for name, text := range map[string]string{
		"postgres that is read": changed(t, use, "{store: ledger}"),
		"postgres that forwards": changed(t, use, "{store: ledger, write: true}",
			"kind: postgres", "kind: postgres\n    writeForwarding: true"),
		"cache that is read": changed(t, use, "{store: hot}"),
		"bucket":             changed(t, use, "{store: files, write: true}"),
		"queue":              changed(t, use, "{store: jobs, write: true}"),
		"postgres of a tier with one writer": changed(t, use, "{store: ledger, write: true}",
			"strategy: active-active", "strategy: warm-standby"),
	} {
		_, err := system.Parse("system.yaml", []byte(text))
		assert.NoError(t, err, name)
	}
}
