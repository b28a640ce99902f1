package naming

// The longest names of tables and queues, in characters.
const (
	// TableMax is DynamoDB's limit:
	// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
	TableMax = 255
	// QueueMax is the limit of SQS, the ending of a FIFO queue included:
	// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_CreateQueue.html
	QueueMax = 80
)

// Table names a table. The replicas of a global table have one name, so it
// carries neither home nor region:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/GlobalTables.html
func (s Scope) Table(part string, generation int) string {
	return Join(TableMax, append([]string{s.System, part}, gen(generation)...)...)
}

// LocalTable names a table that is never replicated. It carries the home, so
// that it does not look like half of a global one.
func (s Scope) LocalTable(part string) string {
	return Join(TableMax, s.System, part, string(s.Home))
}

// Queue names a queue, alike in both homes. AWS wants the ending .fifo of a
// FIFO queue and of its dead-letter queue.
func (s Scope) Queue(part string, fifo bool) string {
	ending := ""
	if fifo {
		ending = ".fifo"
	}
	return Join(QueueMax-len(ending), s.System, part) + ending
}
