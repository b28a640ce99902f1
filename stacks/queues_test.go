package stacks

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/pulumitest"
	"redoubt/inventory"
	"redoubt/system"
)

const queueType = "aws:sqs/queue:Queue"

// withLedgers is the primary as it stands with the tables and queues of the example.
func withLedgers() *inventory.Inventory {
	inv := withTables()
	home := inv.Own()
	for _, name := range []string{"work", "tool-jobs"} {
		home.Stores[name] = inventory.Store{
			Kind: system.Queue, Name: "atlas-" + name, Generation: 1, LedgerTable: "atlas-" + name + "-ledger",
		}
	}
	return inv
}

func TestDeploy_bothHomesHaveQueuesAndShareTheirLedgers(t *testing.T) {
	t.Parallel()
	s := example(t)
	first := pulumitest.Run(t, deploy(settings(system.Primary), s), region("eu-west-1"), reference(t, "own-last", nil))
	second := secondary(t, s, withLedgers())
	for _, r := range []*pulumitest.Recorder{first, second} {
		assert.ElementsMatch(t, []string{"queue-work-queue", "queue-work-dead", "queue-tool-jobs-queue", "queue-tool-jobs-dead"},
			namesOf(r.OfType(queueType)), "each with its dead-letter queue")
	}
	assert.Subset(t, namesOf(first.OfType(tableType)),
		[]string{"queue-work-ledger-table", "queue-tool-jobs-ledger-table"})
	assert.Equal(t, "arn:aws:dynamodb:eu-west-1:123456789012:table/atlas-work-ledger",
		second.Get(t, replicaType, "queue-work-ledger-replica").Values()["globalTableArn"])
}

func TestDeploy_queueComesBeforeTheLedgerThatThePeerDoesNotHave(t *testing.T) {
	t.Parallel()
	second := secondary(t, example(t), withTables())
	assert.Contains(t, namesOf(second.OfType(queueType)), "queue-work-queue")
	assert.NotContains(t, namesOf(second.OfType(replicaType)), "queue-work-ledger-replica")
}

func TestDeploy_backsUpTheLedgers(t *testing.T) {
	t.Parallel()
	second := secondary(t, example(t), withLedgers())
	var selected []any
	for _, sel := range second.OfType("aws:backup/selection:Selection") {
		selected = append(selected, sel.Values()["resources"].([]any)...)
	}
	for _, name := range []string{"queue-work-ledger-replica", "queue-tool-jobs-ledger-replica"} {
		assert.Contains(t, selected, "arn:aws:mock:eu-west-1:123456789012:"+name)
	}
}
