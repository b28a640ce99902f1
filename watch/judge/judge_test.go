package judge

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/watch"
)

// TestJudge_agreesWithTheTablesOfAWS holds the rules to both tables of
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarms-and-missing-data.html, oldest first there and here:
// o is good, x is bad, - is missing. "keeps" stays at what the alarm was.
func TestJudge_agreesWithTheTablesOfAWS(t *testing.T) {
	t.Parallel()
	const keeps = State("keeps")
	for _, row := range []struct {
		points                                   string
		n, m                                     int
		missing, ignore, breaching, notBreaching State
	}{
		{"o-x-x", 3, 3, OK, OK, OK, OK},
		{"----o", 3, 3, OK, OK, OK, OK},
		{"-----", 3, 3, Insufficient, keeps, InAlarm, OK},
		{"oxx-x", 3, 3, InAlarm, InAlarm, InAlarm, InAlarm},
		{"--x--", 3, 3, InAlarm, keeps, InAlarm, OK},
		{"o-x-x", 3, 2, InAlarm, InAlarm, InAlarm, InAlarm},
		{"oox-x", 3, 2, InAlarm, InAlarm, InAlarm, InAlarm},
		{"o-x--", 3, 2, OK, OK, InAlarm, OK},
		{"----o", 3, 2, OK, OK, InAlarm, OK},
		{"---x-", 3, 2, InAlarm, keeps, InAlarm, OK},
	} {
		for treatment, want := range map[watch.Missing]State{
			"missing": row.missing, watch.Ignore: row.ignore, watch.Breaching: row.breaching, watch.NotBreaching: row.notBreaching,
		} {
			for _, was := range []State{OK, InAlarm, Insufficient} {
				expected := want
				if want == keeps {
					expected = was
				}
				assert.Equal(t, expected, judge(pointsOf(row.points), row.n, row.m, treatment, was),
					"%s, %d of %d, %s, was %s", row.points, row.m, row.n, treatment, was)
			}
		}
	}
}

// pointsOf turns the order round: what is judged comes newest first.
func pointsOf(text string) []point {
	var out []point
	for n := len(text) - 1; n >= 0; n-- {
		out = append(out, point{there: text[n] != '-', bad: text[n] == 'x'})
	}
	return out
}
