package provider

var rulesOfSQS = map[string][]rule{
	"aws:sqs/queue:Queue": {
		between("receiveWaitTimeSeconds", 0, 20),
	},
}
