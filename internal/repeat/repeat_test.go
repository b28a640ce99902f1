package repeat_test

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/repeat"
)

func TestTimes_isAShareAndNeverNothing(t *testing.T) {
	for said, want := range map[string]int{"": 20, "100": 20, "40": 8, "1": 1} {
		t.Setenv("REDOUBT_REPEAT", said)
		assert.Equal(t, want, repeat.Times(t, 20), said)
	}
}

func TestSeed_isTheOneThatIsSaid(t *testing.T) {
	t.Setenv("REDOUBT_SEED", "42")
	assert.Equal(t, uint64(42), repeat.Seed(t))
	t.Setenv("REDOUBT_SEED", "")
	assert.NotEqual(t, repeat.Seed(t), repeat.Seed(t), "another each time")
}
