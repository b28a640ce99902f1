package world

import (
	"crypto/md5" //nolint:gosec // SQS answers with an MD5 sum
	"encoding/hex"
	"fmt"
	"slices"
	"strings"
	"time"
)

// sqsOperations are the operations on queues and their messages.
func sqsOperations() map[string]operation {
	return map[string]operation{
		"sqs.SendMessage":          {data: true, run: sendMessage},
		"sqs.ReceiveMessage":       {data: true, run: receiveMessage},
		"sqs.DeleteMessage":        {data: true, run: deleteMessage},
		"sqs.GetQueueAttributes":   {data: true, run: getQueueAttributes},
		"sqs.StartMessageMoveTask": {data: true, run: startMessageMoveTask},
	}
}

// queueAt finds the queue that a request names by its URL.
func (t *tx) queueAt(r Request) (*Entity, error) {
	url := str(r.Input, "QueueUrl")
	if q := t.get(kindQueue, r.Region, url); q != nil {
		return q, nil
	}
	return nil, refuse(noSuchQueue, "The specified queue does not exist: %s", url)
}

// messagesOf lists a queue's messages, the oldest first. What is older than the
// queue's retention is gone.
func (t *tx) messagesOf(queue *Entity) []*Entity {
	keep := duration(numOr(queue.In, "MessageRetentionSeconds", 345600))
	var out []*Entity
	for _, m := range t.list(kindMessage, queue.Region) {
		if str(m.In, "Queue") == queue.ARN && timeAt(m.In, "Sent").Add(keep).After(t.clock()) {
			out = append(out, m)
		}
	}
	slices.SortStableFunc(out, func(a, b *Entity) int { return timeAt(a.In, "Sent").Compare(timeAt(b.In, "Sent")) })
	return out
}

// sendMessage is sqs SendMessage
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html).
func sendMessage(t *tx, r Request) (Document, error) {
	q, err := t.queueAt(r)
	if err != nil {
		return nil, err
	}
	if err := t.keyUsable(q.Region, str(q.In, "KmsMasterKeyId"), "KMS.InvalidStateException"); err != nil {
		return nil, err
	}
	body := str(r.Input, "MessageBody")
	if limit := int(numOr(q.In, "MaxMessageSize", 262144)); body == "" || len(body) > limit {
		return nil, refuse("InvalidParameterValue", "the message has %d bytes, want 1 to %d", len(body), limit)
	}
	if yes(q.In, "FifoQueue") && str(r.Input, "MessageGroupId") == "" {
		return nil, refuse("MissingParameter", "The request must contain the parameter MessageGroupId.")
	}
	token := firstOf(r.Token, q.ARN)
	m := &Entity{Kind: kindMessage, Region: q.Region, Token: token, Created: t.birth()}
	m.Generation = t.generation(q.Region, kindMessage, token)
	m.ID = t.uuid(m, "id")
	m.In = Document{"Queue": q.ARN, "Body": body, "Sent": t.clock().Format(time.RFC3339Nano)}
	if group := str(r.Input, "MessageGroupId"); group != "" {
		m.In["Group"] = group
	}
	delay := duration(numOr(r.Input, "DelaySeconds", numOr(q.In, "DelaySeconds", 0)))
	m.Out = Document{"VisibleAt": t.clock().Add(delay).Format(time.RFC3339Nano), "Received": 0.0}
	t.save(m)
	return Document{"MessageId": m.ID, "MD5OfMessageBody": md5Of(body)}, nil
}

func md5Of(body string) string {
	sum := md5.Sum([]byte(body)) //nolint:gosec // SQS answers with an MD5 sum
	return hex.EncodeToString(sum[:])
}

// receiveMessage is sqs ReceiveMessage. It never waits: what is not there now
// is not answered. A message that was received as often as the redrive policy
// allows goes to the dead-letter queue instead.
func receiveMessage(t *tx, r Request) (Document, error) {
	q, err := t.queueAt(r)
	if err != nil {
		return nil, err
	}
	if err := t.keyUsable(q.Region, str(q.In, "KmsMasterKeyId"), "KMS.InvalidStateException"); err != nil {
		return nil, err
	}
	hide := duration(numOr(r.Input, "VisibilityTimeout", numOr(q.In, "VisibilityTimeoutSeconds", 30)))
	most := int(numOr(r.Input, "MaxNumberOfMessages", 1))
	redrive, _ := redriveOf(q)
	list, busy := []any{}, map[string]bool{}
	for _, m := range t.messagesOf(q) {
		group := str(m.In, "Group")
		if len(list) == most || group != "" && busy[group] {
			continue
		}
		if timeAt(m.Out, "VisibleAt").After(t.clock()) {
			busy[group] = true // a FIFO queue holds a group back while one of its messages is out
			continue
		}
		m = t.edit(m)
		times := numOr(m.Out, "Received", 0)
		if redrive.Target != "" && times >= redrive.most() {
			m.In["Source"], m.In["Queue"] = q.ARN, redrive.Target
			m.Out["Received"] = 0.0
			continue
		}
		m.Out["Received"], m.Out["VisibleAt"] = times+1, t.clock().Add(hide).Format(time.RFC3339Nano)
		m.Out["Receipt"] = fmt.Sprintf("%s#%.0f", m.ID, times+1)
		list = append(list, Document{
			"MessageId": m.ID, "ReceiptHandle": m.Out["Receipt"], "Body": m.In["Body"], "MD5OfBody": md5Of(str(m.In, "Body")),
			"Attributes": Document{
				"ApproximateReceiveCount": fmt.Sprintf("%.0f", times+1),
				"SentTimestamp":           fmt.Sprint(timeAt(m.In, "Sent").UnixMilli()),
			},
		})
	}
	if len(list) == 0 {
		return Document{}, nil
	}
	return Document{"Messages": list}, nil
}

// deleteMessage is sqs DeleteMessage; a repeat is no error.
func deleteMessage(t *tx, r Request) (Document, error) {
	q, err := t.queueAt(r)
	if err != nil {
		return nil, err
	}
	receipt := str(r.Input, "ReceiptHandle")
	id, _, form := strings.Cut(receipt, "#")
	if !form {
		return nil, refuse("ReceiptHandleIsInvalid", "The input receipt handle %q is invalid", receipt)
	}
	if m := t.get(kindMessage, q.Region, id); m != nil && str(m.In, "Queue") == q.ARN {
		t.drop(m)
	}
	return Document{}, nil
}

// getQueueAttributes is sqs GetQueueAttributes, always with all of them.
func getQueueAttributes(t *tx, r Request) (Document, error) {
	q, err := t.queueAt(r)
	if err != nil {
		return nil, err
	}
	a := Document{"QueueArn": q.ARN}
	if !slices.Equal(strs(r.Input, "AttributeNames"), []string{"QueueArn"}) {
		visible, hidden := t.countMessages(q)
		a["ApproximateNumberOfMessages"], a["ApproximateNumberOfMessagesNotVisible"] = fmt.Sprint(visible), fmt.Sprint(hidden)
	}
	for name, property := range map[string]string{
		"VisibilityTimeout": "VisibilityTimeoutSeconds", "MessageRetentionPeriod": "MessageRetentionSeconds",
		"RedrivePolicy": "RedrivePolicy", "RedriveAllowPolicy": "RedriveAllowPolicy", "KmsMasterKeyId": "KmsMasterKeyId",
	} {
		if v := firstOf(str(q.In, property), str(q.Out, property)); v != "" {
			a[name] = v
		}
	}
	return Document{"Attributes": a}, nil
}

// countMessages counts the messages that a consumer would see now, and the others.
func (t *tx) countMessages(q *Entity) (visible, hidden int) {
	for _, m := range t.messagesOf(q) {
		if timeAt(m.Out, "VisibleAt").After(t.clock()) {
			hidden++
		} else {
			visible++
		}
	}
	return visible, hidden
}

// startMessageMoveTask is sqs StartMessageMoveTask: dead letters go back to
// where they came from, or where the caller says. That it takes no time is assumed.
func startMessageMoveTask(t *tx, r Request) (Document, error) {
	source, to := t.arn(str(r.Input, "SourceArn")), str(r.Input, "DestinationArn")
	if source == nil || source.Kind != kindQueue || source.Region != r.Region {
		return nil, missing("ResourceNotFoundException", "queue %s does not exist", str(r.Input, "SourceArn"))
	}
	if to != "" && t.arn(to) == nil {
		return nil, missing("ResourceNotFoundException", "queue %s does not exist", to)
	}
	for _, m := range t.messagesOf(source) {
		target := firstOf(to, str(m.In, "Source"))
		if t.arn(target) == nil {
			continue // a letter that was sent here directly has nowhere to go back to
		}
		m = t.edit(m)
		m.In["Queue"] = target
		m.Out["Received"], m.Out["VisibleAt"] = 0.0, t.clock().Format(time.RFC3339Nano)
	}
	task := &Entity{Kind: kindMessage, Region: r.Region, Token: source.ARN}
	return Document{"TaskHandle": t.uuid(task, t.clock().Format(time.RFC3339Nano))}, nil
}
