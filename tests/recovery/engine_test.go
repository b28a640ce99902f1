//go:build engine

package recovery

import (
	"testing"

	"redoubt/internal/repeat"
)

// TestEngine_aThousandCuts is TestCrash_seededCuts a thousand times, shared by the scenes.
func TestEngine_aThousandCuts(t *testing.T) { someCuts(t, repeat.Times(t, 1000/len(scenes))) }

// TestEngine_tenThousandSchedules is TestProperty with 10,000 schedules.
func TestEngine_tenThousandSchedules(t *testing.T) { disturb(t, repeat.Times(t, 10_000)) }

// TestEngine_restoresCutAtEveryRecord is TestCrash_atEveryRecord for restores.
func TestEngine_restoresCutAtEveryRecord(t *testing.T) {
	cutScenes(t, func(name string) int {
		if isRestore(name) {
			return 1
		}
		return 0
	})
}
