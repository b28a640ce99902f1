package inventory_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/inventory"
)

func TestLedgerShard_spreadsWorkAndStaysTheSame(t *testing.T) {
	t.Parallel()
	counts := map[string]int{}
	for n := range 8000 {
		shard := inventory.LedgerShard(fmt.Sprintf("task-%d", n))
		assert.Contains(t, inventory.LedgerShards, shard)
		counts[shard]++
	}
	for _, shard := range inventory.LedgerShards {
		assert.InDelta(t, 1000, counts[shard], 250, "shard %s", shard)
	}
	// A plan that lists open work must find what an older program wrote.
	assert.Equal(t, "1", inventory.LedgerShard("task-0"))
}
