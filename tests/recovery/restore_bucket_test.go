package recovery

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/sim/world"
	"redoubt/system"
)

// put writes an object into a store's bucket of a home; take deletes it.
func (l *lab) put(t testing.TB, home system.Home, store, key, body string) {
	t.Helper()
	l.Ask(t, regionOf[home], "s3", "PutObject", world.Document{"Bucket": l.bucket(t, home, store), "Key": key, "Body": body,
		"Metadata": world.Document{"writer": "worker"}, "ContentType": "text/plain"})
}

func (l *lab) take(t testing.TB, home system.Home, store, key string) {
	t.Helper()
	l.Ask(t, regionOf[home], "s3", "DeleteObject", world.Document{"Bucket": l.bucket(t, home, store), "Key": key})
}

func (l *lab) bucket(t testing.TB, home system.Home, store string) string {
	t.Helper()
	return l.Inventory(t).Homes[home].Stores[store].Name
}

// objects are the bodies of the objects that stand in a store's bucket of a home, but for those of plans.
func (l *lab) objects(t testing.TB, home system.Home, store string) map[string]string {
	t.Helper()
	out, bucket := map[string]string{}, l.bucket(t, home, store)
	list := l.Ask(t, regionOf[home], "s3", "ListObjectVersions", world.Document{"Bucket": bucket, "Prefix": "a/"})
	for _, v := range list["Versions"].([]any) {
		if v := v.(map[string]any); v["IsLatest"] == true {
			o := l.Ask(t, regionOf[home], "s3", "GetObject", world.Document{"Bucket": bucket, "Key": v["Key"]})
			assert.Equal(t, []any{"worker", "text/plain"}, []any{o["Metadata"].(map[string]any)["writer"], o["ContentType"]})
			out[v["Key"].(string)] = o["Body"].(string)
		}
	}
	return out
}

// versions counts the versions and delete markers of a store's bucket.
func (l *lab) versions(t testing.TB, home system.Home, store string) int {
	t.Helper()
	list := l.Ask(t, regionOf[home], "s3", "ListObjectVersions", world.Document{
		"Bucket": l.bucket(t, home, store), "Prefix": "a/"})
	return len(list["Versions"].([]any)) + len(list["DeleteMarkers"].([]any))
}

var (
	goodObjects = map[string]string{"a/kept": "good", "a/changed": "good", "a/deleted": "good", "a/there and back+again": "good"}
	badObjects  = map[string]string{"a/kept": "good", "a/changed": "bad", "a/new": "bad", "a/there and back+again": "good"}
)

// spoiledBucket is the bucket that held the good objects until a moment, and the bad ones since.
func spoiledBucket(t testing.TB, active system.Home) (*lab, time.Time) {
	t.Helper()
	l := serving(t, active)
	for key, body := range goodObjects {
		l.put(t, active, "artifacts", key, body)
	}
	l.put(t, active, "artifacts", "a/gone before", "good")
	l.Wait(time.Minute)
	l.take(t, active, "artifacts", "a/gone before")
	l.Wait(time.Minute)
	at := l.Now().Truncate(time.Second)
	l.Wait(time.Minute)
	l.put(t, active, "artifacts", "a/changed", "bad")
	l.put(t, active, "artifacts", "a/there and back+again", "bad")
	l.take(t, active, "artifacts", "a/deleted")
	l.put(t, active, "artifacts", "a/new", "bad")
	l.Wait(time.Minute)
	l.put(t, active, "artifacts", "a/there and back+again", "good")
	l.Wait(6 * time.Minute)
	return l, at
}

// TestRestore_bringsABucketBackInItsPlace restores the bucket in either home: the objects of the time stand in both
// homes, and every damaged version is still there.
func TestRestore_bringsABucketBackInItsPlace(t *testing.T) {
	t.Parallel()
	for _, active := range system.Homes {
		t.Run(string(active), func(t *testing.T) {
			l, at := spoiledBucket(t, active)
			require.Equal(t, badObjects, l.objects(t, active, "artifacts"))
			was := l.versions(t, active, "artifacts")
			f := l.run(t, l.plan(t, restoreRequest("artifacts", active, at)), execute.Options{})
			require.Equal(t, execute.Recovered, f.Outcome, f.Why)
			for _, home := range system.Homes {
				assert.Equal(t, goodObjects, l.objects(t, home, "artifacts"), "the %s home", home)
				assert.Equal(t, was+4, l.versions(t, home, "artifacts"), "three copies and a marker on top, and nothing less")
				assert.Equal(t, 1, l.directory(t, home).Stores["artifacts"].Generation, "it stands where it stood")
			}
			for _, agent := range []string{"worker", "tool-runner"} {
				l.carries(t, active, agent)
			}
		})
	}
}

// TestRestore_ofABucketIsTakenBackToTheDamage rewinds to the time at which the agents had stopped, as an abort does.
func TestRestore_ofABucketIsTakenBackToTheDamage(t *testing.T) {
	t.Parallel()
	l, at := spoiledBucket(t, system.Primary)
	p := l.plan(t, restoreRequest("artifacts", system.Primary, at))
	l.Wait(10 * time.Minute)
	l.put(t, system.Primary, "artifacts", "a/late", "written after the plan was made")
	require.Equal(t, execute.Recovered, l.quiet(t, p, execute.Options{}).Outcome)
	require.Equal(t, goodObjects, l.objects(t, system.Primary, "artifacts"))
	for _, s := range p.Steps {
		if s.ID != "rewind-artifacts" {
			continue
		}
		undo, err := execute.Fill(t.Context(), l.port(t), *s.Undo)
		require.NoError(t, err)
		_, err = l.port(t).Call(t.Context(), undo)
		require.NoError(t, err)
		look := plan.Call{Kind: plan.Versions, Home: undo.Home, Service: "redoubt", Operation: s.Condition.Call.Operation,
			Input: plan.Document{"Bucket": undo.Input["Bucket"], "At": undo.Input["At"]}}
		left, err := l.port(t).Call(t.Context(), look)
		require.NoError(t, err)
		assert.Equal(t, 0, left["Astray"])
	}
	want := map[string]string{"a/late": "written after the plan was made"}
	for key, body := range badObjects {
		want[key] = body
	}
	assert.Equal(t, want, l.objects(t, system.Primary, "artifacts"))
}
