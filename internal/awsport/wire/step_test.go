//go:build apps

package wire

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/lease"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// byHand is a step of a plan that a person asks for, with the lease and the journal of the home, all over the wire.
type byHand struct {
	plan    plan.Plan
	journal journal.Table
	lease   lease.Table
	options execute.Options
}

// step does what redoubt step does behind its flags. It returns how the step ended and how many calls were made for it.
func (b byHand) step(t *testing.T, id string) (outcome plan.Outcome, calls int, f execute.Finish) {
	t.Helper()
	held, err := lease.Acquire(t.Context(), b.lease, clock.Wall{}, lease.Recovery, "ann (step "+id+")", opts)
	require.NoError(t, err)
	records, err := b.journal.Load(t.Context(), "r")
	require.NoError(t, err)
	o := b.options
	o.Run, o.Generation, o.Poll, o.Hand = "r", held.Generation(), 100*time.Millisecond, &execute.Hand{Step: id}
	core, err := execute.Restore(b.plan, o, records)
	require.NoError(t, err)
	f, err = execute.Runner{Port: port(), Store: b.journal, Clock: clock.Wall{}, Lease: held, CallTimeout: 10 * time.Second,
		See: func(_ time.Time, c execute.Command) {
			if _, is := c.(execute.Perform); is {
				calls++
			}
		}}.Run(t.Context(), core)
	require.NoError(t, err)
	require.NoError(t, held.Release(t.Context()))
	outcome, _, _ = core.Ended(id)
	return outcome, calls, f
}

// TestStep_sendsWorkAgainOverTheWire carries one step of the plan for a lost region out by hand: what was accepted and not
// done is sent once, behind the gates, and the journal lets the next one find it done.
func TestStep_sendsWorkAgainOverTheWire(t *testing.T) {
	t.Parallel()
	raw, err := os.ReadFile(filepath.Join("..", "..", "..", "recovery", "planner", "testdata", "plans", "region-loss.json"))
	require.NoError(t, err)
	p, err := plan.Decode(raw)
	require.NoError(t, err)
	aside := map[string]execute.Override{}
	for n := range p.Gates { // what they ask about is not there
		p.Gates[n].Timeout = plan.Duration(time.Second)
		aside[p.Gates[n].ID] = execute.Override{By: "ann", Reason: "a test"}
	}
	by := byHand{plan: p}
	by.journal, by.lease = locks(t, "locks-of-steps")
	queue := accepted(t, "atlas-work")

	outcome, calls, f := by.step(t, "requeue-work")
	assert.Equal(t, execute.Refused, f.Outcome, f.Why)
	assert.Equal(t, []any{plan.Outcome(""), 0, 0}, []any{outcome, calls, len(queue())}, "behind the gates")
	by.options.Overrides = aside
	outcome, calls, f = by.step(t, "requeue-work")
	assert.Equal(t, []any{plan.Performed, 1}, []any{outcome, calls}, f.Why)
	assert.ElementsMatch(t, []string{`{"token":"w-1","payload":"s3://payloads/w-1"}`, `{"token":"w-2","payload":"s3://payloads/w-2"}`}, queue())
	outcome, calls, f = by.step(t, "requeue-work")
	assert.Equal(t, []any{plan.AlreadyDone, 0}, []any{outcome, calls}, f.Why)
	assert.Empty(t, queue(), "nothing is sent twice")
	assert.Equal(t, execute.Stopped, f.Outcome, "the rest of the plan is left")
	records, err := by.journal.Load(t.Context(), "r")
	require.NoError(t, err)
	ended := map[string]int{}
	for _, r := range records {
		if r.Kind == journal.Ended {
			ended[r.Step+" "+r.Result]++
		}
	}
	assert.Equal(t, map[string]int{"requeue-work performed": 1, "requeue-work already done": 1}, ended)
}

// accepted makes the ledger of a queue with two tokens that nobody has done and one that somebody has, and the
// queue, of which it returns what takes its messages out.
func accepted(t *testing.T, queueName string) (taken func() []string) {
	t.Helper()
	ledger := dynamodb.NewFromConfig(config())
	key := func(name string) []types.KeySchemaElement {
		return []types.KeySchemaElement{{AttributeName: aws.String(name), KeyType: types.KeyTypeHash}}
	}
	_, err := ledger.CreateTable(t.Context(), &dynamodb.CreateTableInput{
		TableName: aws.String(queueName + "-ledger"), BillingMode: types.BillingModePayPerRequest, KeySchema: key(inventory.LedgerKey),
		AttributeDefinitions: []types.AttributeDefinition{
			{AttributeName: aws.String(inventory.LedgerKey), AttributeType: types.ScalarAttributeTypeS},
			{AttributeName: aws.String(inventory.LedgerOpen), AttributeType: types.ScalarAttributeTypeS}},
		GlobalSecondaryIndexes: []types.GlobalSecondaryIndex{{IndexName: aws.String(inventory.LedgerIndex),
			KeySchema: key(inventory.LedgerOpen), Projection: &types.Projection{ProjectionType: types.ProjectionTypeAll}}},
	})
	require.NoError(t, err)
	for token, open := range map[string]bool{"w-1": true, "w-2": true, "w-3": false} {
		item := doc{inventory.LedgerKey: doc{"S": token}, inventory.LedgerPayload: doc{"S": "s3://payloads/" + token}}
		if open {
			item[inventory.LedgerOpen] = doc{"S": inventory.LedgerShard(token)}
		}
		_, err := port().Call(t.Context(), plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: "dynamodb", Operation: "PutItem",
			Input: doc{"TableName": queueName + "-ledger", "Item": item}})
		require.NoError(t, err)
	}
	queue, err := sqs.NewFromConfig(config()).CreateQueue(t.Context(), &sqs.CreateQueueInput{QueueName: &queueName})
	require.NoError(t, err)
	return func() (out []string) {
		for {
			got, err := sqs.NewFromConfig(config()).ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: queue.QueueUrl,
				MaxNumberOfMessages: 10, VisibilityTimeout: 600})
			require.NoError(t, err)
			if len(got.Messages) == 0 {
				return out
			}
			for _, m := range got.Messages {
				out = append(out, *m.Body)
			}
		}
	}
}
