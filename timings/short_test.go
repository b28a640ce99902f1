package timings_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/timings"
)

func TestShort_leavesOutWhatIsZero(t *testing.T) {
	t.Parallel()
	for want, d := range map[string]time.Duration{
		"0s": 0, "10s": 10 * time.Second, "1.5s": 1500 * time.Millisecond, "20m": 20 * time.Minute, "1m30s": 90 * time.Second,
		"10h": 10 * time.Hour, "1h30m": 90 * time.Minute, "1h0m5s": time.Hour + 5*time.Second, "1h": time.Hour,
		"1h1m": 61 * time.Minute, "20h": 20 * time.Hour, "-20m": -20 * time.Minute,
	} {
		assert.Equal(t, want, timings.Short(d))
	}
}
