package repeat

import (
	"os"
	"strconv"
	"testing"

	"redoubt/internal/clock"
)

// seedName is the variable that a seed is set by.
const seedName = "REDOUBT_SEED"

// Seed is what a test of chance draws by: another each time, or the one that REDOUBT_SEED says, to play again what was
// seen. It is logged; a test that passes shows it with -v.
func Seed(t testing.TB) uint64 {
	t.Helper()
	seed := uint64(clock.Wall{}.Now().UnixNano()) //nolint:gosec // any number will do
	if said := os.Getenv(seedName); said != "" {
		var err error
		if seed, err = strconv.ParseUint(said, 10, 64); err != nil {
			t.Fatalf("%s is %q: a seed is a number, as a test has logged it", seedName, said)
		}
	}
	t.Logf("seed %d (%s=%d plays it again)", seed, seedName, seed)
	return seed
}
