package world

import (
	"testing"

	"github.com/stretchr/testify/require"
)

// TestSieve_letsThroughWhatItWasGivenAndLittleElse: what a way depends on is always let through.
func TestSieve_letsThroughWhatItWasGivenAndLittleElse(t *testing.T) {
	t.Parallel()
	for n := range 1000 {
		for mark, one := range map[uint64]*way{
			seatMark(n):  {seats: []seatRead{{at: n}}},
			placeMark(n): {places: []placeRead{{content: content{place: n}}}},
			arnMark(n):   {arns: []arnRead{{arn: n}}},
		} {
			one.sift()
			require.True(t, one.sieve.lets([]uint64{mark}), "%d", mark)
			require.True(t, one.sieve.lets([]uint64{anything}))
			require.False(t, one.sieve.lets(nil))
			others := 0
			for other := range uint64(3000) {
				if other != mark && one.sieve.lets([]uint64{other}) {
					others++
				}
			}
			require.Less(t, others, 60)
		}
	}
}
