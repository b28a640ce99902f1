package vault

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
)

// planned is a rule as it was registered.
type planned struct {
	RuleName, Schedule, TargetVaultName string
	EnableContinuousBackup              bool
	StartWindow, CompletionWindow       int
	Lifecycle                           life
	CopyActions                         []struct {
		DestinationVaultArn string
		Lifecycle           life
	}
}

type life struct{ DeleteAfter, ColdStorageAfter int }

func rulesOf(t *testing.T, r *pulumitest.Recorder, store string) map[string]planned {
	t.Helper()
	text, err := json.Marshal(r.Get(t, planToken, "main-plan-"+store).Values()["rules"])
	require.NoError(t, err)
	var all []planned
	require.NoError(t, json.Unmarshal(text, &all))
	out := map[string]planned{}
	for _, p := range all {
		assert.NotContains(t, out, p.RuleName, "AWS takes two rules of one name, and nobody could tell them apart")
		out[p.RuleName] = p
	}
	return out
}

func TestVault_everyDeclaredRetentionHasItsRule(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(primaryArgs(0)))
	want := map[string]map[string]int{
		"memory":   {"continuous": 14, "hourly": 2, "daily": 35, "weekly": 90, "monthly": 365},
		"sessions": {"hourly": 2, "daily": 35, "weekly": 90, "monthly": 365},
		"files":    {"continuous": 14, "hourly": 2, "daily": 35, "weekly": 90, "monthly": 365},
	}
	for store, days := range want {
		got := map[string]int{}
		for name, p := range rulesOf(t, r, store) {
			got[name] = p.Lifecycle.DeleteAfter
			assert.Equal(t, name == "continuous", p.EnableContinuousBackup, "%s %s", store, name)
			assert.Equal(t, "agora-backups-primary", p.TargetVaultName)
			assert.GreaterOrEqual(t, p.StartWindow, 60)
			assert.GreaterOrEqual(t, p.CompletionWindow, p.StartWindow+60)
		}
		assert.Equal(t, days, got, "%s: rule and days", store)
	}
}

func TestVault_aFrequencyWithoutDaysHasNoRule(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	a.Resources[0].Store.Retention.HourlyDays = 0
	assert.NotContains(t, rulesOf(t, pulumitest.Run(t, program(a)), "memory"), "hourly")
}

func TestVault_everyLastingBackupIsCopiedToThePeer(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(primaryArgs(0)))
	for _, store := range []string{"memory", "sessions", "files"} {
		for name, p := range rulesOf(t, r, store) {
			if name == "hourly" {
				assert.Empty(t, p.CopyActions, "hourly backups stay at home")
				continue
			}
			require.Len(t, p.CopyActions, 1, "%s %s: a copy in the peer's vault", store, name)
			copied := p.CopyActions[0]
			assert.Equal(t, "arn:aws:backup:eu-central-1:"+account+":backup-vault:agora-backups-secondary",
				copied.DestinationVaultArn)
			assert.Equal(t, p.Lifecycle.DeleteAfter, copied.Lifecycle.DeleteAfter, "a copy has its own lifecycle")
		}
	}
}

func TestVault_theCopyGoesWhereThePeerKeepsItsVault(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	b := primaryArgs(0)
	b.Scope, b.PeerScope = *a.PeerScope, &a.Scope
	peer := pulumitest.Run(t, program(b))
	name := peer.Get(t, vaultToken, "main-vault").Values()["name"].(string)
	assert.Equal(t, Arn(*a.PeerScope), a.PeerScope.ARN("backup", "backup-vault:"+name))
}

func TestVault_withoutAPeerNothingIsCopied(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	a.PeerScope = nil
	for _, p := range rulesOf(t, pulumitest.Run(t, program(a)), "memory") {
		assert.Empty(t, p.CopyActions)
	}
}

func TestVault_everyStoreIsSelectedByItsArn(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	r := pulumitest.Run(t, program(a))
	for _, res := range a.Resources {
		s := r.Get(t, selectionToken, "main-selection-"+res.Store.Name).Values()
		assert.Equal(t, []any{"arn:aws:mock:eu-west-1:" + account + ":" + res.Store.Name}, s["resources"])
		assert.Equal(t, "main-plan-"+res.Store.Name+"_id", s["planId"])
		assert.NotContains(t, s, "selectionTags", "a lost tag would lose the backup")
	}
}

func TestVault_coldStorageIsForTheMonthlyBackupsOfTables(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	a.Resources[1].Store.Retention.ColdAfterDays = 30
	r := pulumitest.Run(t, program(a))
	for _, store := range []string{"memory", "sessions", "files"} {
		for name, p := range rulesOf(t, r, store) {
			want := 0
			if store == "sessions" && name == "monthly" {
				want = 30
				assert.Equal(t, want, p.CopyActions[0].Lifecycle.ColdStorageAfter)
			}
			assert.Equal(t, want, p.Lifecycle.ColdStorageAfter, "%s %s", store, name)
		}
	}
}
