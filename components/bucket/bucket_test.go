package bucket

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const (
	west    = "eu-west-1"
	central = "eu-central-1"

	replicationType = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"
)

func keyArn(region string) pulumi.StringInput {
	return pulumi.String("arn:aws:kms:" + region + ":123456789012:key/mrk-1")
}

// argsOf returns the args of one store's bucket in one home, peer ready.
func argsOf(home system.Home, store string) *Args {
	here, there := west, central
	if home == system.Secondary {
		here, there = central, west
	}
	return &Args{
		Scope:     naming.Scope{System: "atlas", Home: home, Region: here, Account: "123456789012"},
		Name:      store,
		Retention: system.Retention{PITRDays: 14, LockDays: 30},
		Lock:      true,
		KeyArn:    keyArn(here),
		Peer:      &Peer{Region: there, KeyArn: keyArn(there)},
		Protect:   true,
	}
}

func program(args *Args) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := New(ctx, "main", args)
		return err
	}
}

func TestBucket_holdsWhatEveryComponentMust(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Bucket]{
		Args: func(n int) *Args { return argsOf(system.Primary, []string{"documents", "documents-copy"}[n]) },
		New:  New,
		Bad: []pulumitest.Bad[Args]{
			{
				Name:   "no scope",
				Mutate: func(a *Args) { a.Scope = naming.Scope{} },
				Want:   "want system, region and account",
			},
			{Name: "no name", Mutate: func(a *Args) { a.Name = "" }, Want: "name is empty"},
			{Name: "a negative generation", Mutate: func(a *Args) { a.Generation = -1 }, Want: "generation is -1"},
			{Name: "no key", Mutate: func(a *Args) { a.KeyArn = nil }, Want: "keyArn is not given"},
			{
				Name:   "an end of all by a prefix",
				Mutate: func(a *Args) { a.Ends = map[string]int{"": 3, "marks/": 0} },
				Want:   `0 days below "marks/"`,
			},
			{
				Name:   "a lock of no days",
				Mutate: func(a *Args) { a.Retention.LockDays = 0 },
				Want:   "lockDays is 0, want 1 or more",
			},
			{
				Name:   "a peer in the same region",
				Mutate: func(a *Args) { a.Peer.Region = west },
				Want:   `peer.region is "eu-west-1"`,
			},
			{Name: "a peer without key", Mutate: func(a *Args) { a.Peer.KeyArn = nil }, Want: "peer.keyArn is not given"},
			{Name: "an end before the beginning", Mutate: func(a *Args) { a.ExpireDays = -1 }, Want: "expireDays is -1"},
			{
				Name:   "a bad name to adopt",
				Mutate: func(a *Args) { a.Adopt = &Adopt{Name: "Old_Bucket"} },
				Want:   `adopt.name is "Old_Bucket"`,
			},
		},
		Changes: []pulumitest.Change[Args]{
			{
				Name:   "how far back a restore reaches",
				Mutate: func(a *Args) { a.Retention.PITRDays = 35 },
				Want:   []string{"main-lifecycle rules"},
			},
			{
				Name:   "how long some objects live",
				Mutate: func(a *Args) { a.Ends = map[string]int{"marks/": 3} },
				Want:   []string{"main-lifecycle rules"},
			},
			{
				Name:   "how long objects live",
				Mutate: func(a *Args) { a.ExpireDays = 14 },
				Want:   []string{"main-lifecycle rules"},
			},
			{
				Name: "who else is let in",
				Mutate: func(a *Args) {
					a.Allow = []iampolicy.Statement{{
						Sid: "Reader", Principals: map[string][]string{"Service": {"x.amazonaws.com"}},
						Actions: []string{"s3:GetObject"}, Resources: []string{"arn:aws:s3:::b/*"},
					}}
				},
				Want: []string{"main-policy policy"},
			},
			{
				Name:   "how long objects are locked",
				Mutate: func(a *Args) { a.Retention.LockDays = 20 },
				Want:   []string{"main-lock rule", "main-lifecycle rules"},
			},
			{
				Name:   "the lock",
				Mutate: func(a *Args) { a.Lock = false },
				Want:   []string{"main lock", "-main-lock"},
			},
			{
				Name:   "the key",
				Mutate: func(a *Args) { a.KeyArn = pulumi.String("arn:aws:kms:eu-west-1:123456789012:key/mrk-2") },
				Want:   []string{"main-bucket tags", "main-encryption rules", "main-replicator-policy policy"},
			},
			{
				Name:   "the peer",
				Mutate: func(a *Args) { a.Peer = nil },
				Want:   []string{"main peerBucket", "-main-replication", "-main-replicator", "-main-replicator-policy"},
			},
			{
				Name:   "the peer's bucket",
				Mutate: func(a *Args) { a.Peer.Bucket = "their-bucket" },
				Want: []string{
					"main peerBucket", "main-replication rules", "main-replicator description", "main-replicator-policy policy",
				},
			},
		},
	}.Run(t)
}

func TestBucket_replicatesBothWays(t *testing.T) {
	t.Parallel()
	own := map[system.Home]string{}
	goesTo := map[system.Home]string{}
	for _, home := range system.Homes {
		r := pulumitest.Run(t, program(argsOf(home, "documents")))
		own[home] = r.Get(t, "aws:s3/bucketV2:BucketV2", "main-bucket").Values()["bucket"].(string)
		rules := r.Get(t, replicationType, "main-replication").Values()["rules"].([]any)
		require.Len(t, rules, 1)
		goesTo[home] = rules[0].(map[string]any)["destination"].(map[string]any)["bucket"].(string)
	}
	assert.Equal(t, "arn:aws:s3:::"+own[system.Secondary], goesTo[system.Primary])
	assert.Equal(t, "arn:aws:s3:::"+own[system.Primary], goesTo[system.Secondary])
}

// rule returns the one replication rule of the bucket.
func rule(t *testing.T, args *Args) map[string]any {
	t.Helper()
	r := pulumitest.Run(t, program(args))
	rules := r.Get(t, replicationType, "main-replication").Values()["rules"].([]any)
	require.Len(t, rules, 1)
	return rules[0].(map[string]any)
}

func TestReplication_ruleIsOfTheSecondVersion(t *testing.T) {
	t.Parallel()
	got := rule(t, argsOf(system.Primary, "documents"))
	assert.Equal(t, RuleID, got["id"], "the id is a dimension of the metrics")
	assert.Equal(t, "Enabled", got["status"])
	assert.EqualValues(t, 1, got["priority"])
	assert.Equal(t, map[string]any{"prefix": ""}, got["filter"])
	assert.NotContains(t, got, "prefix", "a prefix beside the filter makes it a rule of the first version")
	assert.Equal(t, map[string]any{"status": "Enabled"}, got["deleteMarkerReplication"])
	assert.NotContains(t, got, "existingObjectReplication", "S3 refuses it")
}

func TestReplication_hasTimeControlWithItsMetrics(t *testing.T) {
	t.Parallel()
	to := rule(t, argsOf(system.Primary, "documents"))["destination"].(map[string]any)
	minutes := map[string]any{"minutes": float64(15)}
	assert.Equal(t, map[string]any{"status": "Enabled", "time": minutes}, to["replicationTime"])
	assert.Equal(t, map[string]any{"status": "Enabled", "eventThreshold": minutes}, to["metrics"])
}

func TestReplication_encryptsWithAKeyOfThePeersRegion(t *testing.T) {
	t.Parallel()
	got := rule(t, argsOf(system.Primary, "documents"))
	assert.Equal(t, map[string]any{"replicaKmsKeyId": "arn:aws:kms:eu-central-1:123456789012:key/mrk-1"},
		got["destination"].(map[string]any)["encryptionConfiguration"])
	enabled := map[string]any{"status": "Enabled"}
	assert.Equal(t, map[string]any{"sseKmsEncryptedObjects": enabled, "replicaModifications": enabled},
		got["sourceSelectionCriteria"])
}

func TestReplication_refusesAKeyOfAnotherRegion(t *testing.T) {
	t.Parallel()
	args := argsOf(system.Primary, "documents")
	args.Peer.KeyArn = keyArn(west)
	_, err := pulumitest.RunErr(program(args))
	require.ErrorContains(t, err, `want a key ARN that starts with "arn:aws:kms:eu-central-1:"`)

	args = argsOf(system.Primary, "documents")
	args.KeyArn = pulumi.String("arn:aws:kms:eu-west-1:123456789012:alias/documents")
	_, err = pulumitest.RunErr(program(args))
	require.ErrorContains(t, err, "want a key ARN", "S3 takes no alias")
}

func TestReplication_waitsForThePeer(t *testing.T) {
	t.Parallel()
	args := argsOf(system.Primary, "documents")
	args.Peer = nil
	r := pulumitest.Run(t, program(args))
	assert.Empty(t, r.OfType(replicationType))
	assert.Empty(t, r.OfType("aws:iam/role:Role"))
}

func TestReplication_roleMayDoWhatReplicationNeedsAndNoMore(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(argsOf(system.Primary, "documents")))
	role := r.Get(t, "aws:iam/role:Role", "main-replicator").Values()
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[{"Sid":"Assume","Effect":"Allow",
		"Principal":{"Service":"s3.amazonaws.com"},"Action":"sts:AssumeRole"}]}`, role["assumeRolePolicy"].(string))

	text := r.Get(t, "aws:iam/rolePolicy:RolePolicy", "main-replicator-policy").Values()["policy"].(string)
	from := "arn:aws:s3:::atlas-documents-123456789012-eu-west-1"
	to := "arn:aws:s3:::atlas-documents-123456789012-eu-central-1"
	got := grants(t, text)
	assert.Equal(t, map[string][]string{
		"s3:GetReplicationConfiguration":    {from},
		"s3:ListBucket":                     {from},
		"s3:GetObjectVersionForReplication": {from + "/*"},
		"s3:GetObjectVersionAcl":            {from + "/*"},
		"s3:GetObjectVersionTagging":        {from + "/*"},
		"s3:GetObjectRetention":             {from + "/*"},
		"s3:GetObjectLegalHold":             {from + "/*"},
		"s3:ReplicateObject":                {to + "/*"},
		"s3:ReplicateDelete":                {to + "/*"},
		"s3:ReplicateTags":                  {to + "/*"},
		"kms:Decrypt":                       {"arn:aws:kms:eu-west-1:123456789012:key/mrk-1"},
		"kms:Encrypt":                       {"arn:aws:kms:eu-central-1:123456789012:key/mrk-1"},
		"kms:GenerateDataKey":               {"arn:aws:kms:eu-central-1:123456789012:key/mrk-1"},
	}, got)
	assert.Contains(t, text, `"kms:ViaService":"s3.eu-west-1.amazonaws.com"`)
	assert.Contains(t, text, `"kms:ViaService":"s3.eu-central-1.amazonaws.com"`)
	assert.Contains(t, text, `"kms:EncryptionContext:aws:s3:arn":["`+from+`","`+from+`/*"]`)
}

// grants maps each allowed action to its resources.
func grants(t *testing.T, text string) map[string][]string {
	t.Helper()
	var doc struct {
		Statement []struct {
			Effect           string
			Action, Resource any
		}
	}
	require.NoError(t, json.Unmarshal([]byte(text), &doc))
	out := map[string][]string{}
	for _, s := range doc.Statement {
		require.Equal(t, "Allow", s.Effect)
		for _, a := range listOf(s.Action) {
			out[a] = append(out[a], listOf(s.Resource)...)
		}
	}
	return out
}

func listOf(v any) []string {
	if one, ok := v.(string); ok {
		return []string{one}
	}
	var out []string
	for _, e := range v.([]any) {
		out = append(out, e.(string))
	}
	return out
}
