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
