//go:build engine

package assess

import (
	"testing"

	"redoubt/internal/repeat"
)

// TestEngineAssess_memoryChangesNoReport is the quick test with more seeds.
func TestEngineAssess_memoryChangesNoReport(t *testing.T) {
	memoryChangesNoReport(t, repeat.Times(t, 1000))
}
