package provider

import (
	"context"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	queueToken = "aws:sqs/queue:Queue"
	queueURN   = "urn:pulumi:test::redoubt::aws:sqs/queue:Queue::work"
	policyURN  = "urn:pulumi:test::redoubt::aws:sqs/queuePolicy:QueuePolicy::work"
)

func TestCheckInputs_holdsTheRulesOfQueues(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		in   map[string]any
		want int
	}{
		"sound":          {map[string]any{"name": "work"}, 0},
		"sound fifo":     {map[string]any{"name": "work.fifo", "fifoQueue": true}, 0},
		"fifo by name":   {map[string]any{"name": "work.fifo"}, 1},
		"fifo in secret": {map[string]any{"name": "work", "fifoQueue": true}, 1},
		"a dot":          {map[string]any{"name": "wo.rk"}, 1},
		"a long poll":    {map[string]any{"name": "work", "receiveWaitTimeSeconds": 21}, 1},
		"two keys":       {map[string]any{"name": "work", "kmsMasterKeyId": "k", "sqsManagedSseEnabled": true}, 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			assert.Len(t, CheckInputs(queueToken, props(tt.in)), tt.want)
		})
	}
}

func TestServer_queueReadsBackAsDeclared(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s, _ := serve(t)
	c := connect(t, s.aws, map[string]any{"region": "eu-west-1"})
	id, state, in := create(t, c, queueURN, props(map[string]any{"name": "work", "visibilityTimeoutSeconds": 300,
		"redriveAllowPolicy": `{"redrivePermission":"byQueue","sourceQueueArns":["arn:aws:sqs:eu-west-1:123456789012:a"]}`}))
	assert.Equal(t, "https://sqs.eu-west-1.amazonaws.com/123456789012/work", id)
	create(t, c, policyURN, props(map[string]any{"queueUrl": id, "policy": `{"Version":"2012-10-17","Statement":[]}`}))

	read, err := c.Read(ctx, &pulumirpc.ReadRequest{Id: id, Urn: queueURN, Properties: sent(t, state), Inputs: sent(t, in)})
	require.NoError(t, err)
	assert.Contains(t, received(t, read.GetProperties())["policy"].StringValue(), "2012-10-17", "AWS tells of the policy")
	d, err := c.Diff(ctx, &pulumirpc.DiffRequest{Id: id, Urn: queueURN, Olds: read.GetProperties(), News: read.GetInputs(),
		OldInputs: read.GetInputs()})
	require.NoError(t, err)
	assert.Equal(t, pulumirpc.DiffResponse_DIFF_NONE, d.GetChanges(), "%v", d.GetDiffs())
}
