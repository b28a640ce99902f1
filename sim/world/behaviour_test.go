package world

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/timings"
)

func TestBehaviours_ofASettingAreThatOfTheTiming(t *testing.T) {
	t.Parallel()
	for _, b := range fixedBehaviours {
		if b.Timing == "" {
			continue
		}
		typical, known := timings.Get(b.Timing).Typical()
		assert.True(t, known, b.Name)
		assert.Equal(t, typical, b.Set, b.Name)
	}
}

func TestBehaviours_haveASourceOrSayAssumed(t *testing.T) {
	t.Parallel()
	names := map[string]bool{}
	for _, b := range Behaviours() {
		assert.False(t, names[b.Name], "%s stands there twice", b.Name)
		names[b.Name] = true
		assert.NotEmpty(t, b.What, b.Name)
		assert.Equal(t, b.AtOnce, b.Typical() == 0, "%s takes no time", b.Name)
		if b.Source() == "" || b.Set > 0 && !b.Fixed {
			assert.Contains(t, b.Assumed, "assumed", "%s has no figure of a source", b.Name)
		}
	}
}

func TestBehaviours_areDrawnAroundWhatTheSourcesSay(t *testing.T) {
	t.Parallel()
	for _, b := range behaviours {
		l := b.Distribution()
		assert.Greater(t, l.High, l.Median, b.Name)
		assert.Greater(t, l.At, 0.5, b.Name)
		if b.Prior != "" {
			assert.Equal(t, timings.Prior(b.Prior).P50, l.Median, b.Name)
		}
	}
	most, _ := timings.Get(timings.S3RTCSLA).Max()
	assert.Equal(t, timings.Lognormal{Median: 15 * time.Second, High: most, At: 0.999}, behaviours[bucketLagTimed].Distribution(),
		"replication time control keeps its promise")
	assert.Equal(t, 0.95, behaviours[tableRestore].Distribution().At, "the figure is a 95th percentile")
}
