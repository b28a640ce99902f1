package recovery

import (
	"context"
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/sim/drive"
	"redoubt/sim/world"
)

// TestMemoryChangesNothing walks each scene with many seeds, once call by call and once with a memory that has
// seen the seeds before, and wants the same journal with the same times, the same end, and the same world.
func TestMemoryChangesNothing(t *testing.T) { memoryChangesNothing(t, 200, 12) }

func memoryChangesNothing(t *testing.T, regionLoss, others int) {
	t.Helper()
	for _, name := range slices.Sorted(maps.Keys(scenes)) {
		seeds := others
		if name == "region-loss" {
			seeds = regionLoss
		}
		t.Run(name, func(t *testing.T) {
			l, p := scenes[name](t)
			sameWithMemory(t, l, name, mustCompile(t, p), seeds)
		})
	}
}

func sameWithMemory(t *testing.T, l *lab, name string, p *execute.Compiled, seeds int) {
	t.Helper()
	port, remembering := l.port(t), l.World.Recall(world.NewMemory())
	for seed := range uint64(seeds) { //nolint:gosec // a small number
		finish, records, end := recovered(t, port, l.World.Fork(), p, seed)
		gotFinish, gotRecords, gotEnd := recovered(t, port, remembering.Fork(), p, seed)
		require.Equal(t, finish, gotFinish, "%s with seed %d", name, seed)
		require.Equal(t, records, gotRecords, "%s with seed %d", name, seed)
		if seed > 3 && seed%25 != 0 {
			continue // a whole world takes long to write
		}
		want, err := end.Snapshot()
		require.NoError(t, err)
		got, err := gotEnd.Snapshot()
		require.NoError(t, err)
		require.Equal(t, string(want), string(got), "%s with seed %d: the world", name, seed)
	}
}

func recovered(t *testing.T, port drive.World, w *world.World, p *execute.Compiled, seed uint64,
) (execute.Finish, []journal.Record, *world.World) {
	t.Helper()
	port.World = w
	f, store := walked(t, port, p, seed)
	records, err := store.Load(context.Background(), "test")
	require.NoError(t, err)
	return f, records, w
}
