//go:build engine

package arbiter_test

import (
	"testing"

	"redoubt/internal/repeat"
)

// TestEngineArbiter_holdsInManyRandomSchedules is the same as in make test, ten times as long.
func TestEngineArbiter_holdsInManyRandomSchedules(t *testing.T) { holds(t, repeat.Times(t, 10*inTest)) }
