package witness

import (
	"time"

	"redoubt/system"
)

// What a witness leaves in the stores, so that a role can be held to it. Name is that of the witness: see NameOf.

// NameOf is the name of the witness that stands in a home.
func NameOf(home system.Home) string { return "from-" + string(home) }

// TableKey is the partition of a table that the marks of a witness are in.
func TableKey(name string) string { return "redoubt#witness#" + name }

// BucketPrefix is where in a bucket the marks of a witness are.
func BucketPrefix(name string) string { return BucketRoot + name + "/" }

// BucketRoot begins the keys of all witnesses' marks in a bucket.
const BucketRoot = "redoubt/witness/"

// CacheKey is the stream of a witness.
func CacheKey(name string) string { return "redoubt:witness:" + name }

// QueueToken is what the ledger entries of a witness's marks begin with.
func QueueToken(name string) string { return "redoubt-witness-" + name + "-" }

// SegmentRoot begins the keys of the logs of all witnesses in a control bucket.
const SegmentRoot = "witness/segments/"

// Segments begins the keys of a witness's log in its home's control bucket. Segments may be removed when they are old.
func Segments(name string) string { return SegmentRoot + name + "/" }

// Epochs begins the keys of the numbers that a witness has set aside. They are never removed: a number is used once.
func Epochs(name string) string { return "witness/epochs/" + name + "/" }

// BucketDays is how many days marks stay in a bucket, SegmentDays the log of a witness that stands in a home: longer than the
// marks, so that what is asked of one is known of the other. S3 counts whole days:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/intro-lifecycle-rules.html
const (
	BucketDays  = 3
	SegmentDays = 7
)

// bucketBeat is how long two marks of a bucket lie apart at most, for a witness that stands in a home: every mark is a version,
// which is kept for as long as the bucket keeps any.
const bucketBeat = time.Minute

// Beat is the interval that a witness which stands in a home asks for, of a store with an objective of so much loss; zero leaves
// it to the objective. It is zero for all but buckets.
func Beat(st system.Store, objective time.Duration) time.Duration {
	switch {
	case st.Kind != system.Bucket:
		return 0
	case objective > 0:
		return min(bucketBeat, objective/3)
	}
	return bucketBeat
}
