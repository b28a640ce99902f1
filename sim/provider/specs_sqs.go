package provider

var specsOfSQS = map[string]spec{
	"aws:sqs/queue:Queue":             {kind: "AWS::SQS::Queue", name: byName(80)},
	"aws:sqs/queuePolicy:QueuePolicy": {kind: "AWS::SQS::QueuePolicy"},
}
