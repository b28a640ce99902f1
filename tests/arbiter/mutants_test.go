package arbiter_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/repeat"
)

// What the world says of two active homes, and of a failover that comes too early.
const (
	two   = "both homes hold|agents of both homes"
	early = "inside the quiet period"
)

// TestArbiter_everyPartMatters takes one part after the other away, and sees a schedule go wrong for that reason.
func TestArbiter_everyPartMatters(t *testing.T) {
	t.Parallel()
	for name, m := range map[string]struct {
		without func(*setting)
		wrong   string
	}{
		"the leases' margin for clocks": {func(s *setting) { s.terms.Skew = time.Nanosecond }, "both homes hold"},
		"the comparison of generation":  {func(s *setting) { s.blind, s.rough = true, true }, two},
		"the majority of three leases":  {func(s *setting) { s.alone = true }, two + "|has seen nobody"},
		"the quiet period":              {func(s *setting) { s.rules.Quiet = 0 }, early},
		"the quiet period's margin":     {func(s *setting) { s.rules.Skew = 0 }, early + "|after the last move"},
		"the end of silence":            {func(s *setting) { s.rules.Gap = horizon }, "by what"},
		"the look for lines that flap":  {func(s *setting) { s.rules.Flaps = 1000 }, "has changed"},
		"the rest after a move":         {func(s *setting) { s.rules.Settle = 0 }, "after the last move"},
		"the second observer":           {func(s *setting) { s.hearsay = true }, early + "|by what|has changed"},
		"the judge's pace":              {func(s *setting) { s.slow = 12 }, "nothing was decided"},
		"the word to the keepers":       {func(s *setting) { s.deaf = true }, "may not write"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := sound()
			m.without(&s)
			wrong, got := search(repeat.Seed(t), inTest, s)
			require.NotEmpty(t, wrong, "%d schedules, and none is wrong without it", got.schedules.Load())
			first, _, _ := strings.Cut(wrong, "\n")
			t.Logf("found in %d schedules: %s", got.schedules.Load(), first)
			assert.Regexp(t, m.wrong, first)
		})
	}
}
