//go:build engine

package recovery

import "testing"

// TestEngineMemory_changesNothing is the quick test with more seeds.
func TestEngineMemory_changesNothing(t *testing.T) { memoryChangesNothing(t, 1000, 60) }
