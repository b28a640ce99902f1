// Package ledger performs the acts on a queue's work ledger that are made of
// many calls: it sends accepted work again that nobody has done, and counts what
// still has to be sent. It makes each call through a port, so that AWS and the
// simulator see the same ones.
package ledger

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"redoubt/inventory"
	"redoubt/recovery/plan"
)

// The operations of kind plan.Ledger.
const (
	// RequeueAccepted sends every open item that lacks the mark, oldest first.
	RequeueAccepted = "RequeueAccepted"
	// CountStranded counts the open items that lack the mark.
	CountStranded = "CountStranded"
)

// Mark is the attribute that says which run sent an item again last.
const Mark = "requeued"

// Message is what stands in a queue: the token that makes doing it twice
// harmless, and where the work is.
type Message struct {
	Token   string `json:"token"`
	Payload string `json:"payload"`
}

// MostID is how long the ids of an ordered queue may be, in characters:
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
const MostID = 128

// ID is a text as an id of an ordered queue: itself where it may be one, else its SHA-256.
func ID(of string) string {
	taken := func(r rune) bool { return r > ' ' && r < 127 }
	if of != "" && len(of) <= MostID && strings.IndexFunc(of, func(r rune) bool { return !taken(r) }) < 0 {
		return of
	}
	sum := sha256.Sum256([]byte(of))
	return hex.EncodeToString(sum[:])
}

// Port answers calls of kind plan.Ledger and passes the others on.
type Port struct{ plan.Port }

var _ plan.Port = Port{}

// Call answers one call. Its input names TableName, QueueUrl and Mark.
func (p Port) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	if c.Kind != plan.Ledger {
		return p.Port.Call(ctx, c)
	}
	a := act{port: p.Port, call: c}
	for name, to := range map[string]*string{"TableName": &a.table, "QueueUrl": &a.queue, "Mark": &a.mark} {
		text, _ := c.Input[name].(string)
		if *to = text; text == "" {
			return nil, fmt.Errorf("%s: %s is missing", c, name)
		}
	}
	switch c.Operation {
	case RequeueAccepted:
		n, err := a.each(ctx, a.send)
		return plan.Document{"Sent": n}, err
	case CountStranded:
		n, err := a.each(ctx, func(context.Context, item) error { return nil })
		return plan.Document{"Stranded": n}, err
	default:
		return nil, fmt.Errorf("%s: want %s or %s", c, RequeueAccepted, CountStranded)
	}
}

// act is one call being answered.
type act struct {
	port               plan.Port
	call               plan.Call
	table, queue, mark string
}

// item is an entry of the ledger in DynamoDB's form: each attribute under its type.
type item = map[string]any

// each calls do for every open item without the mark, shard by shard, and
// returns how many there were.
func (a act) each(ctx context.Context, do func(context.Context, item) error) (int, error) {
	n := 0
	for _, shard := range inventory.LedgerShards {
		var from any
		for {
			page, err := a.page(ctx, shard, from)
			if err != nil {
				return n, err
			}
			for _, i := range page.items {
				if text(i, Mark) == a.mark {
					continue
				}
				n++
				if err := do(ctx, i); err != nil {
					return n, err
				}
			}
			if from = page.next; from == nil {
				break
			}
		}
	}
	return n, nil
}

type page struct {
	items []item
	next  any
}

func (a act) page(ctx context.Context, shard string, from any) (page, error) {
	in := plan.Document{
		"TableName": a.table, "IndexName": inventory.LedgerIndex, "KeyConditionExpression": "#o = :o",
		"ExpressionAttributeNames":  plan.Document{"#o": inventory.LedgerOpen},
		"ExpressionAttributeValues": plan.Document{":o": plan.Document{"S": shard}},
	}
	if from != nil {
		in["ExclusiveStartKey"] = from
	}
	out, err := a.ask(ctx, "dynamodb", "Query", in, "")
	if err != nil {
		return page{}, err
	}
	var p page
	list, _ := out["Items"].([]any)
	for _, one := range list {
		i, ok := one.(map[string]any)
		if !ok {
			return page{}, errors.New("the ledger's answer has an item that is no document")
		}
		p.items = append(p.items, i)
	}
	p.next = out["LastEvaluatedKey"]
	return p, nil
}

// send sends one item and marks it. A crash between the two sends it twice,
// which its token makes harmless; the other order would lose it.
func (a act) send(ctx context.Context, i item) error {
	token := text(i, inventory.LedgerKey)
	body, err := json.Marshal(Message{Token: token, Payload: text(i, inventory.LedgerPayload)})
	if err != nil {
		return err
	}
	in := plan.Document{"QueueUrl": a.queue, "MessageBody": string(body)}
	if strings.HasSuffix(a.queue, ".fifo") { // as agentkit/ledger sends it: work without a group is one of its own
		in["MessageGroupId"] = ID(cmp.Or(text(i, inventory.LedgerGroup), token))
	}
	if _, err := a.ask(ctx, "sqs", "SendMessage", in, ID(a.mark+"/"+token)); err != nil {
		return err
	}
	_, err = a.ask(ctx, "dynamodb", "UpdateItem", plan.Document{
		"TableName": a.table, "Key": plan.Document{inventory.LedgerKey: plan.Document{"S": token}},
		"UpdateExpression":          "SET #m = :m",
		"ExpressionAttributeNames":  plan.Document{"#m": Mark},
		"ExpressionAttributeValues": plan.Document{":m": plan.Document{"S": a.mark}},
	}, "")
	return err
}

func (a act) ask(ctx context.Context, service, operation string, in plan.Document, token string) (plan.Document, error) {
	return a.port.Call(ctx, plan.Call{
		Kind: plan.AWS, Home: a.call.Home, Service: service, Operation: operation, Input: in, Token: token,
	})
}

// text is an attribute of type string, empty when there is none.
func text(i item, name string) string {
	typed, _ := i[name].(map[string]any)
	s, _ := typed["S"].(string)
	return s
}
