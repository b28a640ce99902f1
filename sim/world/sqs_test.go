package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

const (
	sqsQueue = "AWS::SQS::Queue"
	workURL  = "https://sqs.eu-west-1.amazonaws.com/123456789012/work"
	deadURL  = "https://sqs.eu-west-1.amazonaws.com/123456789012/work-dlq"
	workARN  = "arn:aws:sqs:eu-west-1:123456789012:work"
	deadARN  = "arn:aws:sqs:eu-west-1:123456789012:work-dlq"
)

// redrive is a redrive policy.
func redrive(target, most string) string {
	return `{"deadLetterTargetArn":"` + target + `","maxReceiveCount":` + most + `}`
}

// queues builds a queue and its dead-letter queue in Ireland.
func (l *lab) queues() {
	l.keys()
	l.make(ireland, "dead", sqsQueue, doc{"Name": "work-dlq", "MessageRetentionSeconds": 1209600,
		"RedriveAllowPolicy": `{"redrivePermission":"byQueue","sourceQueueArns":["` + workARN + `"]}`})
	l.make(ireland, "work", sqsQueue, doc{"Name": "work", "KmsMasterKeyId": l.arn(ireland, "key"),
		"VisibilityTimeoutSeconds": 60, "RedrivePolicy": redrive(deadARN, "2")})
}

func TestCreate_refusesQueuesAsAWSDoes(t *testing.T) {
	t.Parallel()
	in := func(changes ...any) func(*lab) doc {
		return func(*lab) doc { return with(doc{"Name": "other"}, changes...) }
	}
	checkRefusals(t, func(l *lab) { l.queues() }, []refusal{
		{"name taken", "", sqsQueue, in("Name", "work"), "QueueAlreadyExists"},
		{"name with a dot", "", sqsQueue, in("Name", "a.b"), "InvalidParameterValue"},
		{"fifo in name only", "", sqsQueue, in("Name", "a.fifo"), "InvalidParameterValue"},
		{"fifo but in name", "", sqsQueue, in("FifoQueue", true), "InvalidParameterValue"},
		{"the other region's key", "", sqsQueue, func(l *lab) doc {
			return doc{"Name": "other", "KmsMasterKeyId": l.arn(frankfurt, "key")}
		}, "InvalidAttributeValue"},
		{"letters to nobody", "", sqsQueue, in("RedrivePolicy", redrive("arn:aws:sqs:eu-west-1:123456789012:nobody", "2")),
			"InvalidAttributeValue"},
		{"letters to another region", frankfurt, sqsQueue, in("RedrivePolicy", redrive(deadARN, "2")), "InvalidAttributeValue"},
		{"letters of a queue that may not", "", sqsQueue, in("RedrivePolicy", redrive(deadARN, "2")), "InvalidAttributeValue"},
		{"letters of another type", "", sqsQueue,
			in("Name", "a.fifo", "FifoQueue", true, "RedrivePolicy", redrive(workARN, "2")), "InvalidAttributeValue"},
		{"never a letter", "", sqsQueue, in("RedrivePolicy", redrive(workARN, "0")), "InvalidAttributeValue"},
		{"sources of nobody", "", sqsQueue, in("RedriveAllowPolicy", `{"redrivePermission":"byQueue"}`), "InvalidAttributeValue"},
		{"policy of nothing", "", "AWS::SQS::QueuePolicy", func(*lab) doc {
			return doc{"QueueUrl": workURL + "x", "Policy": "{}"}
		}, "AWS.SimpleQueueService.NonExistentQueue"},
	})
}

func (l *lab) received(url string) []any {
	l.t.Helper()
	list, _ := l.call(ireland, "sqs", "ReceiveMessage", doc{"QueueUrl": url, "MaxNumberOfMessages": 10})["Messages"].([]any)
	return list
}

func TestQueue_handsAMessageOutUntilItIsDeleted(t *testing.T) {
	t.Parallel()
	l := newLab(t, 12)
	l.queues()
	for _, body := range []string{"first", "second"} {
		l.call(ireland, "sqs", "SendMessage", doc{"QueueUrl": workURL, "MessageBody": body})
		l.pass(time.Millisecond)
	}
	got := l.received(workURL)
	require.Len(t, got, 2)
	assert.Equal(t, "first", got[0].(doc)["Body"])
	assert.Empty(t, l.received(workURL), "both are out")
	l.call(ireland, "sqs", "DeleteMessage", doc{"QueueUrl": workURL, "ReceiptHandle": got[0].(doc)["ReceiptHandle"]})
	l.pass(time.Minute)
	again := l.received(workURL)
	require.Len(t, again, 1)
	assert.Equal(t, "second", again[0].(doc)["Body"])
	assert.Equal(t, "2", again[0].(doc)["Attributes"].(doc)["ApproximateReceiveCount"])
}

func TestQueue_deadLettersGoAsideAndBack(t *testing.T) {
	t.Parallel()
	l := newLab(t, 12)
	l.queues()
	l.call(ireland, "sqs", "SendMessage", doc{"QueueUrl": workURL, "MessageBody": "bad"})
	for range 2 {
		require.Len(t, l.received(workURL), 1)
		l.pass(time.Minute)
	}
	assert.Empty(t, l.received(workURL), "tried twice")
	count := func(url string) any {
		return l.call(ireland, "sqs", "GetQueueAttributes", doc{"QueueUrl": url})["Attributes"].(doc)["ApproximateNumberOfMessages"]
	}
	assert.Equal(t, "1", count(deadURL))
	l.call(ireland, "sqs", "StartMessageMoveTask", doc{"SourceArn": deadARN})
	assert.Equal(t, []any{"0", "1"}, []any{count(deadURL), count(workURL)})
}

func TestQueue_forgetsWhatIsOlderThanItsRetention(t *testing.T) {
	t.Parallel()
	l := newLab(t, 12)
	l.queues()
	l.call(ireland, "sqs", "SendMessage", doc{"QueueUrl": workURL, "MessageBody": "old"})
	l.inject("region-down eu-west-1")
	l.pass(3 * 24 * time.Hour)
	l.inject("region-up eu-west-1")
	assert.Len(t, l.received(workURL), 1, "a region that returns has its messages")
	l.pass(24 * time.Hour)
	assert.Empty(t, l.received(workURL))
}
