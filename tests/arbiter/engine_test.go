//go:build engine

package arbiter_test

import "testing"

// TestEngineArbiter_holdsInManyRandomSchedules is the same as in make test, ten times as long. It is never done in part:
// the 100,000 schedules are what the arbiter's guarantee stands on.
func TestEngineArbiter_holdsInManyRandomSchedules(t *testing.T) { holds(t, 10*inTest) }
