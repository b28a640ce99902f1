package system

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"redoubt/timings"
)

// day is the length of the unit d, which Go's own durations lack.
const day = 24 * time.Hour

// parseDuration reads what Go reads, such as 15m or 1h30m, and days before
// it, as in 1d or 1d12h. A number without a unit is refused, except 0.
func parseDuration(text string) (time.Duration, error) {
	days, rest, found := strings.Cut(text, "d")
	if !found {
		return positive(time.ParseDuration(text))
	}
	n, err := strconv.ParseUint(days, 10, 32)
	if err != nil || time.Duration(n) > math.MaxInt64/day {
		return 0, fmt.Errorf("%q is not a number of days", days)
	}
	if rest == "" {
		return time.Duration(n) * day, nil
	}
	part, err := positive(time.ParseDuration(rest))
	if err != nil {
		return 0, err
	}
	sum := time.Duration(n)*day + part
	if sum < part {
		return 0, errors.New("longer than 292 years")
	}
	return sum, nil
}

// positive refuses a duration below zero.
func positive(d time.Duration, err error) (time.Duration, error) {
	if err == nil && d < 0 {
		return 0, errors.New("below zero")
	}
	return d, err
}

// span writes a duration as system.yaml does: without the empty units that
// Go adds, so 15m0s is 15m and 1h0m0s is 1h.
func span(d time.Duration) string {
	if d >= day && d%day == 0 {
		return fmt.Sprintf("%dd", d/day)
	}
	return timings.Short(d)
}
