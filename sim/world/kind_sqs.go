package world

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
)

const (
	kindQueue       = "AWS::SQS::Queue"
	kindQueuePolicy = "AWS::SQS::QueuePolicy"
	kindMessage     = "AWS::SQS::Message"

	sqsAPI = "https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/"

	noSuchQueue  = "AWS.SimpleQueueService.NonExistentQueue"
	badAttribute = "InvalidAttributeValue"
)

// sqsKinds: AWS keeps the name of a deleted queue for 60 seconds; the provider
// waits for it, and as creation takes no virtual time the wait is not seen. SQS
// itself tells of a key that cannot be used at the first message; that it is told
// at once here is assumed.
var sqsKinds = []Kind{
	{
		Name: kindQueue, Service: "sqs", Source: sqsAPI + "API_SetQueueAttributes.html", NotFound: noSuchQueue,
		Exists: "QueueAlreadyExists", Required: []string{"Name"}, Fixed: []string{"Name", "FifoQueue"},
		id: queueURL, arn: arnOf("sqs", "{Name}"),
		checks: []check{queueName, queueKey, queueRedrive, queueAllow}, computed: queueComputed, remove: removeQueue,
		seen: queueSeen,
	},
	{
		Name: kindQueuePolicy, Service: "sqs", Source: sqsAPI + "API_SetQueueAttributes.html", NotFound: noSuchQueue,
		Setting: true, Required: []string{"QueueUrl", "Policy"},
		Refs: []Link{link("QueueUrl", kindQueue, noSuchQueue, "")}, id: named("QueueUrl"),
		checks: []check{jsonIn("Policy", badAttribute)},
	},
	{
		Name: kindMessage, Service: "sqs", Source: sqsAPI + "API_SendMessage.html",
		id: func(_ *tx, e *Entity) string { return e.ID },
	},
}

func queueURL(t *tx, e *Entity) string {
	return "https://sqs." + e.Region + ".amazonaws.com/" + t.cfg.Account + "/" + str(e.In, "Name")
}

var queueNameForm = regexp.MustCompile(`^[a-zA-Z0-9_-]{1,80}$`)

func queueName(_ *tx, e, _ *Entity) error {
	name := str(e.In, "Name")
	bare, fifo := strings.CutSuffix(name, ".fifo")
	if !queueNameForm.MatchString(bare) || len(name) > 80 || fifo != yes(e.In, "FifoQueue") {
		return refuse("InvalidParameterValue", "queue name %q: can only include alphanumeric characters, hyphens, or "+
			"underscores, 1 to 80 in length; a FIFO queue's ends in .fifo, and no other's", name)
	}
	return nil
}

func queueKey(t *tx, e, _ *Entity) error {
	return t.keyUsable(e.Region, str(e.In, "KmsMasterKeyId"), badAttribute)
}

// redrivePolicy is where a queue's dead letters go.
type redrivePolicy struct {
	Target string `json:"deadLetterTargetArn"`
	Most   any    `json:"maxReceiveCount"`
}

func (p redrivePolicy) most() float64 {
	n, _ := num(Document{"n": p.Most}, "n")
	return n
}

// redriveAllow is who may use a queue for dead letters.
type redriveAllow struct {
	Permission string   `json:"redrivePermission"`
	Sources    []string `json:"sourceQueueArns"`
}

func (a redriveAllow) takes(source string) bool {
	return a.Permission == "" || a.Permission == "allowAll" || a.Permission == "byQueue" && slices.Contains(a.Sources, source)
}

// redriveOf reads a queue's redrive policy; the zero one is none.
func redriveOf(queue *Entity) (p redrivePolicy, err error) {
	if text := str(queue.In, "RedrivePolicy"); text != "" {
		err = json.Unmarshal([]byte(text), &p)
	}
	return p, err
}

func allowOf(queue *Entity) (a redriveAllow, err error) {
	if text := str(queue.In, "RedriveAllowPolicy"); text != "" {
		err = json.Unmarshal([]byte(text), &a)
	}
	return a, err
}

// queueRedrive: a dead-letter queue exists, in the region, account and type of
// its source, and lets the source in
// (https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-dead-letter-queues.html).
func queueRedrive(t *tx, e, _ *Entity) error {
	p, err := redriveOf(e)
	if err != nil {
		return refuse(badAttribute, "%s: RedrivePolicy is no JSON: %v", e.ID, err)
	}
	if p == (redrivePolicy{}) {
		return nil
	}
	dead := t.arn(p.Target)
	switch {
	case p.most() < 1 || p.most() > 1000:
		return refuse(badAttribute, "%s: maxReceiveCount is %v, want 1 to 1000", e.ID, p.Most)
	case dead == nil || dead.Kind != kindQueue || dead.Region != e.Region:
		return refuse(badAttribute, "%s: dead letter target %s does not exist in %s", e.ID, p.Target, e.Region)
	case yes(dead.In, "FifoQueue") != yes(e.In, "FifoQueue"):
		return refuse(badAttribute, "%s: a dead-letter queue is of the type of its source, FIFO or standard", e.ID)
	}
	if a, _ := allowOf(dead); !a.takes(e.ARN) {
		return refuse(badAttribute, "%s: %s does not take its dead letters", e.ID, p.Target)
	}
	return nil
}

func queueAllow(_ *tx, e, _ *Entity) error {
	a, err := allowOf(e)
	switch {
	case err != nil:
		return refuse(badAttribute, "%s: RedriveAllowPolicy is no JSON: %v", e.ID, err)
	case (a.Permission == "byQueue") != (len(a.Sources) > 0) || len(a.Sources) > 10:
		return refuse(badAttribute, "%s: redrivePermission %q with %d sources, want byQueue with 1 to 10", e.ID,
			a.Permission, len(a.Sources))
	}
	return nil
}

func queueComputed(t *tx, e *Entity) {
	e.Out["Url"] = e.ID
	for name, value := range map[string]any{
		"DelaySeconds": 0.0, "MaxMessageSize": 262144.0, "MessageRetentionSeconds": 345600.0,
		"ReceiveWaitTimeSeconds": 0.0, "VisibilityTimeoutSeconds": 30.0, "FifoQueue": false,
		"ContentBasedDeduplication": false, "KmsDataKeyReusePeriodSeconds": 300.0, "RedrivePolicy": "",
		"RedriveAllowPolicy": "", "DeduplicationScope": "", "FifoThroughputLimit": "",
		"SqsManagedSseEnabled": str(e.In, "KmsMasterKeyId") == "",
	} {
		def(e, name, value)
	}
	if yes(e.In, "FifoQueue") {
		def(e, "DeduplicationScope", "queue")
		def(e, "FifoThroughputLimit", "perQueue")
	}
}

// queueSeen shows the policy that stands on the queue, whoever put it there.
func queueSeen(t *tx, e *Entity) {
	if p := t.get(kindQueuePolicy, e.Region, e.ID); p != nil {
		e.Out["Policy"] = str(p.In, "Policy")
	} else if !has(e.In, "Policy") {
		e.Out["Policy"] = ""
	}
}

// removeQueue takes its messages and its policy along.
func removeQueue(t *tx, e *Entity) error {
	for _, m := range t.messagesOf(e) {
		t.drop(m)
	}
	if p := t.get(kindQueuePolicy, e.Region, e.ID); p != nil {
		t.drop(p)
	}
	t.drop(e)
	return nil
}
