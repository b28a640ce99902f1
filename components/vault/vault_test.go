package vault

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

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
