package witness_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"

	"redoubt/witness"
)

func TestRTO_isFromFirstRefusedToFirstAccepted(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		attempts string
		want     witness.Figure
		outages  int
	}{
		"nothing tried":      {"", witness.Figure{}, 0},
		"never down":         {"++++", figure(0), 0},
		"one refusal":        {"++-+", figure(1 * time.Second), 1},
		"down for a while":   {"++----++", figure(4 * time.Second), 1},
		"down from start":    {"---+", figure(3 * time.Second), 1},
		"still down":         {"++---", witness.Figure{}, 1},
		"down, up, down, up": {"+--+-+", figure(2 * time.Second), 2},
	} {
		got := attempts(c.attempts)
		assert.Equal(t, c.want, witness.RTO(got, every, witness.Simulated), name)
		assert.Len(t, witness.Outages(got), c.outages, name)
	}
}

func TestOutages_orderOfTheListDoesNotMatter(t *testing.T) {
	t.Parallel()
	in := attempts("+--+")
	in[0], in[3] = in[3], in[0]
	want := []witness.Outage{{From: start.Add(time.Second), To: start.Add(3 * time.Second)}}
	assert.Equal(t, want, witness.Outages(in))
	assert.True(t, in[0].At.After(in[3].At), "the caller's list is left alone")
}

// attempts reads one attempt a second: + accepted, - refused.
func attempts(text string) []witness.Attempt {
	var out []witness.Attempt
	for i, c := range text {
		out = append(out, witness.Attempt{At: start.Add(time.Duration(i) * time.Second), Accepted: c == '+'})
	}
	return out
}
func TestUnion_isBackWhenAllOfItIs(t *testing.T) {
	t.Parallel()
	at := func(s int) time.Time { return time.Unix(int64(s), 0).UTC() }
	got := witness.Union([]witness.Outage{{From: at(50)}, {From: at(10), To: at(20)}, {From: at(15), To: at(30)}, {From: at(16), To: at(17)}})
	assert.Equal(t, []witness.Outage{{From: at(10), To: at(30)}, {From: at(50)}}, got)
	assert.Equal(t, []witness.Outage{{From: at(1)}}, witness.Union([]witness.Outage{{From: at(5), To: at(9)}, {From: at(1)}}))
}
