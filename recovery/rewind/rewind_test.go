package rewind_test

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/rewind"
	"redoubt/system"
)

type version struct {
	id, body string
	at       int
	marker   bool
	meta     map[string]any
}

// bucket is a versioned bucket whose lists have two entries a page.
type bucket struct {
	keys map[string][]version // the newest first
	now  int
	made int
	// size is told of versions whose body says so.
	size float64
	// failAfter makes the change after so many fail; none when negative.
	failAfter, changed int
	asked              []string
}

func made() *bucket { return &bucket{keys: map[string][]version{}, failAfter: -1} }

func (b *bucket) put(key string, v version) {
	b.made++
	v.id, v.at = fmt.Sprintf("v%d", b.made), b.now
	b.keys[key] = append([]version{v}, b.keys[key]...)
}

var begin = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

func stamp(second int) string {
	return begin.Add(time.Duration(second) * time.Second).Format("2006-01-02T15:04:05.000Z07:00")
}

func (b *bucket) find(in plan.Document) (version, error) {
	for n, v := range b.keys[in["Key"].(string)] {
		if id := in["VersionId"]; (id == nil && n == 0 || id == v.id) && !v.marker {
			return v, nil
		}
	}
	return version{}, &execute.ClassError{Class: execute.NotFound, Err: errors.New("NoSuchKey")}
}

func (b *bucket) Call(_ context.Context, c plan.Call) (plan.Document, error) {
	b.asked = append(b.asked, c.Operation)
	key, _ := c.Input["Key"].(string)
	switch c.Operation {
	case "ListObjectVersions":
		return b.page(c.Input), nil
	case "HeadObject":
		v, err := b.find(c.Input)
		return plan.Document{"VersionId": v.id, "LastModified": stamp(v.at), "Metadata": v.meta, "ContentType": "text/plain"}, err
	case "PutObject":
		b.put(key, version{body: "mark"})
		return plan.Document{}, nil
	case "DeleteObject", "CopyObject":
		if b.changed == b.failAfter {
			return nil, &execute.ClassError{Class: execute.Throttled, Err: errors.New("SlowDown")}
		}
		b.changed++
		if c.Operation == "DeleteObject" {
			b.put(key, version{marker: true})
			return plan.Document{}, nil
		}
		path, id, _ := strings.Cut(c.Input["CopySource"].(string), "?versionId=")
		from, err := url.PathUnescape(strings.TrimPrefix(path, "b/"))
		if err != nil || strings.ContainsAny(path, "+ ") {
			return nil, fmt.Errorf("source %q is not escaped", path)
		}
		v, err := b.find(plan.Document{"Key": from, "VersionId": id})
		meta, _ := c.Input["Metadata"].(map[string]any)
		b.put(key, version{body: v.body, meta: meta})
		return plan.Document{}, err
	}
	return plan.Document{"Passed": c.Operation}, nil
}

func (b *bucket) page(in plan.Document) plan.Document {
	type row struct {
		key    string
		n      int
		latest bool
		version
	}
	var rows []row
	var keys []string
	for key := range b.keys {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	for _, key := range keys {
		for n, v := range b.keys[key] {
			rows = append(rows, row{key, n, n == 0, v})
		}
	}
	from := 0
	if after, is := in["KeyMarker"]; is {
		from = 1 + slices.IndexFunc(rows, func(r row) bool { return r.key == after && r.id == in["VersionIdMarker"] })
	}
	to := min(from+2, len(rows))
	versions, markers := []any{}, []any{}
	for _, r := range rows[from:to] {
		d := map[string]any{"Key": r.key, "VersionId": r.id, "LastModified": stamp(r.at), "IsLatest": r.latest}
		if r.marker {
			markers = append(markers, d)
			continue
		}
		d["Size"] = float64(len(r.body))
		if r.body == "large" {
			d["Size"] = b.size
		}
		versions = append(versions, d)
	}
	out := plan.Document{"Versions": versions, "DeleteMarkers": markers, "IsTruncated": to < len(rows)}
	if to < len(rows) {
		out["NextKeyMarker"], out["NextVersionIdMarker"] = rows[to-1].key, rows[to-1].id
	}
	return out
}

// stands are the bodies of the objects that stand, but for those of plans.
func (b *bucket) stands() map[string]string {
	out := map[string]string{}
	for key, all := range b.keys {
		if !all[0].marker && !strings.HasPrefix(key, rewind.Own) {
			out[key] = all[0].body
		}
	}
	return out
}

// spoiled was good until second 10, and is bad since second 20; agents stopped and the mark was written at 30.
func spoiled() *bucket {
	b := made()
	for _, key := range []string{"changed", "deleted", "kept", "back again+"} {
		b.put(key, version{body: "good", meta: map[string]any{"Writer": "worker"}})
	}
	b.put("gone", version{body: "good"})
	b.put("redoubt/takeover/1", version{body: "mark"})
	b.now = 10
	b.put("gone", version{marker: true})
	b.now = 20
	b.put("changed", version{body: "bad!"})
	b.put("back again+", version{marker: true})
	b.put("deleted", version{marker: true})
	b.put("new", version{body: "bad!"})
	b.put("redoubt/takeover/2", version{body: "mark"})
	b.put("back again+", version{body: "good"})
	b.now = 30
	b.put("redoubt/restore/1", version{body: "mark"})
	b.now = 31
	return b
}

func act(operation string, at int) plan.Call {
	in := plan.Document{"Bucket": "b", "At": begin.Add(time.Duration(at) * time.Second).Format(time.RFC3339), "Mark": "redoubt/restore/1",
		"OtherHome": "secondary", "OtherBucket": "b"}
	return plan.Call{Kind: plan.Versions, Home: system.Primary, Service: "redoubt", Operation: operation, Input: in}
}

var good = map[string]string{"changed": "good", "deleted": "good", "kept": "good", "back again+": "good"}

func TestRewindBucket_bringsBackWhatIsNotAsItWas(t *testing.T) {
	t.Parallel()
	b := spoiled()
	port := rewind.Port{Port: b}
	look, err := port.Call(t.Context(), act(rewind.CountAstray, 10))
	require.NoError(t, err)
	assert.Equal(t, plan.Document{"Astray": 4, "Example": "back again+"}, look)
	had := len(b.keys["changed"]) + len(b.keys["new"])
	out, err := port.Call(t.Context(), act(rewind.RewindBucket, 10))
	require.NoError(t, err)
	assert.Equal(t, plan.Document{"Rewound": 4}, out)
	assert.Equal(t, good, b.stands())
	assert.Equal(t, map[string]any{"writer": "worker", rewind.Restored: "v1"}, b.keys["changed"][0].meta)
	assert.Len(t, append(b.keys["changed"], b.keys["new"]...), had+2, "nothing is deleted for good")
	assert.Len(t, b.keys["redoubt/takeover/2"], 1, "what plans have written stays")

	again, err := port.Call(t.Context(), act(rewind.RewindBucket, 10))
	require.NoError(t, err)
	assert.Equal(t, plan.Document{"Rewound": 0}, again, "what was brought back is known by its mark")
}

func TestRewindBucket_goesOnWhereItWasCutOff(t *testing.T) {
	t.Parallel()
	b := spoiled()
	port := rewind.Port{Port: b}
	for n := range 4 {
		b.failAfter = n
		_, err := port.Call(t.Context(), act(rewind.RewindBucket, 10))
		assert.Equal(t, execute.Throttled, execute.ClassOf(err), "%v", err)
		look, err := port.Call(t.Context(), act(rewind.CountAstray, 10))
		require.NoError(t, err)
		assert.Equal(t, 4-n, look["Astray"])
	}
	b.failAfter = -1
	_, err := port.Call(t.Context(), act(rewind.RewindBucket, 10))
	require.NoError(t, err)
	assert.Equal(t, []any{good, 4}, []any{b.stands(), b.changed}, "nothing was done twice")
}

func TestRewindBucket_isTakenBackToTheMark(t *testing.T) {
	t.Parallel()
	b := spoiled()
	want := b.stands()
	port := rewind.Port{Port: b}
	_, err := port.Call(t.Context(), act(rewind.RewindBucket, 10))
	require.NoError(t, err)
	b.now = 40
	_, err = port.Call(t.Context(), act(rewind.RewindBucket, 30))
	require.NoError(t, err)
	assert.Equal(t, want, b.stands())
	b.now = 50
	_, err = port.Call(t.Context(), act(rewind.RewindBucket, 10))
	require.NoError(t, err)
	assert.Equal(t, good, b.stands(), "and brought back once more")
}

func TestRewindBucket_waitsForTheNextSecond(t *testing.T) {
	t.Parallel()
	b := spoiled()
	b.now = 30
	_, err := rewind.Port{Port: b}.Call(t.Context(), act(rewind.RewindBucket, 10))
	require.ErrorContains(t, err, "it is still the second")
	assert.Equal(t, execute.Conflict, execute.ClassOf(err), "it passes")
	assert.Zero(t, b.changed)
}

func TestRewindBucket_namesWhatIsTooLargeToCopy(t *testing.T) {
	t.Parallel()
	b := made()
	b.size = rewind.Most + 1
	b.put("film", version{body: "large"})
	b.now = 20
	b.put("film", version{body: "bad!"})
	b.put("redoubt/restore/1", version{body: "mark"})
	b.now = 31
	_, err := rewind.Port{Port: b}.Call(t.Context(), act(rewind.RewindBucket, 10))
	require.ErrorContains(t, err, "object film of b: version v1 has 5368709121 bytes")
	assert.Equal(t, execute.Invalid, execute.ClassOf(err), "it will not pass")
}

// twins are the buckets of two homes.
type twins map[system.Home]*bucket

func (w twins) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	return w[c.Home].Call(ctx, c)
}

func TestCountApart_countsWhatHasChangedAndIsNotTheSameThere(t *testing.T) {
	t.Parallel()
	here, there := spoiled(), spoiled()
	delete(there.keys, "kept") // never copied, and not of this time
	port := rewind.Port{Port: twins{system.Primary: here, system.Secondary: there}}
	count := func() plan.Document {
		out, err := port.Call(t.Context(), act(rewind.CountApart, 10))
		require.NoError(t, err)
		return out
	}
	assert.Equal(t, plan.Document{"Apart": 0, "Example": ""}, count())
	_, err := port.Call(t.Context(), act(rewind.RewindBucket, 10))
	require.NoError(t, err)
	assert.Equal(t, plan.Document{"Apart": 4, "Example": "back again+"}, count())
	there.keys = here.keys
	assert.Equal(t, plan.Document{"Apart": 0, "Example": ""}, count())
}

func TestPort_refusesWhatItCannotRead(t *testing.T) {
	t.Parallel()
	port := rewind.Port{Port: spoiled()}
	for want, change := range map[string]func(*plan.Call){
		"Bucket is missing":      func(c *plan.Call) { delete(c.Input, "Bucket") },
		"Mark is missing":        func(c *plan.Call) { delete(c.Input, "Mark") },
		"cannot parse":           func(c *plan.Call) { c.Input["At"] = "noon" },
		"want RewindBucket, Cou": func(c *plan.Call) { c.Operation = "EmptyBucket" },
	} {
		c := act(rewind.RewindBucket, 10)
		change(&c)
		_, err := port.Call(t.Context(), c)
		require.ErrorContains(t, err, want)
		assert.Equal(t, execute.Invalid, execute.ClassOf(err))
	}
	out, err := port.Call(t.Context(), plan.Call{Kind: plan.AWS, Operation: "Other"})
	require.NoError(t, err)
	assert.Equal(t, plan.Document{"Passed": "Other"}, out, "other calls pass")
}
