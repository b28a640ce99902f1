package world

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// An act of two transactions, of which the second reads the stamp that the first drew, or puts another in its place.
func TestStampBy_isDrawnAnewWhateverFollowsInTheAct(t *testing.T) {
	t.Parallel()
	r, seen := Ref{"A::B::C", Global, "x"}, map[time.Time]bool{}
	for name, second := range map[string]func(tx *tx, read *time.Time){
		"reads": func(tx *tx, read *time.Time) { *read = tx.stampedAt(r) },
		"puts":  func(tx *tx, read *time.Time) { tx.stamp(r, tx.birth()) },
	} {
		from := New(Config{Seed: 1})
		run := func(w *World, seed uint64) [2]time.Time {
			require.NoError(t, w.Draw(seed))
			out, err := w.Remember(Key{Act: TextOf(name)}, func() (any, error) {
				var read time.Time
				if err := w.mutate(func(tx *tx) error { tx.stampBy(recordChange, "x", r); return nil }); err != nil {
					return nil, err
				}
				return read, w.mutate(func(tx *tx) error { second(tx, &read); return nil })
			})
			require.NoError(t, err)
			return [2]time.Time{out.(time.Time), w.st.createdAt(r)}
		}
		family := from.Recall(NewMemory())
		for seed := range uint64(4) {
			got, want := run(family.Fork(), seed+1), run(from.Fork(), seed+1)
			require.Equal(t, want, got, "%s, seed %d", name, seed+1)
			seen[got[1]] = true
		}
	}
	require.Len(t, seen, 5)
}
