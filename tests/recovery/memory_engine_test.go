//go:build engine

package recovery

import (
	"testing"

	"redoubt/internal/repeat"
)

// TestEngineMemory_changesNothing is the quick test with more seeds.
func TestEngineMemory_changesNothing(t *testing.T) {
	memoryChangesNothing(t, repeat.Times(t, 1000), 60)
}
