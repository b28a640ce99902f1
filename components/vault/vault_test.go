package vault

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const account = "123456789012"

const (
	vaultToken     = "aws:backup/vault:Vault"
	lockToken      = "aws:backup/vaultLockConfiguration:VaultLockConfiguration"
	policyToken    = "aws:backup/vaultPolicy:VaultPolicy"
	planToken      = "aws:backup/plan:Plan"
	selectionToken = "aws:backup/selection:Selection"
	settingsToken  = "aws:backup/regionSettings:RegionSettings"
	attachToken    = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
	topicToken     = "aws:sns/topicPolicy:TopicPolicy"
	eventToken     = "aws:cloudwatch/eventRule:EventRule"
	targetToken    = "aws:cloudwatch/eventTarget:EventTarget"
)

// primaryArgs are those of a primary that knows its peer, with one store of
// each kind that AWS Backup backs up.
func primaryArgs(n int) *Args {
	scope := naming.Scope{System: "agora", Home: system.Primary, Region: "eu-west-1", Account: account}
	if n > 0 {
		scope.System = fmt.Sprintf("agora%d", n)
	}
	peer := scope.Peer("eu-central-1")
	store := func(name string, kind system.StoreKind) Resource {
		return Resource{
			Store: system.Store{Name: name, Kind: kind, Retention: system.Retention{
				PITRDays: 14, HourlyDays: 2, DailyDays: 35, WeeklyDays: 90, MonthlyDays: 365,
			}},
			Arn: pulumi.String("arn:aws:mock:eu-west-1:" + account + ":" + name),
		}
	}
	return &Args{
		Scope: scope, PeerScope: &peer, Protect: true,
		KeyArn:      pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/vault"),
		TopicKeyArn: pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/topic"),
		StoreKeyArn: pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/data"),
		Network: &Network{
			VpcID: pulumi.String("vpc-1"), SubnetIDs: pulumi.ToStringArray([]string{"subnet-1", "subnet-2", "subnet-3"}),
		},
		Resources: []Resource{
			store("memory", system.Postgres), store("sessions", system.Table), store("files", system.Bucket),
		},
	}
}

func program(args *Args) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := New(ctx, "main", args)
		return err
	}
}

func TestVault_component(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Vault]{Args: primaryArgs, New: New, Bad: refused(), Changes: changes()}.Run(t)
}

func retention(n int, change func(*system.Retention)) func(*Args) {
	return func(a *Args) { change(&a.Resources[n].Store.Retention) }
}

func refused() []pulumitest.Bad[Args] {
	return []pulumitest.Bad[Args]{
		{Name: "an empty system", Mutate: func(a *Args) { a.Scope.System = "" }, Want: "scope.system is empty"},
		{Name: "no home", Mutate: func(a *Args) { a.Scope.Home = "third" }, Want: `scope.home is "third"`},
		{Name: "no key", Mutate: func(a *Args) { a.KeyArn = nil }, Want: "keyArn is required"},
		{Name: "no topic key", Mutate: func(a *Args) { a.TopicKeyArn = nil }, Want: "topicKeyArn is required"},
		{Name: "no key of the stores", Mutate: func(a *Args) { a.StoreKeyArn = nil }, Want: "storeKeyArn is required"},
		{Name: "nowhere to restore a database", Mutate: func(a *Args) { a.Network = nil }, Want: "network is required"},
		{Name: "nothing to back up", Mutate: func(a *Args) { a.Resources = nil }, Want: "nothing would be backed up"},
		{Name: "a store twice", Mutate: func(a *Args) { a.Resources[1] = a.Resources[0] },
			Want: `store "memory" is named twice`},
		{Name: "a store without an ARN", Mutate: func(a *Args) { a.Resources[0].Arn = nil },
			Want: `store "memory": arn is required`},
		{Name: "a queue", Mutate: func(a *Args) { a.Resources[0].Store.Kind = system.Queue }, Want: "in the work ledger"},
		{Name: "a cache", Mutate: func(a *Args) { a.Resources[0].Store.Kind = system.Cache }, Want: "exported to a bucket"},
		{Name: "an unknown kind", Mutate: func(a *Args) { a.Resources[0].Store.Kind = "tape" }, Want: `kind "tape"`},
		{Name: "itself as peer", Mutate: func(a *Args) { *a.PeerScope = a.Scope }, Want: `peerScope.home is "primary"`},
		{Name: "a peer in the same region", Mutate: func(a *Args) { a.PeerScope.Region = "eu-west-1" },
			Want: "want another region"},
		{Name: "a peer in another account", Mutate: func(a *Args) { a.PeerScope.Account = "210987654321" },
			Want: "cannot be copied to another account"},
		{Name: "a peer of another system", Mutate: func(a *Args) { a.PeerScope.System = "x" },
			Want: `peerScope.system is "x"`},
		{Name: "a copy to itself", Mutate: func(a *Args) {
			a.CopyAccount = &CopyAccount{account, "arn:aws:backup:eu-west-1:" + account + ":backup-vault:kept"}
		}, Want: "copyAccount: id is \"" + account + "\", this home's own account"},
		{Name: "a copy to no account", Mutate: func(a *Args) { a.CopyAccount = &CopyAccount{"12", copyAccount().VaultArn} },
			Want: `copyAccount: id is "12", want twelve digits`},
		{Name: "a copy to no vault", Mutate: func(a *Args) { a.CopyAccount = &CopyAccount{elsewhere, "kept"} },
			Want: `copyAccount: vaultArn is "kept", want the ARN of a backup vault`},
		{Name: "a copy to another region", Mutate: func(a *Args) {
			a.CopyAccount = &CopyAccount{elsewhere, "arn:aws:backup:eu-north-1:" + elsewhere + ":backup-vault:kept"}
		}, Want: `copyAccount: vaultArn is in "eu-north-1", want "eu-west-1"`},
		{Name: "a copy to a third account", Mutate: func(a *Args) { a.CopyAccount = &CopyAccount{"333333333333", copyAccount().VaultArn} },
			Want: `copyAccount: vaultArn is of account "` + elsewhere + `", want "333333333333"`},
		{Name: "no way back", Mutate: retention(0, func(r *system.Retention) { r.PITRDays = 0 }),
			Want: `store "memory": pitrDays is 0, want 1 to 35`},
		{Name: "too long a way back", Mutate: retention(2, func(r *system.Retention) { r.PITRDays = 36 }),
			Want: `store "files": pitrDays is 36`},
		{Name: "a negative retention", Mutate: retention(0, func(r *system.Retention) { r.DailyDays = -1 }),
			Want: "dailyDays is -1"},
		{Name: "weekly backups gone in a day", Mutate: retention(0, func(r *system.Retention) { r.WeeklyDays = 1 }),
			Want: "weeklyDays is 1, want 7 or more"},
		{Name: "monthly backups gone in a week", Mutate: retention(0, func(r *system.Retention) { r.MonthlyDays = 7 }),
			Want: "monthlyDays is 7, want 31 or more"},
		{Name: "a table without a copy", Mutate: retention(1, func(r *system.Retention) {
			r.DailyDays, r.WeeklyDays, r.MonthlyDays = 0, 0, 0
		}), Want: "none would be copied to the other home"},
		{Name: "a promise longer than every backup", Mutate: retention(0, func(r *system.Retention) { r.LockDays = 400 }),
			Want: "lockDays is 400, but no backup is kept longer than 365 days"},
		{Name: "a rule below the lock", Mutate: func(a *Args) { a.LockMinDays = 7 },
			Want: `store "memory": hourly backups are kept 2 days, outside the lock of 7 to 365`},
		{Name: "a rule above the lock", Mutate: func(a *Args) { a.LockMaxDays = 90 },
			Want: `store "sessions": monthly backups are kept 365 days, outside the lock of 2 to 90`},
		{Name: "a lock turned round", Mutate: func(a *Args) { a.LockMinDays, a.LockMaxDays = 30, 20 },
			Want: "lockMinDays is 30, more than lockMaxDays 20"},
		{Name: "a lock beyond what AWS takes", Mutate: func(a *Args) { a.LockMaxDays = 36501 },
			Want: "want within 1 to 36500"},
		{Name: "cold storage that is left too soon", Mutate: retention(1, func(r *system.Retention) { r.ColdAfterDays = 300 }),
			Want: `store "sessions": monthlyDays is 365, want 390 or more`},
		{Name: "cold storage before zero", Mutate: retention(1, func(r *system.Retention) { r.ColdAfterDays = -1 }),
			Want: "coldAfterDays is -1"},
		{Name: "cold storage of a bucket", Mutate: retention(2, func(r *system.Retention) { r.ColdAfterDays = 30 }),
			Want: `store "files": coldAfterDays is 30, but only tables have cold storage`},
	}
}

func changes() []pulumitest.Change[Args] {
	return []pulumitest.Change[Args]{
		{
			Name:   "one retention touches one plan",
			Mutate: retention(0, func(r *system.Retention) { r.DailyDays = 40 }),
			Want:   []string{"main-plan-memory rules"},
		},
		{
			Name:     "a retention beyond the lock moves the lock",
			Mutate:   retention(1, func(r *system.Retention) { r.MonthlyDays = 730 }),
			Want:     []string{"main-plan-sessions rules", "main-lock maxRetentionDays"},
			Replaces: []string{"main-lock maxRetentionDays"},
		},
		{
			Name:   "the peer's coming adds copies and nothing else",
			Mutate: func(a *Args) { a.PeerScope = nil },
			Want:   []string{"main-plan-files rules", "main-plan-memory rules", "main-plan-sessions rules"},
		},
		{
			Name:   "a copy in another account",
			Mutate: func(a *Args) { a.CopyAccount = copyAccount() },
			Want: []string{"main-plan-files rules", "main-plan-memory rules", "main-plan-sessions rules",
				"main-policy policy"},
		},
		{
			Name:   "one store less",
			Mutate: func(a *Args) { a.Resources = a.Resources[:2] },
			Want: []string{
				"main stores", "-main-plan-files", "-main-selection-files", "-main-backup-buckets", "-main-restore-buckets",
				"-main-test-files", "-main-test-selection-files", "main-restored eventPattern",
				"main-restore-validator-policy policy", "main-validator definition",
			},
		},
		{
			Name:   "the break-glass role",
			Mutate: func(a *Args) { a.BreakGlassRole = "two-keys" },
			Want:   []string{"main-policy policy"},
		},
		{
			Name:     "compliance",
			Mutate:   func(a *Args) { a.Compliance = true },
			Want:     []string{"main compliance", "main-lock changeableForDays"},
			Replaces: []string{"main-lock changeableForDays"},
		},
		{
			Name:   "the region's settings",
			Mutate: func(a *Args) { a.OwnRegionSettings = true },
			Want:   []string{"+main-region"},
		},
		{
			Name:   "the stores' key",
			Mutate: func(a *Args) { a.StoreKeyArn = pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/new") },
			Want: []string{
				"main-test-selection-files restoreMetadataOverrides", "main-test-selection-memory restoreMetadataOverrides",
				"main-test-selection-sessions restoreMetadataOverrides",
			},
		},
		{
			Name:     "the network",
			Mutate:   func(a *Args) { a.Network.VpcID = pulumi.String("vpc-2") },
			Want:     []string{"main-test-access vpcId"},
			Replaces: []string{"main-test-access vpcId"},
		},
		{
			Name:   "the subnets",
			Mutate: func(a *Args) { a.Network.SubnetIDs = pulumi.ToStringArray([]string{"subnet-4", "subnet-5"}) },
			Want:   []string{"main-test-subnets subnetIds"},
		},
		{
			Name:   "cold storage for tables",
			Mutate: retention(1, func(r *system.Retention) { r.ColdAfterDays = 30 }),
			Want:   []string{"main-plan-sessions rules"},
		},
		{
			Name:   "protection",
			Mutate: func(a *Args) { a.Protect = false },
			Want:   []string{"main-vault protect"},
		},
		{
			Name:     "the vault's key",
			Mutate:   func(a *Args) { a.KeyArn = pulumi.String("arn:aws:kms:eu-west-1:" + account + ":key/new") },
			Want:     []string{"main-vault kmsKeyArn"},
			Replaces: []string{"main-vault kmsKeyArn"},
		},
	}
}

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

func TestVault_theLockTakesEveryRuleOfBothHomes(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	b := primaryArgs(0)
	b.Scope, b.PeerScope = *a.PeerScope, &a.Scope
	here, there := pulumitest.Run(t, program(a)), pulumitest.Run(t, program(b))
	within := func(r *pulumitest.Recorder, days int, what string) {
		lock := r.Get(t, lockToken, "main-lock").Values()
		assert.GreaterOrEqual(t, float64(days), lock["minRetentionDays"], what)
		assert.LessOrEqual(t, float64(days), lock["maxRetentionDays"], what)
	}
	for _, store := range []string{"memory", "sessions", "files"} {
		for name, p := range rulesOf(t, here, store) {
			within(here, p.Lifecycle.DeleteAfter, store+" "+name)
			for _, c := range p.CopyActions {
				within(there, c.Lifecycle.DeleteAfter, store+" "+name+" copy")
			}
		}
	}
}

func TestVault_theLockIsGovernanceUnlessAskedFor(t *testing.T) {
	t.Parallel()
	lock := pulumitest.Run(t, program(primaryArgs(0))).Get(t, lockToken, "main-lock")
	assert.NotContains(t, lock.Values(), "changeableForDays", "a compliance lock can never be taken back")
	assert.True(t, lock.RPC.GetDeleteBeforeReplace(), "the old lock's deletion would take the new one away")

	a := primaryArgs(0)
	a.Compliance = true
	lock = pulumitest.Run(t, program(a)).Get(t, lockToken, "main-lock")
	assert.EqualValues(t, 14, lock.Values()["changeableForDays"])
}

func TestVault_onlyBreakGlassDeletesABackup(t *testing.T) {
	t.Parallel()
	text := pulumitest.Run(t, program(primaryArgs(0))).Get(t, policyToken, "main-policy").Values()["policy"].(string)
	assert.JSONEq(t, `{"Version": "2012-10-17", "Statement": [{
		"Sid": "KeepRecoveryPoints", "Effect": "Deny", "Principal": "*", "Resource": "*",
		"Action": ["backup:DeleteRecoveryPoint", "backup:DisassociateRecoveryPoint", "backup:UpdateRecoveryPointLifecycle"],
		"Condition": {"ArnNotEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/agora-break-glass"}}
	}]}`, text)
}

func TestVault_nothingIsBackedUpBeforeItsGuardsStand(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	a.OwnRegionSettings = true
	r := pulumitest.Run(t, program(a))
	for _, s := range r.OfType(selectionToken) {
		deps := s.RPC.GetDependencies()
		for token, names := range map[string][]string{
			lockToken: {"main-lock"}, policyToken: {"main-policy"}, settingsToken: {"main-region"},
			attachToken: {"main-backup-stores", "main-backup-buckets"},
		} {
			for _, name := range names {
				assert.Contains(t, deps, r.Get(t, token, name).URN, s.Name)
			}
		}
		assert.True(t, s.RPC.GetDeleteBeforeReplace(), s.Name)
	}
}

func TestVault_theRegionsOtherServicesAreLeftAlone(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	assert.Empty(t, pulumitest.Run(t, program(a)).OfType(settingsToken), "they are the account's, owned only when asked")
	a.OwnRegionSettings = true
	s := pulumitest.Run(t, program(a)).Get(t, settingsToken, "main-region")
	assert.Equal(t, map[string]any{"Aurora": true, "DynamoDB": true, "S3": true},
		s.Values()["resourceTypeOptInPreference"])
	assert.Equal(t, []string{"resourceTypeOptInPreference"}, s.RPC.GetIgnoreChanges(), "AWS gives back every type")
	assert.Equal(t, true, s.Values()["resourceTypeManagementPreference"].(map[string]any)["DynamoDB"],
		"without it a table's backup is not copied")
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

const elsewhere = "210987654321"

func copyAccount() *CopyAccount {
	return &CopyAccount{ID: elsewhere, VaultArn: "arn:aws:backup:eu-west-1:" + elsewhere + ":backup-vault:kept"}
}

// What is copied to the other home is copied to the other account too, each
// with its own end; with no peer yet, the other account's copy stands alone.
func TestVault_copiesToAnotherAccount(t *testing.T) {
	t.Parallel()
	for _, peer := range []bool{true, false} {
		a := primaryArgs(0)
		a.CopyAccount = copyAccount()
		want := []string{Arn(*a.PeerScope), a.CopyAccount.VaultArn}
		if !peer {
			a.PeerScope, want = nil, want[1:]
		}
		r := pulumitest.Run(t, program(a))
		for _, store := range []string{"memory", "sessions", "files"} {
			for name, p := range rulesOf(t, r, store) {
				var to []string
				for _, c := range p.CopyActions {
					to = append(to, c.DestinationVaultArn)
					assert.Equal(t, p.Lifecycle, c.Lifecycle, "%s %s", store, name)
				}
				if name == "hourly" {
					assert.Empty(t, to, "hourly backups stay at home")
					continue
				}
				assert.Equal(t, want, to, "%s %s", store, name)
			}
		}
		doc, err := iampolicy.Parse(r.Get(t, policyToken, "main-policy").Values()["policy"].(string))
		require.NoError(t, err)
		require.Len(t, doc.Statements, 2)
		back := doc.Statements[1]
		assert.Equal(t, []string{"arn:aws:iam::" + elsewhere + ":root"}, back.Principals["AWS"])
		assert.Equal(t, []string{"backup:CopyIntoBackupVault"}, back.Actions, "a copy comes back into the vault, and nothing more")
	}
}

func TestVault_itsEventRulesAndTheHomesAlarmsPublish(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(primaryArgs(0)))
	text := r.Get(t, topicToken, "main-topic-policy").Values()["policy"].(string)
	for _, e := range r.OfType(eventToken) {
		if e.Name == "main-restored" {
			continue // it starts the state machine
		}
		assert.Contains(t, text, "arn:aws:events:eu-west-1:"+account+":rule/"+e.Values()["name"].(string))
	}
	assert.Contains(t, text, "arn:aws:sns:eu-west-1:"+account+":agora-backups-told-primary")
	doc, err := iampolicy.Parse(text)
	require.NoError(t, err)
	require.Len(t, doc.Statements, 2, "nobody else publishes")
	alarms := doc.Statements[1]
	assert.Equal(t, map[string][]string{"Service": {"cloudwatch.amazonaws.com"}}, alarms.Principals)
	assert.Equal(t, map[string]map[string][]string{
		"StringEquals": {"aws:SourceAccount": {account}},
		"ArnLike":      {"aws:SourceArn": {"arn:aws:cloudwatch:eu-west-1:" + account + ":alarm:agora-primary-*"}},
	}, alarms.Conditions)
	assert.Equal(t, []string{TopicArn(primaryArgs(0).Scope)}, alarms.Resources)
	for _, target := range r.OfType(targetToken) {
		if target.Name == "main-restored-machine" {
			continue
		}
		assert.Contains(t, target.RPC.GetDependencies(), r.Get(t, topicToken, "main-topic-policy").URN)
	}
}

func TestVault_failuresOfEveryKindAreTold(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(primaryArgs(0)))
	var pattern struct {
		Source     []string `json:"source"`
		DetailType []string `json:"detail-type"`
	}
	text := r.Get(t, eventToken, "main-failed").Values()["eventPattern"].(string)
	require.NoError(t, json.Unmarshal([]byte(text), &pattern))
	assert.Equal(t, []string{"aws.backup"}, pattern.Source)
	for _, job := range []string{"Backup", "Copy", "Restore"} {
		assert.Contains(t, pattern.DetailType, job+" Job State Change")
	}
	for _, state := range []string{"FAILED", "ABORTED", "EXPIRED", "STOPPED"} {
		assert.Contains(t, text, `"`+state+`"`)
	}
}

func TestVault_reportsAllFaultsAtOnce(t *testing.T) {
	t.Parallel()
	a := primaryArgs(0)
	a.KeyArn = nil
	a.Resources[0].Store.Retention.PITRDays = 40
	a.Resources[1].Store.Retention.WeeklyDays = 3
	_, err := pulumitest.RunErr(program(a))
	for _, want := range []string{
		`vault "main"`, "keyArn is required", `store "memory": pitrDays is 40`, `store "sessions": weeklyDays is 3`,
	} {
		require.ErrorContains(t, err, want)
	}
}
