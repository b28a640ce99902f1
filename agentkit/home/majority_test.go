package home_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/home"
	"redoubt/recovery/arbiter"
	"redoubt/system"
)

func TestMajority_goesOnWithoutOneTableAndStopsWithoutTwo(t *testing.T) {
	t.Parallel()
	tables := []*bench{newBench(t), newBench(t), newBench(t)}
	var m home.Majority
	for _, b := range tables {
		m = append(m, b.Home)
	}
	pass := func(d time.Duration) bool {
		for _, b := range tables {
			require.NoError(t, b.now.Advance(b.now.Virtual.Now().Add(d)))
			if b.store.gone == nil {
				require.NoError(t, b.held.Renew(t.Context()))
			}
		}
		return m.MayWrite(t.Context())
	}
	assert.False(t, m.MayWrite(t.Context()), "nothing was seen to be renewed")
	require.ErrorIs(t, m.Why(), home.ErrUnseen)
	assert.True(t, pass(5*time.Second))
	tables[2].store.gone = errors.New("the arbiter's region is lost")
	for range 12 {
		require.True(t, pass(5*time.Second), "two of three are held")
	}
	tables[1].store.gone = errors.New("so is the line to the peer")
	assert.True(t, pass(5*time.Second), "the peer's lease still lasts")
	assert.True(t, pass(10*time.Second))
	assert.False(t, pass(15*time.Second), "a home that sees nobody stops")
	require.Error(t, m.Why())
	assert.False(t, home.Majority{}.MayWrite(t.Context()), "no table holds nothing")
}

// words is a place of the word.
type words struct {
	word arbiter.Word
	gone error
}

func (w *words) Word(context.Context) (arbiter.Word, error) { return w.word, w.gone }

func (w *words) Replace(_ context.Context, old, next arbiter.Word) error {
	if w.gone == nil && w.word == old {
		w.word = next
	}
	return w.gone
}

func TestTold_takesTheNewestAndNeverItsOwnAlone(t *testing.T) {
	t.Parallel()
	first := arbiter.First()
	moved := first.Move(time.Time{}, "lost")
	own, peer, third := &words{word: first}, &words{word: first}, &words{word: moved}
	told := home.Told{Home: system.Primary, Own: own, Others: []home.Words{third, peer}}
	active, err := told.Active(t.Context())
	require.NoError(t, err)
	assert.False(t, active)
	assert.Equal(t, moved, own.word, "it keeps a copy")

	third.gone = errors.New("cut")
	own.word, peer.word = first, moved
	active, err = told.Active(t.Context())
	require.NoError(t, err)
	assert.False(t, active, "the peer passes it on")

	peer.gone = errors.New("cut too")
	own.word = first
	_, err = told.Active(t.Context())
	require.ErrorContains(t, err, "nobody but the primary home itself tells")
	active, err = home.Told{Home: system.Primary, Own: own}.Active(t.Context())
	require.NoError(t, err)
	assert.True(t, active, "without an arbiter its own word is all that there is")
}
