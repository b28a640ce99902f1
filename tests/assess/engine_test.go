//go:build engine

package assess

import "testing"

// TestEngineAssess_memoryChangesNoReport is the quick test with more seeds.
func TestEngineAssess_memoryChangesNoReport(t *testing.T) { memoryChangesNoReport(t, 1000) }
