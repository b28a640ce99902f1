//go:build engine

package survive

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
	"redoubt/system"
)

// TestRestore_ofABucketStaysInItsPlace spoils an object and deletes another.
// Both come back as new versions of the old ones, in both homes, and neither
// stack has anything to learn: a bucket keeps its generation.
func TestRestore_ofABucketStaysInItsPlace(t *testing.T) {
	t.Parallel()
	h := standing(t)
	inv := h.inventory(t)
	name := func(home system.Home) string { return inv.Homes[home].Stores["artifacts"].Name }
	here := name(system.Primary)
	put := func(key, body string) string {
		out := h.call(t, ireland, "s3", "PutObject", world.Document{"Bucket": here, "Key": key, "Body": body})
		h.wait(time.Hour)
		return out["VersionId"].(string)
	}
	good := map[string]string{"answer": put("answer", "42"), "question": put("question", "why")}
	put("answer", "43")
	h.call(t, ireland, "s3", "DeleteObject", world.Document{"Bucket": here, "Key": "question"})
	h.wait(time.Hour)

	for key, version := range good {
		h.call(t, ireland, "s3", "CopyObject", world.Document{
			"Bucket": here, "Key": key, "CopySource": here + "/" + key + "?versionId=" + version})
	}
	h.wait(time.Hour)
	for region, bucket := range map[string]string{ireland: here, frankfurt: name(system.Secondary)} {
		for key, want := range map[string]string{"answer": "42", "question": "why"} {
			got := h.call(t, region, "s3", "GetObject", world.Document{"Bucket": bucket, "Key": key})
			assert.Equal(t, want, got["Body"], "%s in %s", key, region)
		}
	}
	_, err := h.Call(world.Request{Region: ireland, Service: "s3", Operation: "CopyObject", Input: world.Document{
		"Bucket": here, "Key": "answer", "CopySource": "answer"}})
	require.ErrorContains(t, err, "want bucket/key")
	h.calm(t, both)
}
