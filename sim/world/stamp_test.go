package world_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

// stamped is a world in which a flag is deployed, a table streams and a bucket keeps versions.
type stamped struct {
	*levels
	table, bucket string
}

func newStamped(t *testing.T) *stamped {
	t.Helper()
	s := &stamped{levels: newLevels(t), table: "sessions"}
	s.keys()
	s.make(ireland, "sessions", dynamoTable, s.sessions())
	s.bucket = s.make(ireland, "bucket", "AWS::S3::Bucket", doc{"Bucket": "stamps"}).ID
	s.make(ireland, "versioning", "AWS::S3::BucketVersioning", doc{"Bucket": s.bucket,
		"VersioningConfiguration": doc{"Status": "Enabled"}})
	return s
}

func (s *stamped) deploy() world.Request {
	return world.Request{Region: ireland, Service: "appconfig", Operation: "StartDeployment", Still: true, Input: doc{
		"ApplicationId": s.app, "EnvironmentId": s.env, "ConfigurationProfileId": s.profile,
		"ConfigurationVersion": "2", "DeploymentStrategyId": s.slow}}
}

func (s *stamped) put() world.Request {
	return world.Request{Region: ireland, Service: "s3", Operation: "PutObject", Input: doc{"Bucket": s.bucket, "Key": "k", "Body": "b"}}
}

// turn switches the stream of the table off or on, which begins another.
func (s *stamped) turn(on bool) world.Request {
	spec := doc{"StreamEnabled": on}
	if on {
		spec["StreamViewType"] = "NEW_AND_OLD_IMAGES"
	}
	return world.Request{Region: ireland, Service: "dynamodb", Operation: "UpdateTable", Still: true,
		Input: doc{"TableName": s.table, "StreamSpecification": spec}}
}

// times are what a caller is told who asks when things were.
func (s *stamped) times(w *world.World, still bool) (out []any) {
	s.t.Helper()
	for _, r := range []world.Request{
		{Service: "appconfig", Operation: "ListDeployments", Input: doc{"ApplicationId": s.app, "EnvironmentId": s.env}},
		{Service: "dynamodb", Operation: "DescribeTable", Input: doc{"TableName": s.table}},
		{Service: "s3", Operation: "HeadObject", Input: doc{"Bucket": s.bucket, "Key": "k"}},
	} {
		r.Region, r.Still = ireland, still
		answer, err := w.Call(r)
		require.NoError(s.t, err)
		out = append(out, answer)
	}
	return out
}

// run does all of it, each as one act, and counts those that were not in memory.
func (s *stamped) run(w *world.World, after time.Duration, done map[string]int) {
	s.t.Helper()
	w.Advance(w.Now().Add(after))
	for n, r := range []world.Request{s.deploy(), s.put(), s.turn(false), s.turn(true)} {
		_, err := w.Remember(world.Key{Act: world.TextOf("act"), Number: uint64(n)}, func() (any, error) { //nolint:gosec // a small number
			done[r.Operation]++
			_, err := w.Call(r)
			return nil, err
		})
		require.NoError(s.t, err)
	}
	w.Advance(w.Now().Add(time.Hour))
}

// Acts that only stamp when things were are done once, whenever they are done; each world tells its own times.
func TestStamps_eachWorldTellsItsOwn(t *testing.T) {
	t.Parallel()
	s := newStamped(t)
	family, with, without := s.World.Recall(world.NewMemory()), map[string]int{}, map[string]int{}
	seen := map[string]bool{}
	for _, after := range []time.Duration{0, 90 * time.Second, time.Minute + time.Millisecond} {
		one, other := family.Fork(), s.Fork()
		s.run(one, after, with)
		s.run(other, after, without)
		require.Equal(t, s.times(other, false), s.times(one, false), "after %s", after)
		seen[fmt.Sprint(s.times(one, false))] = true
		require.Equal(t, content(t, other), content(t, one), "after %s", after)
	}
	require.Len(t, seen, 3)
	require.Equal(t, map[string]int{"StartDeployment": 3, "PutObject": 3, "UpdateTable": 6}, without)
	require.Equal(t, map[string]int{"StartDeployment": 1, "PutObject": 1, "UpdateTable": 2}, with)
}

// Who asks when something was made is told anew in each world, in memory or not, also by a part of an act.
func TestStamps_whoAsksIsToldAnew(t *testing.T) {
	t.Parallel()
	s := newStamped(t)
	family := s.World.Recall(world.NewMemory())
	for _, after := range []time.Duration{0, time.Minute, 2 * time.Minute} {
		w := family.Fork()
		s.run(w, after, map[string]int{})
		for n := range 4 {
			if n == 2 { // a new stream: all is as before, but for when it began
				for _, on := range []bool{false, true} {
					_, err := w.Call(s.turn(on))
					require.NoError(t, err)
				}
			}
			want := s.times(w, false)
			got, err := w.Remember(world.Key{Act: world.TextOf("ask")}, func() (any, error) {
				return w.Part(world.Key{Act: world.TextOf("part")}, func() (any, error) { return s.times(w, false), nil })
			})
			require.NoError(t, err)
			require.Equal(t, want, got, "after %s", after)
		}
	}
}

func TestStamps_areLeftOutForWhoDoesNotLook(t *testing.T) {
	t.Parallel()
	s := newStamped(t)
	s.run(s.World, 0, map[string]int{})
	told, still := fmt.Sprint(s.times(s.World, false)), fmt.Sprint(s.times(s.World, true))
	for _, name := range []string{"StartedAt", "CompletedAt", "CreationDateTime", "LatestStreamLabel", "LastModified"} {
		assert.True(t, world.Moves("Items[0]."+name), name)
		assert.Contains(t, told, name+":2026-01-01T00:", name)
		assert.NotContains(t, still, name+":2026", name)
	}
}

// On disk the texts are where they always were: what is read from a snapshot, or replayed from records, goes on alike.
func TestStamps_areOnDisk(t *testing.T) {
	t.Parallel()
	s := newStamped(t)
	before, err := s.Snapshot()
	require.NoError(t, err)
	replayed, err := world.Restore(before)
	require.NoError(t, err)
	s.SetLog(func(r world.Record) error {
		raw, err := json.Marshal(r)
		require.NoError(t, err)
		var read world.Record
		require.NoError(t, json.Unmarshal(raw, &read))
		return replayed.Apply(read)
	})
	s.run(s.World, 5*time.Second, map[string]int{})
	s.SetLog(nil)
	raw, err := s.Snapshot()
	require.NoError(t, err)
	for _, text := range []string{`"StartedAt":"2026-`, `"CompletedAt":"2026-`, `"RecoversSince":"2026-`, `"StreamLabel":"2026-`,
		`"StreamArn":"arn:`, `"LastModified":"2026-`, `"created":"2026-`} {
		require.Contains(t, string(raw), text)
	}
	restored, err := world.Restore(raw)
	require.NoError(t, err)
	for name, w := range map[string]*world.World{"restored": restored, "replayed": replayed} {
		again, err := w.Snapshot()
		require.NoError(t, err)
		require.JSONEq(t, string(raw), string(again), name)
		require.Equal(t, s.times(s.World, false), s.times(w, false), name)
	}
}

// Looking changes nothing, and tells texts.
func TestAny_showsTextsAndChangesNothing(t *testing.T) {
	t.Parallel()
	s := newStamped(t)
	before := content(t, s.World)
	require.True(t, s.Any(ireland, dynamoTable, func(e *world.Entity) bool {
		label, is := e.Out["StreamLabel"].(string)
		return is && label != "" && e.Out["StreamArn"] == e.ARN+"/stream/"+label && !e.Created.IsZero()
	}))
	require.JSONEq(t, before, content(t, s.World))
	require.Contains(t, fmt.Sprint(s.call(ireland, "dynamodb", "DescribeTable", doc{"TableName": s.table})), "LatestStreamLabel:2026-")
}

// A deployment goes on by how long ago it began, so that one that began at another time goes on alike, and one that is
// further along does not.
func TestStamps_aDeploymentGoesOnByItsAge(t *testing.T) {
	t.Parallel()
	s := newStamped(t)
	family := s.World.Recall(world.NewMemory())
	for _, after := range []time.Duration{0, 100 * time.Millisecond, 17*time.Second + 950*time.Millisecond, 10 * time.Second} {
		one, other := family.Fork(), s.Fork()
		for _, w := range []*world.World{one, other} {
			w.Advance(w.Now().Add(after))
			_, err := w.Call(s.deploy())
			require.NoError(t, err)
		}
		for range 150 {
			one.Advance(one.Now().Add(10 * time.Second))
			other.Advance(other.Now().Add(10 * time.Second))
			state := func(w *world.World) any {
				out, err := w.Call(world.Request{Region: ireland, Service: "appconfig", Operation: "ListDeployments",
					Input: doc{"ApplicationId": s.app, "EnvironmentId": s.env}})
				require.NoError(t, err)
				return out["Items"]
			}
			require.Equal(t, state(other), state(one), "after %s at %s", after, one.Now())
		}
		require.Equal(t, content(t, other), content(t, one), "after %s", after)
	}
}

// The first copy of a table's items keeps the times of those that it copies, in memory or not.
func TestStamps_aCopyKeepsTheTimesOfItsItems(t *testing.T) {
	t.Parallel()
	l := newLab(t, 11)
	l.keys()
	l.make(ireland, "sessions", dynamoTable, l.sessions())
	l.keep(ireland, "k", "v")
	want := l.Now()
	family := l.World.Recall(world.NewMemory())
	for _, after := range []time.Duration{time.Minute, time.Hour, time.Minute} {
		w := family.Fork()
		w.Advance(w.Now().Add(after))
		_, err := w.Remember(world.Key{Act: world.TextOf("replicate")}, func() (any, error) {
			return w.Create(frankfurt, dynamoReplica, "replica", l.replicaOf())
		})
		require.NoError(t, err)
		plain := l.Fork()
		plain.Advance(w.Now())
		_, err = plain.Create(frankfurt, dynamoReplica, "replica", l.replicaOf())
		require.NoError(t, err)
		require.Equal(t, content(t, plain), content(t, w), "also until when the source may not be deleted")
		raw, err := w.Snapshot()
		require.NoError(t, err)
		var all struct{ Entities []world.Entity }
		require.NoError(t, json.Unmarshal(raw, &all))
		items := 0
		for _, e := range all.Entities {
			if e.Kind == "AWS::DynamoDB::Item" {
				items++
				require.Equal(t, want, e.Created, "%s in %s", e.ID, e.Region)
			}
		}
		require.Equal(t, 2, items)
	}
}
