package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/sim/fault"
	"redoubt/sim/world"
)

// remembering is a family of forks that hold one parameter, with a count of the acts that were done.
type remembering struct {
	t    *testing.T
	from *world.World
	done int
}

func newRemembering(t *testing.T) *remembering {
	t.Helper()
	l := newLab(t, 1)
	l.make(ireland, "p", "AWS::SSM::Parameter", doc{"Name": "/p", "Type": "String", "Value": "one"})
	return &remembering{t: t, from: l.World.Recall(world.NewMemory())}
}

// ask makes a call as one remembered act.
func (r *remembering) ask(w *world.World, operation string, in doc) (any, error) {
	return w.Remember(world.Key{Act: world.TextOf(operation)}, func() (any, error) {
		r.done++
		return w.Call(world.Request{Region: ireland, Service: "ssm", Operation: operation, Input: in})
	})
}

func (r *remembering) value(w *world.World) any {
	out, err := r.ask(w, "GetParameter", doc{"Name": "/p"})
	require.NoError(r.t, err)
	return out.(doc)["Parameter"].(doc)["Value"]
}

func (r *remembering) put(w *world.World, value string) {
	r.t.Helper()
	_, err := w.Call(world.Request{Region: ireland, Service: "ssm", Operation: "PutParameter",
		Input: doc{"Name": "/p", "Value": value, "Overwrite": true}})
	require.NoError(r.t, err)
}

func TestMemory_answersWhatItKnowsAndLooksAtWhatChanged(t *testing.T) {
	r := newRemembering(t)
	require.Equal(t, "one", r.value(r.from.Fork()))
	require.Equal(t, "one", r.value(r.from.Fork()))
	require.Equal(t, 1, r.done, "a second fork met the same")
	changed := r.from.Fork()
	r.put(changed, "two")
	require.Equal(t, "two", r.value(changed))
	require.Equal(t, 2, r.done)
	require.Equal(t, "one", r.value(r.from.Fork()))
	require.Equal(t, 2, r.done)
}

// TestMemory_triesAgainNowAndThen begins with an act that cannot be remembered, many times, and goes on as one that can.
func TestMemory_triesAgainNowAndThen(t *testing.T) {
	r := newRemembering(t)
	done := 0
	ask := func(hopeless bool) {
		w := r.from.Fork()
		_, err := w.Remember(world.Key{Act: world.TextOf("now and then")}, func() (any, error) {
			done++
			if hopeless {
				w.Version()
			}
			return w.Call(world.Request{Region: ireland, Service: "ssm", Operation: "GetParameter", Input: doc{"Name": "/p"}})
		})
		require.NoError(t, err)
	}
	for range 100 {
		ask(true)
	}
	require.Equal(t, 100, done, "it cannot be remembered")
	for range 100 {
		ask(false)
	}
	require.Less(t, done, 120, "it can, and was tried again")
}

func TestMemory_seesFaults(t *testing.T) {
	r := newRemembering(t)
	require.Equal(t, "one", r.value(r.from.Fork()))
	down := r.from.Fork()
	require.NoError(t, down.Inject(fault.Fault{Kind: fault.RegionDown, Region: ireland}))
	_, err := r.ask(down, "GetParameter", doc{"Name": "/p"})
	require.True(t, world.IsUnreachable(err), "got %v", err)
	require.Equal(t, 2, r.done)
}

func TestMemory_writesWhatTheActWrote(t *testing.T) {
	r := newRemembering(t)
	write := func(w *world.World) {
		_, err := r.ask(w, "PutParameter", doc{"Name": "/p", "Value": "two", "Overwrite": true})
		require.NoError(t, err)
	}
	first, second := r.from.Fork(), r.from.Fork()
	write(first)
	write(second)
	require.Equal(t, 1, r.done)
	require.Equal(t, "two", r.value(second))
	want, err := first.Snapshot()
	require.NoError(t, err)
	got, err := second.Snapshot()
	require.NoError(t, err)
	require.Equal(t, string(want), string(got))
	require.Equal(t, "one", r.value(r.from.Fork()))
}

// What depends on the time, and what looks at all of a place, is done again when that changed.
func TestMemory_timeAndPlaces(t *testing.T) {
	r := newRemembering(t)
	times, counts := 0, 0
	now := func(w *world.World) {
		_, _ = w.Remember(world.Key{Act: world.TextOf("now")}, func() (any, error) { times++; return w.Now(), nil })
	}
	count := func(w *world.World) any {
		n, _ := w.Remember(world.Key{Act: world.TextOf("count")}, func() (any, error) {
			counts++
			return len(w.Find(ireland, "AWS::SSM::Parameter", nil)), nil
		})
		return n
	}
	for range 2 {
		now(r.from.Fork())
		require.Equal(t, 1, count(r.from.Fork()))
	}
	require.Equal(t, []int{1, 1}, []int{times, counts})
	later := r.from.Fork()
	later.Advance(later.Now().Add(time.Second))
	now(later)
	require.Equal(t, 1, count(later))
	require.Equal(t, []int{2, 1}, []int{times, counts}, "another time")
	more := r.from.Fork()
	_, err := more.Create(ireland, "AWS::SSM::Parameter", "q", doc{"Name": "/q", "Type": "String", "Value": "one"})
	require.NoError(t, err)
	require.Equal(t, 2, count(more))
	require.Equal(t, 1, count(r.from.Fork()))
}

// TestMemory_aPartIsAPartOfWhatIsAroundIt: an act knows what its parts read, also those whose answers came from memory, and
// is done again when that changed; a part that did not change is not.
func TestMemory_aPartIsAPartOfWhatIsAroundIt(t *testing.T) {
	r := newRemembering(t)
	parts := 0
	part := func(w *world.World) (any, error) {
		return w.Part(world.Key{Act: world.TextOf("part")}, func() (any, error) {
			parts++
			out, err := w.Call(world.Request{Region: ireland, Service: "ssm", Operation: "GetParameter", Input: doc{"Name": "/p"}})
			return out["Parameter"].(doc)["Value"], err
		})
	}
	around := func(w *world.World, name string) any {
		out, err := w.Remember(world.Key{Act: world.TextOf(name)}, func() (any, error) {
			r.done++
			value, err := part(w)
			return []any{value, len(w.Find(ireland, "AWS::KMS::Key", nil))}, err
		})
		require.NoError(t, err)
		return out
	}
	for _, name := range []string{"first", "second", "first", "second"} {
		require.Equal(t, []any{"one", 0}, around(r.from.Fork(), name))
	}
	require.Equal(t, []int{2, 1}, []int{r.done, parts}, "the second act took the part from memory")
	changed := r.from.Fork()
	r.put(changed, "two")
	require.Equal(t, []any{"two", 0}, around(changed, "second"), "it knows what its part read")
	other := r.from.Fork()
	_, err := other.Create(ireland, "AWS::KMS::Key", "k", doc{"Description": "another"})
	require.NoError(t, err)
	require.Equal(t, []any{"one", 1}, around(other, "first"))
	require.Equal(t, []int{4, 2}, []int{r.done, parts}, "the part did not change")
	value, err := part(other)
	require.NoError(t, err)
	require.Equal(t, "one", value)
	require.Equal(t, 2, parts, "by itself it is an act like any other")
}

// TestMemory_anActKnowsThePlacesOfItsParts: what looks at all of a place is done again when there is more in it.
func TestMemory_anActKnowsThePlacesOfItsParts(t *testing.T) {
	r := newRemembering(t)
	around := func(w *world.World, name string) any {
		out, _ := w.Remember(world.Key{Act: world.TextOf(name)}, func() (any, error) {
			return w.Part(world.Key{Act: world.TextOf("all")}, func() (any, error) {
				return len(w.Find(ireland, "AWS::SSM::Parameter", nil)), nil
			})
		})
		return out
	}
	require.Equal(t, []any{1, 1}, []any{around(r.from.Fork(), "first"), around(r.from.Fork(), "second")})
	more := r.from.Fork()
	_, err := more.Create(ireland, "AWS::SSM::Parameter", "q", doc{"Name": "/q", "Type": "String", "Value": "one"})
	require.NoError(t, err)
	require.Equal(t, 2, around(more, "second"))
}

// TestMemory_anActWhosePartReadsTheTimeIsDoneAgain: so is one whose part writes.
func TestMemory_anActWhosePartReadsTheTimeIsDoneAgain(t *testing.T) {
	for name, inside := range map[string]func(r *remembering, w *world.World){
		"time":  func(_ *remembering, w *world.World) { w.Now() },
		"write": func(r *remembering, w *world.World) { r.put(w, "two") },
	} {
		r := newRemembering(t)
		for n := range 2 {
			w := r.from.Fork()
			w.Advance(w.Now().Add(time.Duration(n) * time.Second))
			_, _ = w.Remember(world.Key{Act: world.TextOf("around")}, func() (any, error) {
				r.done++
				return w.Part(world.Key{Act: world.TextOf("inside")}, func() (any, error) { inside(r, w); return nil, nil })
			})
		}
		require.Equal(t, 2, r.done, name)
	}
}
