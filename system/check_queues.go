package system

// LedgerSuffix ends the name of a queue's work ledger: work-ledger is the table
// of what the queue work has accepted.
const LedgerSuffix = "-ledger"

// mostReceives is the most that SQS takes:
// https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SetQueueAttributes.html
const mostReceives = 1000

// checkQueues holds what is said of queues. Each queue has a dead-letter queue
// by construction; the only way to do without would be never to use it.
func checkQueues(c *checker) {
	c.eachStore(func(path, label string, s Store) {
		fifo, receives := path+".fifo", path+".maxReceives"
		if s.Kind != Queue {
			for _, key := range []string{"fifo", "maxReceives"} {
				if c.has(path+"."+key) && s.Kind != "" {
					c.fault(path+"."+key, "only a queue has it", "%s is a %s with %s", label, s.Kind, key)
				}
			}
			return
		}
		switch {
		case !c.has(receives):
		case s.MaxReceives == 0:
			c.fault(receives, "write how often a message is tried, such as 5",
				"%s: maxReceives is 0, so no message would reach the dead-letter queue and a bad one would be tried for ever",
				label)
		case s.MaxReceives < 1 || s.MaxReceives > mostReceives:
			c.fault(receives, "write how often a message is tried, such as 5", "%s: maxReceives is %d, want 1 to %d",
				label, s.MaxReceives, mostReceives)
		}
		t, has := c.sys.Tier(s.Tier)
		if s.FIFO && has && t.Strategy != BackupRestore {
			c.fault(fifo, "leave it out and let the consumer order the work, or move the queue to a tier with backup-restore",
				"%s is a fifo queue in tier %q, whose strategy %s spans both homes: work that the ledger gives back after "+
					"a move comes behind newer work, so its order is lost", label, t.Name, t.Strategy)
		}
	})
}
