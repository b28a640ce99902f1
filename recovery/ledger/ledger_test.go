package ledger_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/ledger"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// table is a ledger with one item a page, and the queue that takes from it.
type table struct {
	items []map[string]any
	sent  []string
	// groups are those of the messages.
	groups []any
	// failAfter makes the call after so many messages fail; none when negative.
	failAfter int
}

func (t *table) Call(_ context.Context, c plan.Call) (plan.Document, error) {
	switch c.Operation {
	case "Query":
		return t.page(c), nil
	case "SendMessage":
		t.groups = append(t.groups, c.Input["MessageGroupId"])
		if len(t.sent) == t.failAfter {
			return nil, errors.New("throttled")
		}
		t.sent = append(t.sent, fmt.Sprint(c.Input["MessageBody"], " ", c.Token))
	case "UpdateItem":
		for _, i := range t.items {
			if fmt.Sprint(i["token"]) == fmt.Sprint(c.Input["Key"].(map[string]any)["token"]) {
				i[ledger.Mark] = c.Input["ExpressionAttributeValues"].(map[string]any)[":m"]
			}
		}
	default:
		return plan.Document{"Passed": c.Operation}, nil
	}
	return plan.Document{}, nil
}

func (t *table) page(c plan.Call) plan.Document {
	shard := fmt.Sprint(c.Input["ExpressionAttributeValues"].(map[string]any)[":o"])
	skip, _ := c.Input["ExclusiveStartKey"].(int)
	var of []any
	for _, i := range t.items {
		if fmt.Sprint(i[inventory.LedgerOpen]) == shard {
			of = append(of, i)
		}
	}
	out := plan.Document{"Items": of[min(skip, len(of)):min(skip+1, len(of))]}
	if skip+1 < len(of) {
		out["LastEvaluatedKey"] = skip + 1
	}
	return out
}

func item(token, shard string) map[string]any {
	text := func(v string) map[string]any { return map[string]any{"S": v} }
	return map[string]any{inventory.LedgerKey: text(token), inventory.LedgerPayload: text("p-" + token),
		inventory.LedgerOpen: text(shard)}
}

func call(operation, mark string) plan.Call {
	return plan.Call{Kind: plan.Ledger, Home: system.Secondary, Service: "redoubt", Operation: operation,
		Input: plan.Document{"TableName": "t", "QueueUrl": "q", "Mark": mark}}
}

func TestPort_sendsEveryPageOfEveryShardOnce(t *testing.T) {
	t.Parallel()
	of := &table{failAfter: -1, items: []map[string]any{item("a", "0"), item("b", "0"), item("c", "0"), item("d", "7")}}
	port := ledger.Port{Port: of}
	out, err := port.Call(t.Context(), call(ledger.CountStranded, "m"))
	require.NoError(t, err)
	assert.Equal(t, plan.Document{"Stranded": 4}, out)
	out, err = port.Call(t.Context(), call(ledger.RequeueAccepted, "m"))
	require.NoError(t, err)
	assert.Equal(t, plan.Document{"Sent": 4}, out)
	assert.Equal(t, []string{
		`{"token":"a","payload":"p-a"} m/a`, `{"token":"b","payload":"p-b"} m/b`, `{"token":"c","payload":"p-c"} m/c`,
		`{"token":"d","payload":"p-d"} m/d`,
	}, of.sent)
	out, err = port.Call(t.Context(), call(ledger.CountStranded, "m"))
	require.NoError(t, err)
	assert.Equal(t, plan.Document{"Stranded": 0}, out, "what was sent stands in the queue")
	out, err = port.Call(t.Context(), call(ledger.CountStranded, "another run"))
	require.NoError(t, err)
	assert.Equal(t, plan.Document{"Stranded": 4}, out, "the mark is that of one run")
}

func TestPort_namesAGroupToAnOrderedQueueAlone(t *testing.T) {
	t.Parallel()
	for queue, want := range map[string]any{"q": nil, "https://sqs/1/q.fifo": "a"} {
		of := &table{failAfter: -1, items: []map[string]any{item("a", "0")}}
		c := call(ledger.RequeueAccepted, "m")
		c.Input["QueueUrl"] = queue
		_, err := ledger.Port{Port: of}.Call(t.Context(), c)
		require.NoError(t, err)
		assert.Equal(t, []any{want}, of.groups, queue)
	}
}

// Work of a group goes on waiting its turn in the other home, and a long token is no reason not to send.
func TestPort_keepsTheGroupAndFitsTheIDs(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("t", 200)
	of := &table{failAfter: -1, items: []map[string]any{item("ann/1", "0"), item(long, "1")}}
	of.items[0][inventory.LedgerGroup] = map[string]any{"S": "ann"}
	c := call(ledger.RequeueAccepted, "m")
	c.Input["QueueUrl"] = "https://sqs/1/q.fifo"
	_, err := ledger.Port{Port: of}.Call(t.Context(), c)
	require.NoError(t, err)
	assert.Equal(t, "ann", of.groups[0])
	assert.Len(t, of.groups[1], 64)
	require.Len(t, of.sent, 2)
	token := of.sent[1][strings.LastIndex(of.sent[1], " ")+1:]
	assert.LessOrEqual(t, len(token), ledger.MostID, "it is the deduplication id")
}

func TestPort_goesOnWhereItBroke(t *testing.T) {
	t.Parallel()
	of := &table{failAfter: 2, items: []map[string]any{item("a", "0"), item("b", "1"), item("c", "2")}}
	port := ledger.Port{Port: of}
	_, err := port.Call(t.Context(), call(ledger.RequeueAccepted, "m"))
	require.ErrorContains(t, err, "throttled")
	of.failAfter = -1
	out, err := port.Call(t.Context(), call(ledger.RequeueAccepted, "m"))
	require.NoError(t, err)
	assert.Equal(t, plan.Document{"Sent": 1}, out)
	assert.Len(t, of.sent, 3, "nothing is sent twice, nothing is left")
}

func TestPort_refusesAndPassesOn(t *testing.T) {
	t.Parallel()
	port := ledger.Port{Port: &table{}}
	lacking := call(ledger.CountStranded, "")
	_, err := port.Call(t.Context(), lacking)
	require.ErrorContains(t, err, "redoubt.CountStranded in the secondary home: Mark is missing")
	_, err = port.Call(t.Context(), call("Requeue", "m"))
	require.ErrorContains(t, err, "want RequeueAccepted or CountStranded")
	out, err := port.Call(t.Context(), plan.Call{Kind: plan.Probe, Operation: "RunProbe"})
	require.NoError(t, err)
	assert.Equal(t, plan.Document{"Passed": "RunProbe"}, out)
}
