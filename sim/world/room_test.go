package world_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

// TestDone_nextForkTakesTheRoomAndNothingElse gives back the room of a fork, lets another have it and write there, and looks at
// whoever has something in common with the first.
func TestDone_nextForkTakesTheRoomAndNothingElse(t *testing.T) {
	r := newRemembering(t)
	whole := func(w *world.World) string {
		raw, err := w.Snapshot()
		require.NoError(t, err)
		return string(raw)
	}
	gone := r.from.Fork()
	r.put(gone, "two")
	child := gone.Fork()
	first, second := whole(r.from), whole(child)
	gone.Done()
	for range 5 {
		next := r.from.Fork()
		require.Equal(t, first, whole(next))
		require.Equal(t, "one", r.value(next))
		r.put(next, "three")
		require.Equal(t, "three", r.value(next))
		next.Done()
	}
	require.Equal(t, first, whole(r.from))
	require.Equal(t, second, whole(child))
	require.Equal(t, "two", r.value(child))
}

// TestDone_whatHasAnARNIsFoundByItInEachFork takes a table away in forks, one after the other, of which each is done.
func TestDone_whatHasAnARNIsFoundByItInEachFork(t *testing.T) {
	l := newLab(t, 1)
	table := l.make(ireland, "notes", dynamoTable, doc{"Name": "notes", "BillingMode": "PAY_PER_REQUEST", "HashKey": "k",
		"Attributes": []any{doc{"Name": "k", "Type": "S"}}})
	tags := func(w *world.World) error {
		_, err := w.Call(world.Request{Region: ireland, Service: "dynamodb", Operation: "ListTagsOfResource",
			Input: doc{"ResourceArn": table.ARN}})
		return err
	}
	require.NoError(t, tags(l.World))
	for range 5 {
		w := l.Fork()
		require.NoError(t, tags(w))
		require.NoError(t, w.Delete(ireland, dynamoTable, "notes"))
		require.Error(t, tags(w))
		w.Done()
		require.NoError(t, tags(l.World))
	}
}

// TestMemory_keepsActsApartHoweverMany asks for more acts than were asked for last can be found at once.
func TestMemory_keepsActsApartHoweverMany(t *testing.T) {
	const acts = 9000
	r := newRemembering(t)
	w, done := r.from.Fork(), 0
	for range 2 {
		for n := range uint64(acts) {
			out, err := w.Remember(world.Key{Act: world.TextOf("number"), Number: n}, func() (any, error) {
				done++
				return n, nil
			})
			require.NoError(t, err)
			require.Equal(t, n, out)
		}
	}
	require.Equal(t, acts, done, "each was done once")
}
