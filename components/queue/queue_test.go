package queue

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const (
	west    = "eu-west-1"
	central = "eu-central-1"

	queueType  = "aws:sqs/queue:Queue"
	policyType = "aws:sqs/queuePolicy:QueuePolicy"
)

func keyArn(region, id string) pulumi.StringInput {
	return pulumi.String("arn:aws:kms:" + region + ":123456789012:key/mrk-" + id)
}

// argsOf returns the args of a store's queue in one home.
func argsOf(home system.Home, store string) *Args {
	a := &Args{
		Scope:  naming.Scope{System: "atlas", Home: home, Region: west, Account: "123456789012"},
		Store:  system.Store{Name: store, Kind: system.Queue, Tier: "core"},
		KeyArn: keyArn(west, "1"), Ledger: &Ledger{PITRDays: 35}, Protect: true,
	}
	if home == system.Secondary {
		a.Scope.Region, a.KeyArn, a.Ledger.ReplicaOf = central, keyArn(central, "1"), west
	}
	return a
}

func program(args *Args) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		_, err := New(ctx, "main", args)
		return err
	}
}

func TestQueue_holdsWhatEveryComponentMust(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[Args, *Queue]{
		Args: func(n int) *Args { return argsOf(system.Primary, []string{"work", "work-copy"}[n]) },
		New:  New,
		Bad: []pulumitest.Bad[Args]{
			{Name: "no scope", Mutate: func(a *Args) { a.Scope = naming.Scope{} }, Want: "want system, home, region"},
			{Name: "no name", Mutate: func(a *Args) { a.Store.Name = "" }, Want: "store.name is empty"},
			{Name: "another kind", Mutate: func(a *Args) { a.Store.Kind = system.Table }, Want: `store.kind is "table"`},
			{Name: "a negative generation", Mutate: func(a *Args) { a.Generation = -1 }, Want: "generation is -1"},
			{Name: "no key", Mutate: func(a *Args) { a.KeyArn = nil }, Want: "keyArn is required"},
			{
				Name: "messages tried for ever", Mutate: func(a *Args) { a.Store.MaxReceives = 1001 },
				Want: "store.maxReceives is 1001, want 1 to 1000",
			},
			{
				Name: "a day of invisibility", Mutate: func(a *Args) { a.VisibilitySeconds = 86400 },
				Want: "visibilitySeconds is 86400",
			},
			{Name: "a ledger without recovery", Mutate: func(a *Args) { a.Ledger.PITRDays = 0 }, Want: "ledger.pitrDays is 0"},
			{
				Name: "a ledger of itself", Mutate: func(a *Args) { a.Ledger.ReplicaOf = west },
				Want: "ledger.replicaOf is \"eu-west-1\"",
			},
		},
		Changes: []pulumitest.Change[Args]{
			{
				Name: "how often a message is tried", Mutate: func(a *Args) { a.Store.MaxReceives = 3 },
				Want: []string{"main maxReceives", "main-queue redrivePolicy"},
			},
			{
				Name: "how long a consumer has", Mutate: func(a *Args) { a.VisibilitySeconds = 60 },
				Want: []string{"main-queue visibilityTimeoutSeconds"},
			},
			{
				Name: "the key", Mutate: func(a *Args) { a.KeyArn = keyArn(west, "2") },
				Want: []string{"main-dead kmsMasterKeyId", "main-ledger-table serverSideEncryption", "main-queue kmsMasterKeyId"},
			},
			{
				Name: "the tier", Mutate: func(a *Args) { a.Store.Tier = "edge" },
				Want: []string{"main-dead tags", "main-ledger-table tags", "main-queue tags"},
			},
			{
				Name: "how far back the ledger reaches", Mutate: func(a *Args) { a.Ledger.PITRDays = 7 },
				Want: []string{"main-ledger-table pointInTimeRecovery"},
			},
			{
				Name: "the ledger", Mutate: func(a *Args) { a.Ledger = nil },
				Want: []string{"-main-ledger", "-main-ledger-table", "main ledger"},
			},
			{
				Name: "the generation", Mutate: func(a *Args) { a.Generation = 2 },
				Want:     []string{"main-ledger table", "main-ledger-table name"},
				Replaces: []string{"main-ledger-table name"},
			},
		},
	}.Run(t)
}

func TestQueue_lettersThatNobodyCanReadAreKept(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(argsOf(system.Primary, "work")))
	q, dead := r.Get(t, queueType, "main-queue"), r.Get(t, queueType, "main-dead")
	assert.Equal(t, "atlas-work", q.Values()["name"])
	assert.Equal(t, "atlas-work-dlq", dead.Values()["name"])
	assert.JSONEq(t, `{"deadLetterTargetArn":"arn:aws:sqs:eu-west-1:123456789012:atlas-work-dlq","maxReceiveCount":5}`,
		q.Values()["redrivePolicy"].(string))
	assert.JSONEq(t, `{"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:eu-west-1:123456789012:atlas-work"]}`,
		dead.Values()["redriveAllowPolicy"].(string))
	assert.Greater(t, dead.Values()["messageRetentionSeconds"], q.Values()["messageRetentionSeconds"],
		"a dead letter keeps its age")
	assert.True(t, q.DependsOn(dead), "SQS refuses a dead-letter queue that is not there")
}

func TestQueue_bothQueuesAreSealedAndGuarded(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(argsOf(system.Primary, "work")))
	for _, part := range []string{"main-queue", "main-dead"} {
		q := r.Get(t, queueType, part)
		assert.Equal(t, "arn:aws:kms:eu-west-1:123456789012:key/mrk-1", q.Values()["kmsMasterKeyId"], part)
		assert.True(t, q.Protected(), part)
		assert.True(t, q.RPC.GetDeleteBeforeReplace(), "%s: its name is chosen", part)
		policy := r.Get(t, policyType, part+"-policy").Values()["policy"].(string)
		var doc struct {
			Statement []struct{ Effect, Sid string }
		}
		require.NoError(t, json.Unmarshal([]byte(policy), &doc))
		for _, s := range doc.Statement {
			assert.Equal(t, "Deny", s.Effect, "%s %s: agents are allowed by their roles, nobody by the queue", part, s.Sid)
		}
		assert.Contains(t, policy, "aws:SecureTransport")
	}
}

func TestQueue_homesShareTheLedgerAndNothingElse(t *testing.T) {
	t.Parallel()
	first := pulumitest.Run(t, program(argsOf(system.Primary, "work")))
	second := pulumitest.Run(t, program(argsOf(system.Secondary, "work")))
	assert.Equal(t, "atlas-work-ledger",
		first.Get(t, "aws:dynamodb/table:Table", "main-ledger-table").Values()["name"])
	assert.Equal(t, "arn:aws:dynamodb:eu-west-1:123456789012:table/atlas-work-ledger",
		second.Get(t, "aws:dynamodb/tableReplica:TableReplica", "main-ledger-replica").Values()["globalTableArn"])
	assert.Equal(t, "atlas-work", second.Get(t, queueType, "main-queue").Values()["name"], "one name to find it by")
	assert.Contains(t, second.Get(t, queueType, "main-queue").Values()["redrivePolicy"], "eu-central-1",
		"a dead-letter queue is in its queue's region")
}

func TestQueue_restoreReplacesTheLedgerAlone(t *testing.T) {
	t.Parallel()
	args := argsOf(system.Primary, "work")
	args.Generation = 2
	r := pulumitest.Run(t, program(args))
	assert.Equal(t, "atlas-work-ledger-g2", r.Get(t, "aws:dynamodb/table:Table", "main-ledger-table").Values()["name"])
	assert.Equal(t, "atlas-work", r.Get(t, queueType, "main-queue").Values()["name"])
}

func TestQueue_orderedQueuesAreCalledSo(t *testing.T) {
	t.Parallel()
	args := argsOf(system.Primary, "work")
	args.Store.FIFO = true
	r := pulumitest.Run(t, program(args))
	for part, name := range map[string]string{"main-queue": "atlas-work.fifo", "main-dead": "atlas-work-dlq.fifo"} {
		q := r.Get(t, queueType, part).Values()
		assert.Equal(t, name, q["name"])
		assert.Equal(t, true, q["fifoQueue"])
	}
}
