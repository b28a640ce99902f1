package world_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/sim/fault"
	"redoubt/sim/world"
)

// stamping is what a run does that stamps the time, counts what it made and draws how long something takes: it writes an
// item of a table with two halves, makes two parameters with one token, and lets the time pass until all is there.
type stamping struct {
	t    *testing.T
	done map[string]int
}

func (s *stamping) act(w *world.World, name string, act func() error) {
	s.t.Helper()
	_, err := w.Remember(world.Key{Act: world.TextOf(name)}, func() (any, error) { s.done[name]++; return nil, act() })
	require.NoError(s.t, err)
}

func (s *stamping) run(w *world.World, seed uint64, after time.Duration) {
	s.t.Helper()
	require.NoError(s.t, w.Draw(seed))
	w.Advance(w.Now().Add(after))
	s.act(w, "put", func() error {
		_, err := w.Call(world.Request{Region: ireland, Service: "dynamodb", Operation: "PutItem", Input: doc{
			"TableName": "sessions", "Item": doc{"pk": attr("k"), "sk": attr("-"), "value": attr("v")}}})
		return err
	})
	for _, name := range []string{"first", "second"} {
		s.act(w, name, func() error {
			_, err := w.Create(ireland, "AWS::KMS::Key", "one token", doc{"Description": name})
			return err
		})
	}
	w.Advance(w.Now().Add(time.Hour))
}

// TestMemory_stampsCountsAndDraws: acts that stamp the time are remembered for that time, what is counted is counted on, and
// what follows after a draw follows after that of each fork. Nothing of it changes what comes of a run.
func TestMemory_stampsCountsAndDraws(t *testing.T) {
	t.Parallel()
	from := globalTable(t).World
	with, without := &stamping{t, map[string]int{}}, &stamping{t, map[string]int{}}
	family := from.Recall(world.NewMemory())
	for _, after := range []time.Duration{0, time.Minute, 0, 90 * time.Second, time.Minute} {
		for seed := range uint64(3) {
			one, other := family.Fork(), from.Fork()
			with.run(one, seed+1, after)
			without.run(other, seed+1, after)
			got, err := one.Snapshot()
			require.NoError(t, err)
			want, err := other.Snapshot()
			require.NoError(t, err)
			require.JSONEq(t, string(want), string(got), "seed %d, after %s", seed+1, after)
		}
	}
	require.Equal(t, map[string]int{"put": 15, "first": 15, "second": 15}, without.done)
	require.Equal(t, map[string]int{"put": 3, "first": 1, "second": 1}, with.done,
		"once for each time where it is told in what was made, and once where it stands beside that")
}

// TestMemory_whatWasMadeBeforeCounts: the same act on the same things makes another one, where one was made and deleted before.
func TestMemory_whatWasMadeBeforeCounts(t *testing.T) {
	t.Parallel()
	from := newLab(t, 1).World
	run := func(w *world.World) (ids []string) {
		for range 3 {
			made, err := w.Remember(world.Key{Act: world.TextOf("make")}, func() (any, error) {
				return w.Create(ireland, "AWS::EC2::VPC", "one token", doc{"CidrBlock": "10.0.0.0/16"})
			})
			require.NoError(t, err)
			ids = append(ids, made.(*world.Entity).ID)
			require.NoError(t, w.Delete(ireland, "AWS::EC2::VPC", ids[len(ids)-1]))
		}
		return ids
	}
	want, family := run(from.Fork()), from.Recall(world.NewMemory())
	require.NotEqual(t, want[0], want[1])
	require.Equal(t, want, run(family.Fork()))
	require.Equal(t, want, run(family.Fork()))
}

// TestMemory_aTimeThatNoOtherForkComesTo: what never comes at the same time twice is remembered no more after a while, and is
// done each time.
func TestMemory_aTimeThatNoOtherForkComesTo(t *testing.T) {
	t.Parallel()
	from := globalTable(t).World
	family, s := from.Recall(world.NewMemory()), &stamping{t, map[string]int{}}
	for n := range 40 {
		s.run(family.Fork(), 1, time.Duration(n)*time.Second)
	}
	require.Equal(t, 40, s.done["put"])
	s.run(family.Fork(), 1, 0)
	require.Equal(t, 40, s.done["put"], "the first times are still known")
	s.run(family.Fork(), 1, 39*time.Second)
	require.Equal(t, 41, s.done["put"], "the last are not")
}

// TestMemory_whatWaitsForAFaultWaitsInEachFork: an act that is parked until a fault ends is remembered like another.
func TestMemory_whatWaitsForAFaultWaitsInEachFork(t *testing.T) {
	t.Parallel()
	from := globalTable(t).World
	cut := fault.Fault{Kind: fault.Partition, Region: ireland, Peer: frankfurt}
	run := func(w *world.World) string {
		s := &stamping{t, map[string]int{}}
		require.NoError(t, w.Inject(cut))
		s.run(w, 7, time.Second)
		require.NoError(t, w.Inject(fault.Fault{Kind: fault.Heal, Region: ireland, Peer: frankfurt}))
		w.Advance(w.Now().Add(time.Hour))
		out, err := w.Call(world.Request{Region: frankfurt, Service: "dynamodb", Operation: "GetItem",
			Input: doc{"TableName": "sessions", "Key": doc{"pk": attr("k"), "sk": attr("-")}}})
		require.NoError(t, err)
		require.Contains(t, fmt.Sprint(out), "map[S:v]")
		raw, err := w.Snapshot()
		require.NoError(t, err)
		return string(raw)
	}
	want, family := run(from.Fork()), from.Recall(world.NewMemory())
	for range 3 {
		require.JSONEq(t, want, run(family.Fork()))
	}
}

// TestHolds_seesEveryChangeThatMatters: an answer that is held holds as long as nothing that it depends on is written, also
// in a fork, and after so much else that nobody remembers all of it.
func TestHolds_seesEveryChangeThatMatters(t *testing.T) {
	t.Parallel()
	r := newRemembering(t)
	key := world.Key{Act: world.TextOf("held")}
	look := func(w *world.World) func() (any, error) {
		return func() (any, error) {
			e, err := w.Read(ireland, "AWS::SSM::Parameter", "/p")
			return e.In["Value"], err
		}
	}
	other := func(w *world.World, n int) {
		_, err := w.Create(ireland, "AWS::KMS::Key", fmt.Sprint("k", n), doc{"Description": fmt.Sprint(n)})
		require.NoError(t, err)
	}
	w := r.from.Fork()
	held := w.Hold(key, look(w))
	for n := range 1500 { // the trail forgets its beginning on the way
		other(w, n)
		require.True(t, w.Holds(&held), "after %d", n)
	}
	stale := held
	for n := range 1500 {
		other(w, 1500+n)
	}
	require.True(t, w.Holds(&stale), "it looked at nothing for longer than the trail reaches")
	fork := w.Fork()
	require.True(t, fork.Holds(&held))
	r.put(fork, "two")
	require.False(t, fork.Holds(&held))
	fork.Renew(&held, func() world.Key { return key }, look(fork))
	require.Equal(t, "two", held.Answer)
	require.True(t, fork.Holds(&held))
	require.True(t, w.Holds(&stale), "the world that it was forked from did not change")
	require.NoError(t, w.Inject(fault.Fault{Kind: fault.RegionDown, Region: ireland}))
	require.False(t, w.Holds(&stale), "a fault is a change")
}

// TestAdvance_timeInWhichNothingHappens: that nobody has to look when nothing falls due changes nothing of what comes later.
func TestAdvance_timeInWhichNothingHappens(t *testing.T) {
	t.Parallel()
	from := globalTable(t).World
	var want string
	for _, pace := range []time.Duration{4 * time.Hour, time.Hour, 7 * time.Second} {
		w, s := from.Fork(), &stamping{t, map[string]int{}}
		s.run(w, 3, 0)
		for end := w.Now().Add(4 * time.Hour); w.Now().Before(end); {
			next := w.Now().Add(pace)
			if next.After(end) {
				next = end
			}
			w.Advance(next)
		}
		require.NoError(t, w.Inject(fault.Fault{Kind: fault.RegionDown, Region: frankfurt}))
		w.Advance(w.Now().Add(time.Hour))
		got := content(t, w)
		if want == "" {
			want = got
		}
		require.JSONEq(t, want, got, "in steps of %s", pace)
	}
}

// content is all that a world holds, but for how many records it was written in.
func content(t *testing.T, w *world.World) string {
	t.Helper()
	raw, err := w.Snapshot()
	require.NoError(t, err)
	var all map[string]any
	require.NoError(t, json.Unmarshal(raw, &all))
	require.Contains(t, all, "seq")
	delete(all, "seq")
	raw, err = json.Marshal(all)
	require.NoError(t, err)
	return string(raw)
}
