package arbiter_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/arbiter"
	"redoubt/recovery/diagnose"
	"redoubt/system"
)

var now = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// looks are those of an observer at a home every 10 seconds until now: g good, b bad.
func looks(by string, home system.Home, states string) (out []diagnose.Observation) {
	for n, s := range states {
		for _, a := range []diagnose.Aspect{diagnose.Entry, diagnose.Control} {
			state := diagnose.Good
			if s == 'b' {
				state = diagnose.Bad
			}
			at := now.Add(-time.Duration(len(states)-1-n) * 10 * time.Second)
			out = append(out, diagnose.Observation{Observer: by, Aspect: a, Home: home, State: state, At: at})
		}
	}
	return out
}

func ready() arbiter.Word { return arbiter.Word{Active: system.Primary, Ready: true, Version: 3} }

func TestDecide_table(t *testing.T) {
	t.Parallel()
	const good, lost, short = "gggggggg", "gbbbbbbbbb", "gggggbbbbbb"
	settled := ready()
	settled.Generation, settled.At = 1, now.Add(-time.Minute)
	for _, c := range []struct {
		name                  string
		peer, arbiter, second string
		word                  arbiter.Word
		why                   string
		moves                 bool
	}{
		{"a quorum has lost it", lost, lost, good, ready(), "see nothing of the primary home", true},
		{"only the peer has", lost, good, good, ready(), "no quorum has last seen", false},
		{"only the arbiter has", good, lost, good, ready(), "no quorum has last seen", false},
		{"not for long enough", lost, short, good, ready(), "less than the quorum", false},
		{"the other is not ready", lost, lost, good, arbiter.First(), "nobody has said that the secondary", false},
		{"the last move settles", lost, lost, good, settled, "must settle for another 29m2s", false},
		{"the other is lost too", lost, lost, lost, ready(), "does not see the secondary home well", false},
		{"the peer is silent", "", lost, good, ready(), "no quorum has last seen", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			seen := [][]diagnose.Observation{
				looks("secondary", system.Primary, c.peer),
				append(looks("arbiter", system.Primary, c.arbiter), looks("arbiter", system.Secondary, c.second)...),
			}
			next, f, moves := arbiter.Decide(now, c.word, seen, arbiter.Default())
			assert.Equal(t, c.moves, moves)
			assert.Contains(t, f.Why, c.why)
			if !moves {
				assert.Equal(t, c.word, next)
				return
			}
			assert.Equal(t, arbiter.Word{Active: system.Secondary, Generation: 1, At: now, Why: f.Why, Version: 4, Judged: 1}, next,
				"the home that was left is not ready before a plan has made it so")
		})
	}
}

func TestJudge_asksAndWritesOnce(t *testing.T) {
	t.Parallel()
	j := arbiter.Judge{Rules: arbiter.Default()}
	first := j.Step(now, arbiter.Fired{})
	assert.Equal(t, []arbiter.Command{arbiter.Look{Number: 1}, arbiter.Arm{At: now.Add(10 * time.Second)}}, first)
	lost := [][]diagnose.Observation{looks("secondary", system.Primary, "bbbbbbbbb"),
		append(looks("arbiter", system.Primary, "bbbbbbbbb"), looks("arbiter", system.Secondary, "g")...)}
	out := j.Step(now, arbiter.Read{Look: 1, Word: ready(), Seen: lost})
	require.Len(t, out, 2)
	write, is := out[1].(arbiter.Write)
	require.True(t, is)
	assert.Equal(t, system.Secondary, write.Next.Active)
	assert.Equal(t, 3, write.Old.Version)
	j.Step(now, arbiter.Fired{})
	assert.Empty(t, j.Step(now, arbiter.Read{Look: 1, Word: ready(), Seen: lost}), "an answer that comes too late")
}

func TestRules_check(t *testing.T) {
	t.Parallel()
	require.NoError(t, arbiter.Default().Check())
	err := arbiter.Rules{}.Check()
	for _, want := range []string{"every is 0s", "travel 0s", "flaps is 0"} {
		require.ErrorContains(t, err, want)
	}
	r := arbiter.Default()
	r.Settle, r.Quiet, r.Fresh = 20*time.Second, 20*time.Second, 30*time.Second
	for _, want := range []string{"settle is 20s, want", "quiet is 20s, want", "fresh is 30s, want"} {
		require.ErrorContains(t, r.Check(), want)
	}
}

func TestKeep_forgetsWhatNobodyAsksFor(t *testing.T) {
	t.Parallel()
	r := arbiter.Default()
	old := looks("arbiter", system.Primary, "gggggggggggggggggggggggggggggg") // five minutes
	kept := r.Keep(now, old, looks("arbiter", system.Primary, "b"))
	assert.Equal(t, now, kept[len(kept)-1].At)
	assert.Equal(t, now.Add(-3*time.Minute), kept[0].At, "those of the last three minutes and a bit")
}
