package keys

import (
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const (
	keyType     = "aws:kms/key:Key"
	replicaType = "aws:kms/replicaKey:ReplicaKey"
	aliasType   = "aws:kms/alias:Alias"
)

func scope(home system.Home, n int) naming.Scope {
	region := map[system.Home]string{system.Primary: "eu-west-1", system.Secondary: "eu-central-1"}[home]
	return naming.Scope{System: fmt.Sprintf("atlas%d", n), Home: home, Region: region, Account: "123456789012"}
}

func primaryArn(purpose string) string {
	return fmt.Sprintf("arn:aws:kms:eu-west-1:123456789012:key/mrk-%032x", len(purpose))
}

func primaryArgs(n int) *Args { return &Args{Scope: scope(system.Primary, n)} }

func secondaryArgs(n int) *Args {
	arns := map[string]string{}
	for _, p := range Purposes {
		arns[p] = primaryArn(p)
	}
	return &Args{Scope: scope(system.Secondary, n), Peer: &Peer{KeyArns: arns}}
}

// each gives "main-<purpose><suffix> <property>" for every purpose.
func each(suffix string, properties ...string) []string {
	var out []string
	for _, purpose := range Purposes {
		for _, p := range properties {
			out = append(out, "main-"+purpose+suffix+" "+p)
		}
	}
	return out
}

func TestKeys_primary(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Keys]{
		Args: primaryArgs,
		New:  New,
		Bad: []pulumitest.Bad[Args]{
			{Name: "no system", Mutate: func(a *Args) { a.Scope.System = "" }, Want: "scope has no system"},
			{Name: "no region", Mutate: func(a *Args) { a.Scope.Region = "" }, Want: "scope has no region"},
			{Name: "no home", Mutate: func(a *Args) { a.Scope.Home = "" }, Want: `home is "", want primary or secondary`},
			{
				Name: "short account", Mutate: func(a *Args) { a.Scope.Account = "12" },
				Want: `account is "12", want twelve digits`,
			},
			{
				Name: "a copy to oneself", Mutate: func(a *Args) { a.CopyAccount = a.Scope.Account },
				Want: `copy account is "123456789012", want the twelve digits of another account`,
			},
			{Name: "short copy account", Mutate: func(a *Args) { a.CopyAccount = "12" }, Want: `copy account is "12"`},
			{Name: "short window", Mutate: func(a *Args) { a.DeletionWindowDays = 6 }, Want: "is 6 days, want 7 to 30"},
			{Name: "long window", Mutate: func(a *Args) { a.DeletionWindowDays = 31 }, Want: "is 31 days, want 7 to 30"},
			{Name: "no purpose", Mutate: func(a *Args) { a.Purposes = []string{} }, Want: "purposes are empty"},
			{
				Name: "unknown purpose", Mutate: func(a *Args) { a.Purposes = []string{"mail"} },
				Want: `purpose is "mail", want one of data`,
			},
			{Name: "purpose twice", Mutate: func(a *Args) { a.Purposes = []string{Data, Data} }, Want: `"data" is named twice`},
		},
		Changes: []pulumitest.Change[Args]{
			{
				Name: "deletion window", Mutate: func(a *Args) { a.DeletionWindowDays = 7 },
				Want: append(each("", "deletionWindowInDays"), "main deletionWindowDays"),
			},
			{Name: "protect", Mutate: func(a *Args) { a.Protect = true }, Want: each("", "protect")},
			{
				Name: "an account for copies", Mutate: func(a *Args) { a.CopyAccount = "210987654321" },
				Want: []string{"main-backup policy", "main-data policy"},
			},
			{
				Name: "purposes", Mutate: func(a *Args) { a.Purposes = []string{Data, Secrets, Logs} },
				Want: []string{"-main-backup", "-main-backup-alias", "main purposes"},
			},
			{Name: "account", Mutate: func(a *Args) { a.Scope.Account = "210987654321" }, Want: each("", "policy")},
			{
				Name: "region", Mutate: func(a *Args) { a.Scope.Region = "eu-north-1" },
				Want: append(each("", "policy"), "main region"),
			},
			{
				Name: "system", Mutate: func(a *Args) { a.Scope.System = "borea" },
				Want:     append(each("", "description", "tags"), each("-alias", "name")...),
				Replaces: each("-alias", "name"),
			},
		},
	}.Run(t)
}

func TestKeys_secondary(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Keys]{
		Args:   secondaryArgs,
		New:    New,
		Golden: "replicas.golden",
		Bad: []pulumitest.Bad[Args]{
			{Name: "no peer", Mutate: func(a *Args) { a.Peer = nil }, Want: "the primary home comes up first"},
			{
				Name: "a missing key", Mutate: func(a *Args) { delete(a.Peer.KeyArns, Logs) },
				Want: `peer's key for "logs": arn is missing`,
			},
			{Name: "no arn", Mutate: func(a *Args) { a.Peer.KeyArns[Data] = "mrk-1" }, Want: `"mrk-1" is no arn of a key`},
			{
				Name:   "an alias",
				Mutate: func(a *Args) { a.Peer.KeyArns[Data] = "arn:aws:kms:eu-west-1:123456789012:alias/x" },
				Want:   "is no arn of a key",
			},
			{
				Name:   "a single-region key",
				Mutate: func(a *Args) { a.Peer.KeyArns[Data] = "arn:aws:kms:eu-west-1:123456789012:key/1" },
				Want:   "is no multi-region key",
			},
			{
				Name:   "a key of this region",
				Mutate: func(a *Args) { a.Peer.KeyArns[Data] = "arn:aws:kms:eu-central-1:123456789012:key/mrk-1" },
				Want:   "is in this home's own region",
			},
			{
				Name:   "a key of another account",
				Mutate: func(a *Args) { a.Peer.KeyArns[Data] = "arn:aws:kms:eu-west-1:999999999999:key/mrk-1" },
				Want:   "account is 999999999999, want 123456789012",
			},
		},
		Changes: []pulumitest.Change[Args]{
			{
				Name: "deletion window", Mutate: func(a *Args) { a.DeletionWindowDays = 7 },
				Want: append(each("", "deletionWindowInDays"), "main deletionWindowDays"),
			},
			{Name: "protect", Mutate: func(a *Args) { a.Protect = true }, Want: each("", "protect")},
			{
				Name: "the peer's key", Mutate: func(a *Args) { a.Peer.KeyArns[Data] = primaryArn("other") },
				Want: []string{"main replicaOf", "main-data primaryKeyArn"}, Replaces: []string{"main-data primaryKeyArn"},
			},
		},
	}.Run(t)
}

func build(t *testing.T, args *Args, see func(*Keys)) *pulumitest.Recorder {
	t.Helper()
	return pulumitest.Run(t, func(ctx *pulumi.Context) error {
		p, err := aws.NewProvider(ctx, "home", nil)
		if err != nil {
			return err
		}
		k, err := New(ctx, "main", args, pulumi.Provider(p))
		if err == nil && see != nil {
			see(k)
		}
		return err
	})
}

func TestKeys_primaryKeysAreMultiRegionAndRotate(t *testing.T) {
	t.Parallel()
	r := build(t, primaryArgs(0), nil)
	require.Len(t, r.OfType(keyType), len(Purposes))
	assert.Empty(t, r.OfType(replicaType))
	for _, purpose := range Purposes {
		in := r.Get(t, keyType, "main-"+purpose).Values()
		assert.Equal(t, true, in["multiRegion"], purpose)
		assert.Equal(t, true, in["enableKeyRotation"], purpose)
		assert.EqualValues(t, 30, in["deletionWindowInDays"], purpose)
		alias := r.Get(t, aliasType, "main-"+purpose+"-alias").Values()
		assert.Equal(t, "alias/atlas0-primary-"+purpose, alias["name"])
	}
}

func TestKeys_secondaryKeysAreReplicasOfThePrimarys(t *testing.T) {
	t.Parallel()
	r := build(t, secondaryArgs(0), nil)
	require.Len(t, r.OfType(replicaType), len(Purposes))
	assert.Empty(t, r.OfType(keyType))
	for _, purpose := range Purposes {
		in := r.Get(t, replicaType, "main-"+purpose).Values()
		assert.Equal(t, primaryArn(purpose), in["primaryKeyArn"])
		policy := in["policy"].(string)
		assert.NotContains(t, policy, "eu-west-1", "the policy names the replica's own region")
		assert.Contains(t, policy, "eu-central-1")
	}
}

func TestKeys_protectGuardsTheKeysAndNotTheAliases(t *testing.T) {
	t.Parallel()
	args := secondaryArgs(0)
	args.Protect = true
	for _, res := range build(t, args, nil).Custom() {
		assert.Equal(t, res.Type == replicaType, res.Protected(), res.Name)
	}
}

func TestKeys_arnOfAPurposeThatWasNotMade(t *testing.T) {
	t.Parallel()
	args := primaryArgs(0)
	args.Purposes = []string{Logs}
	build(t, args, func(k *Keys) {
		assert.NotPanics(t, func() { k.Arn(Logs) })
		assert.PanicsWithValue(t, `keys: there is no key for "data"`, func() { k.Arn(Data) })
	})
}

func TestInRegion_swapsTheRegionOnly(t *testing.T) {
	t.Parallel()
	got, err := ArnIn(primaryArn(Data), "eu-central-1")
	require.NoError(t, err)
	assert.Equal(t, strings.Replace(primaryArn(Data), "eu-west-1", "eu-central-1", 1), got)
	back, err := ArnIn(got, "eu-west-1")
	require.NoError(t, err)
	assert.Equal(t, primaryArn(Data), back)

	var seen string
	pulumitest.Run(t, func(ctx *pulumi.Context) error {
		ctx.Export("arn", InRegion(pulumi.String(primaryArn(Data)), "eu-central-1").ApplyT(func(s string) string {
			seen = s
			return s
		}))
		return nil
	})
	assert.Equal(t, got, seen)
	const own = "arn:aws:kms:eu-west-1:123456789012:"
	for _, bad := range []string{"", "mrk-1", own + "key/1", own + "alias/mrk-1"} {
		_, err := ArnIn(bad, "eu-central-1")
		assert.ErrorContains(t, err, "is no multi-region key", bad)
	}
}

func TestPolicy_ofEachPurpose(t *testing.T) {
	t.Parallel()
	for _, home := range system.Homes {
		for _, purpose := range Purposes {
			doc := Policy(scope(home, 0), purpose, "")
			require.NoError(t, doc.Check())
			text := strings.ReplaceAll(doc.JSON(), `{"Sid"`, "\n"+`{"Sid"`) + "\n"
			pulumitest.Golden(t, fmt.Sprintf("policy-%s-%s.golden", home, purpose), text)
			assert.LessOrEqual(t, len(doc.JSON()), 32768, "the limit of a key policy")
		}
	}
}

func TestPolicy_onlyTheAccountMayDoAnything(t *testing.T) {
	t.Parallel()
	for _, purpose := range Purposes {
		for _, s := range Policy(scope(system.Primary, 0), purpose, "").Statements {
			if s.Sid == "Account" {
				assert.Equal(t, []string{"arn:aws:iam::123456789012:root"}, s.Principals["AWS"])
				continue
			}
			assert.False(t, s.AllowAnyAction, s.Sid)
			if s.Sid != "Events" { // it cannot be; see TestPolicy_eventBridgeMaySendAlthoughItNamesNoAccount
				assert.NotEmpty(t, s.Conditions, "%s %s is held to the account", purpose, s.Sid)
			}
			assert.NotContains(t, s.Actions, "kms:ScheduleKeyDeletion", s.Sid)
		}
	}
}

func TestPolicy_eventBridgeMaySendAlthoughItNamesNoAccount(t *testing.T) {
	t.Parallel()
	for _, home := range system.Homes {
		held := map[string]bool{}
		for _, s := range Policy(scope(home, 0), Logs, "").Statements {
			for _, service := range s.Principals["Service"] {
				held[service] = len(s.Conditions) > 0
			}
			if s.Sid == "Events" {
				assert.Equal(t, []string{"kms:Decrypt", "kms:GenerateDataKey*"}, s.Actions)
			}
		}
		assert.Equal(t, map[string]bool{
			"logs." + scope(home, 0).Region + ".amazonaws.com": true,
			"cloudwatch.amazonaws.com":                         true,
			"backup.amazonaws.com":                             true,
			"events.rds.amazonaws.com":                         true,
			"events.amazonaws.com":                             false, // a condition would silence every event
		}, held)
	}
}

func TestPolicy_usersOfOnePurposeCannotUseAnother(t *testing.T) {
	t.Parallel()
	via := func(purpose string) (all []string) {
		for _, s := range Policy(scope(system.Primary, 0), purpose, "").Statements {
			all = append(all, s.Conditions["StringEquals"]["kms:ViaService"]...)
			all = append(all, s.Principals["Service"]...)
		}
		return all
	}
	assert.Contains(t, via(Data), "dynamodb.eu-west-1.amazonaws.com")
	assert.NotContains(t, via(Data), "logs.eu-west-1.amazonaws.com")
	assert.Contains(t, via(Logs), "logs.eu-west-1.amazonaws.com")
	assert.Contains(t, via(Logs), "cloudwatch.amazonaws.com")
	assert.NotContains(t, via(Logs), "rds.eu-west-1.amazonaws.com")
	assert.Contains(t, via(Backup), "backup.eu-west-1.amazonaws.com")
	assert.Contains(t, via(Secrets), "secretsmanager.eu-west-1.amazonaws.com")
}

func TestPolicy_grantsAreForServicesAlone(t *testing.T) {
	t.Parallel()
	for _, purpose := range Purposes {
		for _, s := range Policy(scope(system.Primary, 0), purpose, "").Statements {
			for _, action := range s.Actions {
				if action == "kms:CreateGrant" {
					assert.Equal(t, []string{"true"}, s.Conditions["Bool"]["kms:GrantIsForAWSResource"], s.Sid)
				}
			}
		}
	}
}

// Another account copies what lies under the keys of the data and of the vaults, and reads no secret and no log.
func TestPolicy_theCopyAccountReadsBackupsAlone(t *testing.T) {
	t.Parallel()
	const there = "arn:aws:iam::210987654321:root"
	for _, purpose := range Purposes {
		allowed := map[string][]string{}
		doc := Policy(scope(system.Primary, 0), purpose, "210987654321")
		require.NoError(t, doc.Check())
		for _, s := range doc.Statements {
			if len(s.Principals["AWS"]) > 0 && s.Principals["AWS"][0] == there {
				assert.Len(t, s.Principals["AWS"], 1)
				allowed[s.Sid] = s.Actions
				assert.Equal(t, s.Sid == "CopyAccountGrants", len(s.Conditions["Bool"]["kms:GrantIsForAWSResource"]) == 1)
			}
		}
		if purpose != Data && purpose != Backup {
			assert.Empty(t, allowed, purpose)
			continue
		}
		assert.Subset(t, allowed["CopyAccount"], []string{"kms:Decrypt", "kms:DescribeKey", "kms:ReEncrypt*"}, purpose)
		assert.Contains(t, allowed["CopyAccountGrants"], "kms:CreateGrant", purpose)
		assert.Len(t, allowed, 2)
	}
}
