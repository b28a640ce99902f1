// Package repeat says how often a test of chance does its work again, and by which seed. A person's `make test-engine`
// does all of it; CI, whose time is for everything, a share, which the Makefile passes on as REDOUBT_REPEAT in percent.
package repeat

import (
	"os"
	"strconv"
	"testing"
)

// Times is the share of n that is to be done: n where nobody says otherwise, and at least 1.
func Times(t testing.TB, n int) int {
	t.Helper()
	said := os.Getenv("REDOUBT_REPEAT")
	if said == "" {
		return n
	}
	percent, err := strconv.Atoi(said)
	if err != nil || percent < 1 || percent > 100 {
		t.Fatalf("REDOUBT_REPEAT is %q: a share in percent, from 1 to 100", said)
	}
	return max(1, n*percent/100)
}
