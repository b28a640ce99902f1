package bucket

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/pulumitest"
	"redoubt/system"
)

func TestBucket_nameCarriesTheGeneration(t *testing.T) {
	t.Parallel()
	args := argsOf(system.Primary, "documents")
	args.Generation = 2
	r := pulumitest.Run(t, program(args))
	assert.Equal(t, "atlas-documents-g2-123456789012-eu-west-1",
		r.Get(t, "aws:s3/bucketV2:BucketV2", "main-bucket").Values()["bucket"])
	assert.Equal(t, "arn:aws:s3:::atlas-documents-g2-123456789012-eu-central-1",
		rule(t, args)["destination"].(map[string]any)["bucket"])
}

func TestBucket_canBeLockedAtAnyTime(t *testing.T) {
	t.Parallel()
	args := argsOf(system.Primary, "documents")
	args.Lock = false
	r := pulumitest.Run(t, program(args))
	assert.Equal(t, true, r.Get(t, "aws:s3/bucketV2:BucketV2", "main-bucket").Values()["objectLockEnabled"],
		"a bucket made without object lock is replaced when it gets one")
	assert.Empty(t, r.OfType("aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2"))
}

func TestBucket_lockGovernsAndOutlivesTheStack(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(argsOf(system.Primary, "documents")))
	lock := r.Get(t, "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2", "main-lock")
	assert.Equal(t, map[string]any{"defaultRetention": map[string]any{"mode": "GOVERNANCE", "days": float64(30)}},
		lock.Values()["rule"])
	assert.True(t, lock.RPC.GetRetainOnDelete())
}

func TestBucket_destroyNeverEmptiesWhatIsProtectedOrLocked(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name          string
		protect, lock bool
		want          bool
	}{
		{"protected and locked", true, true, false},
		{"protected", true, false, false},
		{"locked", false, true, false},
		{"neither", false, false, true},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			args := argsOf(system.Primary, "documents")
			args.Protect, args.Lock = c.protect, c.lock
			r := pulumitest.Run(t, program(args))
			b := r.Get(t, "aws:s3/bucketV2:BucketV2", "main-bucket")
			assert.Equal(t, c.want, b.Values()["forceDestroy"])
			assert.Equal(t, c.protect, b.RPC.GetProtect())
			v := r.Get(t, "aws:s3/bucketVersioningV2:BucketVersioningV2", "main-versioning")
			assert.Equal(t, c.protect, v.RPC.GetProtect())
			assert.True(t, v.RPC.GetRetainOnDelete(), "versioning is never suspended")
		})
	}
}

func TestBucket_settingsOfAccessWaitForEachOther(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(argsOf(system.Primary, "documents")))
	waits := func(typ, name, on string) {
		t.Helper()
		deps := r.Get(t, typ, name).RPC.GetDependencies()
		assert.True(t, slices.ContainsFunc(deps, func(urn string) bool { return strings.HasSuffix(urn, "::"+on) }),
			"%s waits for %v, want %s", name, deps, on)
	}
	waits("aws:s3/bucketOwnershipControls:BucketOwnershipControls", "main-ownership", "main-public-access")
	waits("aws:s3/bucketPolicy:BucketPolicy", "main-policy", "main-ownership")
	waits(replicationType, "main-replication", "main-versioning")
	waits(replicationType, "main-replication", "main-replicator-policy")
	waits("aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2", "main-lock", "main-versioning")
}

func TestBucket_isClosedToTheOutside(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(argsOf(system.Primary, "documents")))
	block := r.Get(t, "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "main-public-access").Values()
	for _, p := range []string{"blockPublicAcls", "blockPublicPolicy", "ignorePublicAcls", "restrictPublicBuckets"} {
		assert.Equal(t, true, block[p], p)
	}
	assert.JSONEq(t, `{"Version":"2012-10-17","Statement":[
		{"Sid":"TLSOnly","Effect":"Deny","Principal":"*","Action":"s3:*", "Resource":[
			"arn:aws:s3:::atlas-documents-123456789012-eu-west-1","arn:aws:s3:::atlas-documents-123456789012-eu-west-1/*"],
		"Condition":{"Bool":{"aws:SecureTransport":"false"}}}]}`,
		r.Get(t, "aws:s3/bucketPolicy:BucketPolicy", "main-policy").Values()["policy"].(string))
	assert.Equal(t, []any{map[string]any{
		"bucketKeyEnabled": true,
		"applyServerSideEncryptionByDefault": map[string]any{
			"sseAlgorithm": "aws:kms", "kmsMasterKeyId": "arn:aws:kms:eu-west-1:123456789012:key/mrk-1",
		},
	}}, r.Get(t, "aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2",
		"main-encryption").Values()["rules"])
	assert.Equal(t, true, r.Get(t, "aws:s3/bucketNotification:BucketNotification", "main-events").Values()["eventbridge"],
		"AWS Backup lives on the bucket's events")
}

func TestBucket_keepsOldVersionsAsLongAsARestoreReaches(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name      string
		retention system.Retention
		want      int
	}{
		{"as far as a restore reaches", system.Retention{PITRDays: 14}, 14},
		{"never less than the lock", system.Retention{PITRDays: 14, LockDays: 30}, 30},
		{"thirty days when nothing is said", system.Retention{}, 30},
	}
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, c.want, Args{Retention: c.retention}.keepDays())
		})
	}
}

func TestBucket_lifecycleRulesHaveAnExplicitFilter(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, program(argsOf(system.Primary, "documents")))
	lifecycle := r.Get(t, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "main-lifecycle")
	for _, rule := range lifecycle.Values()["rules"].([]any) {
		assert.Equal(t, map[string]any{"prefix": ""}, rule.(map[string]any)["filter"])
	}
}

func TestBucket_adoptedIsNeverCreatedNorDeleted(t *testing.T) {
	t.Parallel()
	args := argsOf(system.Primary, "documents")
	args.Adopt, args.Lock = &Adopt{Name: "their-old-documents"}, false
	r := pulumitest.Run(t, program(args))
	assert.Empty(t, r.OfType("aws:s3/bucketV2:BucketV2"))
	lock := r.Get(t, "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2", "main-lock").Values()
	assert.Equal(t, "Enabled", lock["objectLockEnabled"])
	assert.NotContains(t, lock, "rule", "locks are possible, because the peer's bucket wants that, and no more")
	for _, res := range r.Custom() {
		if b, has := res.Values()["bucket"]; has {
			assert.Equal(t, "their-old-documents", b, res.Name)
			assert.True(t, res.RPC.GetRetainOnDelete(), "%s is kept when the stack goes", res.Name)
		}
	}
}
