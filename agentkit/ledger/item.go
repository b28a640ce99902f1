package ledger

import (
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"

	"redoubt/inventory"
	"redoubt/recovery/ledger"
)

// Stamp is RFC 3339 with all digits, so that the order of texts is that of times.
const Stamp = "2006-01-02T15:04:05.000000000Z07:00"

// DeadKey is the attribute that says why work was given up. Such work stays open until it goes, because nobody has
// done it, and Resend leaves it alone.
const DeadKey = "dead"

// WitnessPayload is the payload of the witness's marks: a consumer has no work with them, it marks them done.
const WitnessPayload = "redoubt:witness"

// Item is the entry of work that is accepted now and not done. It has no end: only what is done may vanish.
func Item(token, payload string, accepted time.Time) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{
		inventory.LedgerKey: text(token), inventory.LedgerPayload: text(payload),
		inventory.LedgerAccepted: text(accepted.UTC().Format(Stamp)),
		inventory.LedgerOpen:     text(inventory.LedgerShard(token)),
	}
}

// Expiring is a time after which DynamoDB deletes the item, as inventory.Expires holds it.
func Expiring(at time.Time) types.AttributeValue {
	return &types.AttributeValueMemberN{Value: strconv.FormatInt(at.Unix(), 10)}
}

// Done is the write that marks work as done: it leaves the open entries in the same moment, and is deleted after keep.
// Done twice is done. Work that the table does not know, because its entry has not come over from the other home
// yet, is marked all the same.
func Done(table, token string, at time.Time, keep time.Duration) types.Update {
	return types.Update{
		TableName: &table, Key: key(token),
		UpdateExpression:         aws.String("SET #d = :d, #e = :e REMOVE #o"),
		ExpressionAttributeNames: map[string]string{"#d": inventory.LedgerDone, "#e": inventory.Expires, "#o": inventory.LedgerOpen},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":d": text(at.UTC().Format(Stamp)), ":e": Expiring(at.Add(keep))},
	}
}

// GiveUp is the write that notes why work was given up, and that it may go after keep. Work that the table does not know,
// because its entry has not come over from the other home yet, gets one that a plan can send again: the message has
// all of it. It fails its condition for work that is done.
func GiveUp(table, token, payload, reason string, at time.Time, keep time.Duration) types.Update {
	return types.Update{
		TableName: &table, Key: key(token), ConditionExpression: aws.String("attribute_not_exists(#d)"),
		UpdateExpression: aws.String("SET #r = :r, #e = :e, #o = if_not_exists(#o, :o), #p = if_not_exists(#p, :p), " +
			"#a = if_not_exists(#a, :a)"),
		ExpressionAttributeNames: map[string]string{"#r": DeadKey, "#e": inventory.Expires, "#o": inventory.LedgerOpen,
			"#p": inventory.LedgerPayload, "#a": inventory.LedgerAccepted, "#d": inventory.LedgerDone},
		ExpressionAttributeValues: map[string]types.AttributeValue{
			":r": text(reason), ":e": Expiring(at.Add(keep)), ":o": text(inventory.LedgerShard(token)), ":p": text(payload),
			":a": text(at.UTC().Format(Stamp))},
	}
}

// Body is the message that is sent for work: the one that a plan's step sends.
func Body(token, payload string) (string, error) {
	raw, err := json.Marshal(ledger.Message{Token: token, Payload: payload})
	return string(raw), err
}

// Read reads a message's body.
func Read(body string) (token, payload string, err error) {
	var m ledger.Message
	if err := json.Unmarshal([]byte(body), &m); err != nil {
		return "", "", fmt.Errorf("the message is none of the work ledger's: %w", err)
	}
	if m.Token == "" {
		return "", "", fmt.Errorf("the message is none of the work ledger's: it has no token")
	}
	return m.Token, m.Payload, nil
}

func key(token string) map[string]types.AttributeValue {
	return map[string]types.AttributeValue{inventory.LedgerKey: text(token)}
}

func text(s string) types.AttributeValue { return &types.AttributeValueMemberS{Value: s} }

// value is an attribute of type text; empty when there is none.
func value(item map[string]types.AttributeValue, name string) string {
	if v, is := item[name].(*types.AttributeValueMemberS); is {
		return v.Value
	}
	return ""
}
