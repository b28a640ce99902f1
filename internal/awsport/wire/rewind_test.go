//go:build apps

package wire

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/rewind"
	"redoubt/system"
)

// TestRewind_bringsABucketBackOverTheWire spoils three objects of a bucket and brings them back: one that was
// overwritten, one that was deleted, one that is new.
func TestRewind_bringsABucketBackOverTheWire(t *testing.T) {
	t.Parallel()
	const bucket = "atlas-versions"
	versioned(t, bucket)
	p, sent := port(), &sent{}
	s3 := func(operation, key string, more doc) doc {
		in := doc{"Bucket": bucket, "Key": key}
		for name, value := range more {
			in[name] = value
		}
		out, err := p.Call(t.Context(), plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: "s3", Operation: operation, Input: in})
		require.NoError(t, err, "%s of %s", operation, key)
		return out
	}
	good := doc{"Body": "good", "ContentType": "text/plain", "Metadata": doc{"writer": "worker"}}
	for _, key := range []string{"a/changed and+more", "a/deleted"} {
		s3("PutObject", key, good)
	}
	at := s3("HeadObject", "a/deleted", nil)["LastModified"]
	// later writes an object until S3's second is another one.
	later := func(key string, than any) any {
		for {
			s3("PutObject", key, doc{"Body": "bad"})
			if now := s3("HeadObject", key, nil)["LastModified"]; now != than {
				return now
			}
		}
	}
	spoiled := later("redoubt/clock", at)
	s3("PutObject", "a/new", doc{"Body": "bad"})
	s3("PutObject", "a/changed and+more", doc{"Body": "bad"})
	s3("DeleteObject", "a/deleted", nil)
	later("redoubt/restore/1", spoiled)

	act := func(operation string) (doc, error) {
		return sent.port().Call(t.Context(), plan.Call{Kind: plan.Versions, Home: system.Secondary, Service: "redoubt", Operation: operation,
			Input: doc{"Bucket": bucket, "At": at, "Mark": "redoubt/restore/1"}})
	}
	out, err := act(rewind.CountAstray)
	require.NoError(t, err)
	assert.EqualValues(t, 3, out["Astray"])
	for out, err = act(rewind.RewindBucket); execute.ClassOf(err) == execute.Conflict; {
		out, err = act(rewind.RewindBucket) // it is still the second of the mark
	}
	require.NoError(t, err)
	assert.EqualValues(t, 3, out["Rewound"])
	out, err = act(rewind.CountAstray)
	require.NoError(t, err)
	assert.EqualValues(t, 0, out["Astray"])
	for _, key := range []string{"a/changed and+more", "a/deleted"} {
		o := s3("GetObject", key, nil)
		assert.Equal(t, []any{"good", "text/plain", "worker"}, []any{o["Body"], o["ContentType"], o["Metadata"].(doc)["writer"]})
	}
	sent.hold(t, "s3.ListObjectVersions", "s3.HeadObject", "s3.CopyObject", "s3.DeleteObject", "s3.PutObject")
}
