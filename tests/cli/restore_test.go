package cli

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/disk"
	"redoubt/sim/world"
	"redoubt/tests/homes"
)

// artifacts is the bucket of the example's primary home.
const artifacts = "atlas-artifacts-" + homes.Account + "-" + homes.Ireland

// within does something in the simulated regions of a project while no command runs.
func (p folder) within(t *testing.T, do func(call func(operation string, in world.Document) world.Document, w *world.World)) {
	t.Helper()
	d, err := disk.Open(filepath.Join(p.dir, ".redoubt", "world"), world.Config{Seed: 1, Account: homes.Account})
	require.NoError(t, err)
	do(func(operation string, in world.Document) world.Document {
		in["Bucket"] = artifacts
		out, err := d.Call(world.Request{Region: homes.Ireland, Service: "s3", Operation: operation, Input: in})
		require.NoError(t, err, "%s of %v", operation, in["Key"])
		return out
	}, d.World)
	require.NoError(t, d.Close())
}

// objects are the bodies of the objects of agents in the bucket.
func (p folder) objects(t *testing.T) map[string]string {
	t.Helper()
	out := map[string]string{}
	p.within(t, func(call func(string, world.Document) world.Document, _ *world.World) {
		for _, v := range call("ListObjectVersions", world.Document{"Prefix": "a/"})["Versions"].([]any) {
			if v := v.(map[string]any); v["IsLatest"] == true {
				key := v["Key"].(string)
				out[key] = call("GetObject", world.Document{"Key": key})["Body"].(string)
			}
		}
	})
	return out
}

// spoiledBucket is a project whose bucket was spoiled, with a plan that brings it back.
func spoiledBucket(t *testing.T) folder {
	t.Helper()
	p, at := stand(t), ""
	p.within(t, func(call func(string, world.Document) world.Document, w *world.World) {
		put := func(key, body string) { call("PutObject", world.Document{"Key": key, "Body": body}) }
		put("a/changed", "good")
		put("a/deleted", "good")
		w.Advance(w.Now().Add(time.Hour))
		at = w.Now().UTC().Truncate(time.Second).Format(time.RFC3339)
		w.Advance(w.Now().Add(time.Minute))
		put("a/changed", "bad")
		put("a/new", "bad")
		call("DeleteObject", world.Document{"Key": "a/deleted"})
		w.Advance(w.Now().Add(time.Hour))
	})
	p.must(t, "plan", "restore", "--store", "artifacts", "--at", at, "--out", "plan.json")
	return p
}

var (
	restored = map[string]string{"a/changed": "good", "a/deleted": "good"}
	damaged  = map[string]string{"a/changed": "bad", "a/new": "bad"}
)

// TestRestore_isAbortedAfterALookThatFails stops a restore at its look, which cannot be made at first and then finds
// what somebody wrote meanwhile. The agents start again on what was there when they stopped.
func TestRestore_isAbortedAfterALookThatFails(t *testing.T) {
	t.Parallel()
	p := spoiledBucket(t)
	p.must(t, "sim", "inject", "fail", "every", "call", "of", "s3.GetBucketVersioning", "in", homes.Ireland, "with", "AccessDenied")
	r := p.run(t, "run", "plan.json", "--approve", "approval", "--by", "ann")
	require.Equal(t, 4, r.code, "%s%s", r.out, r.err)
	assert.Contains(t, r.out, "step verify-artifacts: cannot tell")
	assert.Contains(t, r.out, "Next: redoubt resume restore-")
	assert.Equal(t, restored, p.objects(t), "it was brought back, and nobody has looked at it")
	assert.Regexp(t, `worker +core +warm-standby +0 +3`, p.show(t), "nobody runs on what nobody has looked at")

	p.must(t, "sim", "inject", "stop-failing", "s3.GetBucketVersioning", "in", homes.Ireland)
	p.within(t, func(call func(string, world.Document) world.Document, _ *world.World) {
		call("PutObject", world.Document{"Key": "a/changed", "Body": "somebody's"})
	})
	r = p.run(t, "resume", "--by", "ann")
	require.Equal(t, 4, r.code, "%s%s", r.out, r.err)
	assert.Contains(t, r.out, "step verify-artifacts: not done")
	assert.Regexp(t, `worker +core +warm-standby +0 +3`, p.show(t))

	r = p.must(t, "abort", "--by", "ann")
	assert.Contains(t, r.out, "taken back in ")
	assert.Contains(t, r.err, "undo-rewind-artifacts: performed")
	assert.Contains(t, r.err, "undo-stop-worker-primary: performed")
	assert.Equal(t, damaged, p.objects(t), "as it was when its agents stopped")
	assert.Regexp(t, `worker +core +warm-standby +3 +3`, p.show(t))

	r = p.must(t, "run", "plan.json", "--approve", "approval", "--by", "ann")
	assert.Contains(t, r.out, "recovered after ")
	assert.NotContains(t, r.out, "tell the stacks", "they have nothing to learn")
	assert.Equal(t, restored, p.objects(t))
}
