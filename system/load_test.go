package system_test

import (
	"errors"
	"flag"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// faultsOf parses text that must be refused.
func faultsOf(t *testing.T, text string) system.Faults {
	t.Helper()
	sys, err := system.Parse("system.yaml", []byte(text))
	var faults *system.Faults
	require.ErrorAs(t, err, &faults)
	require.Nil(t, sys)
	return *faults
}

func TestLoad_exampleSystem(t *testing.T) {
	t.Parallel()
	sys, err := system.Load("../system.yaml")
	require.NoError(t, err)
	assert.Equal(t, "atlas", sys.Name)
	assert.GreaterOrEqual(t, len(sys.Agents), 8)
	assert.GreaterOrEqual(t, len(sys.Tiers), 3)
	for _, kind := range system.StoreKinds {
		assert.NotEmpty(t, sys.StoresOf(kind), kind)
	}
	assert.GreaterOrEqual(t, len(sys.StoresOf(system.Bucket)), 2)
	models := 0
	for _, d := range sys.Dependencies {
		if d.Kind == system.ModelDependency {
			models++
			assert.NotEmpty(t, d.Fallbacks, d.Name)
		}
	}
	assert.GreaterOrEqual(t, models, 2)
	assert.NotEmpty(t, sys.Public())
}

func TestLoad_readsEveryField(t *testing.T) {
	t.Parallel()
	sys, err := system.Load("testdata/small.yaml")
	require.NoError(t, err)

	solid, has := sys.Tier("solid")
	require.True(t, has)
	assert.False(t, solid.Critical)
	assert.Equal(t, system.WarmStandby, solid.Strategy)
	assert.Equal(t, system.Objective{RTO: 6 * time.Hour, RPO: 24 * time.Hour}, solid.Objectives[system.DataLoss])
	fast, _ := sys.Tier("fast")
	assert.Equal(t, system.Objective{RTO: 2 * time.Minute, Availability: 0.999}, fast.Objectives[system.ZoneLoss])

	ledger, _ := sys.Store("ledger")
	assert.Equal(t, system.Store{
		Name: "ledger", Kind: system.Postgres, Tier: "solid", SizeGiB: 100,
		Retention: system.Retention{
			PITRDays: 14, HourlyDays: 7, DailyDays: 35, WeeklyDays: 90, MonthlyDays: 365, LockDays: 7,
		},
	}, ledger)
	hot, _ := sys.Store("hot")
	assert.Equal(t, "ledger", hot.RebuildFrom)

	big, has := sys.Dependency("big")
	require.True(t, has)
	assert.Equal(t, system.Dependency{Name: "big", Host: "big.example", Kind: "model", Fallbacks: []string{"little"}}, big)

	front, has := sys.Agent("front")
	require.True(t, has)
	assert.Equal(t, system.Agent{
		Name: "front", Tier: "fast", Image: "registry.example.com/demo/front:1.0.0",
		Replicas: 3, Load: 100, PerReplica: 50, Resources: system.Resources{CPUMillis: 500, MemoryMiB: 512},
		Port: 8080, Public: true, Stores: []system.Use{{Store: "notes", Write: true}},
		Calls: []string{"back"}, Needs: []string{"big"},
		Degradation: []system.Degradation{
			{Level: system.Full},
			{Level: system.Reduced, Off: []string{"search"}, Fallback: "little"},
		},
	}, front)
	back, _ := sys.Agent("back")
	assert.Equal(t, "jobs", back.Consumes)
}

func TestLoad_saysThatTheFileIsMissing(t *testing.T) {
	t.Parallel()
	_, err := system.Load(filepath.Join(t.TempDir(), "none.yaml"))
	require.ErrorIs(t, err, fs.ErrNotExist)
	var faults *system.Faults
	assert.False(t, errors.As(err, &faults), "a file that cannot be read has no faults")
}

// Seven faults of seven kinds are seven lines, in the order of the file.
func TestLoad_sevenFaultsAreSevenLines(t *testing.T) {
	t.Parallel()
	_, err := system.Load("testdata/seven-faults.yaml")
	var faults *system.Faults
	require.ErrorAs(t, err, &faults)
	got := strings.ReplaceAll(err.Error(), "testdata/seven-faults.yaml:", "system.yaml:") + "\n"
	const golden = "testdata/seven-faults.golden"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(got), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), got)
	assert.Len(t, *faults, 7)
	assert.Equal(t, 7, strings.Count(got, "\n"))
}

func TestFault_isOneLine(t *testing.T) {
	t.Parallel()
	f := system.Fault{File: "system.yaml", Line: 3, Col: 5, Cause: "agent calls itself"}
	assert.Equal(t, "system.yaml:3:5: agent calls itself", f.String())
	f.Hint = "leave it out"
	assert.Equal(t, "system.yaml:3:5: agent calls itself (hint: leave it out)", f.String())
}
