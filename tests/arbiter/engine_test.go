//go:build engine

package arbiter_test

import "testing"

// TestEngineArbiter_holdsInManyRandomSchedules is the same as in make test, ten times as long.
func TestEngineArbiter_holdsInManyRandomSchedules(t *testing.T) { holds(t, 10*inTest) }
