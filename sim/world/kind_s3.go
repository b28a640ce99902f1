package world

import (
	"net/netip"
	"strings"
)

const (
	kindBucket        = "AWS::S3::Bucket"
	kindVersioning    = "AWS::S3::BucketVersioning"
	kindEncryption    = "AWS::S3::BucketEncryption"
	kindPublicAccess  = "AWS::S3::BucketPublicAccessBlock"
	kindOwnership     = "AWS::S3::BucketOwnershipControls"
	kindBucketPolicy  = "AWS::S3::BucketPolicy"
	kindObjectLock    = "AWS::S3::BucketObjectLock"
	kindLifecycle     = "AWS::S3::BucketLifecycle"
	kindNotification  = "AWS::S3::BucketNotification"
	kindObject        = "AWS::S3::Object"
	kindKeyVersions   = "AWS::S3::ObjectVersions"
	s3Doc             = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/"
	noSuchBucket      = "NoSuchBucket"
	statusEnabled     = "Enabled"
	statusDisabled    = "Disabled"
	accessDenied      = "AccessDenied"
	malformedXML      = "MalformedXML"
	invalidBucketCase = "InvalidBucketState"
)

func bucketLink() Link { return link("Bucket", kindBucket, noSuchBucket, "") }

// bucketSetting is a sub-resource: one for each bucket, the last write wins.
func bucketSetting(name, page, notFound string, checks ...check) Kind {
	return Kind{
		Name: name, Service: "s3", Source: s3Doc + page, Setting: true, NotFound: notFound,
		Required: []string{"Bucket"}, Refs: []Link{bucketLink()}, id: named("Bucket"), checks: checks,
	}
}

var s3Kinds = []Kind{
	{
		Name: kindBucket, Service: "s3", Source: s3Doc + "bucketnamingrules.html", GlobalName: true,
		NotFound: noSuchBucket, Exists: "BucketAlreadyOwnedByYou", Fixed: []string{"Bucket", "ObjectLockEnabled"},
		id: named("Bucket"), arn: func(_ *tx, e *Entity) string { return "arn:aws:s3:::" + str(e.In, "Bucket") },
		checks: []check{bucketName}, computed: bucketComputed, guard: bucketEmpty, remove: removeBucket,
	},
	bucketSetting(kindVersioning, "Versioning.html", "NoSuchVersioningConfiguration", versioningShape),
	bucketSetting(kindEncryption, "bucket-encryption.html", "ServerSideEncryptionConfigurationNotFoundError",
		encryptionShape),
	bucketSetting(kindPublicAccess, "access-control-block-public-access.html", "NoSuchPublicAccessBlockConfiguration"),
	bucketSetting(kindOwnership, "about-object-ownership.html", "OwnershipControlsNotFoundError"),
	bucketSetting(kindBucketPolicy, "bucket-policies.html", "NoSuchBucketPolicy", jsonIn("Policy", "MalformedPolicy"),
		policyResources),
	bucketSetting(kindObjectLock, "object-lock.html", "ObjectLockConfigurationNotFoundError", objectLockShape),
	bucketSetting(kindLifecycle, "object-lifecycle-mgmt.html", "NoSuchLifecycleConfiguration", lifecycleShape),
	bucketSetting(kindNotification, "EventNotifications.html", "NoSuchConfiguration"),
	{
		Name: kindObject, Service: "s3", Source: s3Doc + "upload-objects.html", Setting: true, NotFound: "NoSuchKey",
		Required: []string{"Bucket", "Key"}, Refs: []Link{bucketLink()},
		id: func(_ *tx, e *Entity) string { return str(e.In, "Bucket") + "/" + str(e.In, "Key") }, after: objectAfter,
		remove: removeObject,
	},
	{
		Name: kindKeyVersions, Service: "s3", Source: s3Doc + "Versioning.html", NotFound: "NoSuchKey",
		id: func(_ *tx, e *Entity) string { return str(e.In, "Bucket") + "/" + str(e.In, "Key") },
	},
}

func bucketName(_ *tx, e, _ *Entity) error {
	n := str(e.In, "Bucket")
	ok := len(n) >= 3 && len(n) <= 63 && !strings.Contains(n, "..") &&
		!strings.HasPrefix(n, "xn--") && !strings.HasPrefix(n, "sthree-") && !strings.HasPrefix(n, "amzn-s3-demo-") &&
		!strings.HasSuffix(n, "-s3alias") && !strings.HasSuffix(n, "--ol-s3") && !strings.HasSuffix(n, "--x-s3")
	for i, c := range n {
		letter := c >= 'a' && c <= 'z' || c >= '0' && c <= '9'
		inner := i > 0 && i < len(n)-1 && (c == '-' || c == '.')
		ok = ok && (letter || inner)
	}
	if _, err := netip.ParseAddr(n); err == nil {
		ok = false
	}
	if !ok {
		return refuse("InvalidBucketName", "the specified bucket %q is not valid", n)
	}
	return nil
}

func bucketComputed(t *tx, e *Entity) {
	e.Out["BucketDomainName"] = e.ID + ".s3.amazonaws.com"
	e.Out["BucketRegionalDomainName"] = e.ID + ".s3." + e.Region + ".amazonaws.com"
	e.Out["Region"] = e.Region
	set(e, "HostedZoneId", "Z"+t.letters(&Entity{Region: e.Region}, "s3", upper, 13))
	def(e, "ObjectLockEnabled", false)
}

// bucketEmpty refuses a bucket with objects; ForceDestroy empties it first,
// which a compliance lock does not let it do.
func bucketEmpty(t *tx, e *Entity) error {
	for _, k := range t.keysOf(e, "") {
		if !yes(e.In, "ForceDestroy") {
			return refuse("BucketNotEmpty", "the bucket %s you tried to delete is not empty", e.ID)
		}
		for _, v := range docs(k.Out, "Versions") {
			if t.locked(v, true) {
				return refuse("BucketNotEmpty", "%s keeps %s until %s", e.ID, str(k.In, "Key"), str(v, "RetainUntil"))
			}
		}
	}
	return nil
}

// removeBucket takes settings and (unlocked) objects along.
func removeBucket(t *tx, e *Entity) error {
	for _, kind := range []string{
		kindVersioning, kindEncryption, kindPublicAccess, kindOwnership, kindBucketPolicy, kindObjectLock, kindLifecycle,
		kindNotification, kindReplication, kindObject, kindKeyVersions,
	} {
		for _, s := range t.list(kind, e.Region) {
			if str(s.In, "Bucket") == e.ID {
				t.drop(s)
			}
		}
	}
	t.drop(e)
	return nil
}

func (t *tx) setting(kind string, bucket *Entity) *Entity {
	return t.get(kind, bucket.Region, bucket.ID)
}

// versioned reports whether the bucket keeps every version. Object lock at
// creation turns versioning on.
func (t *tx) versioned(bucket *Entity) bool {
	if v := t.setting(kindVersioning, bucket); v != nil {
		return str(v.In, "VersioningConfiguration.Status") == statusEnabled
	}
	return yes(bucket.In, "ObjectLockEnabled")
}

func (t *tx) lockable(bucket *Entity) bool {
	return yes(bucket.In, "ObjectLockEnabled") || t.setting(kindObjectLock, bucket) != nil
}

func versioningShape(t *tx, e, old *Entity) error {
	b := t.get(kindBucket, e.Region, e.ID)
	status := str(e.In, "VersioningConfiguration.Status")
	was := ""
	if old != nil {
		was = str(old.In, "VersioningConfiguration.Status")
	}
	switch {
	case status == "":
		return refuse(malformedXML, "%s: VersioningConfiguration.Status is required", e.ID)
	case status == statusDisabled && was != "" && was != statusDisabled:
		return refuse("InvalidArgument", "%s: versioning cannot go back to Disabled", e.ID)
	case status != statusEnabled && t.lockable(b):
		return refuse(invalidBucketCase, "%s: an Object Lock configuration is present, so versioning cannot be suspended",
			e.ID)
	case status != statusEnabled && t.setting(kindReplication, b) != nil:
		return refuse(invalidBucketCase, "%s: a replication configuration is present, so versioning cannot be suspended",
			e.ID)
	}
	return nil
}

func encryptionShape(t *tx, e, _ *Entity) error {
	for _, d := range docs(e.In, "Rules.ApplyServerSideEncryptionByDefault") {
		key := str(d, "KmsMasterKeyId")
		if key != "" && str(d, "SseAlgorithm") == "AES256" {
			return refuse("InvalidArgument", "%s: a KMS key has no place beside AES256", e.ID)
		}
		if strings.HasPrefix(key, "arn:") {
			if err := t.keyUsable(e.Region, key, "KMS.NotFoundException"); err != nil {
				return err
			}
		}
	}
	return nil
}

// policyResources refuses a policy that speaks of another bucket.
func policyResources(_ *tx, e, _ *Entity) error {
	arn := "arn:aws:s3:::" + e.ID
	if !strings.Contains(str(e.In, "Policy"), `"`+arn) {
		return refuse("MalformedPolicy", "policy has invalid resource: none is %s", arn)
	}
	return nil
}

func objectLockShape(t *tx, e, old *Entity) error {
	b := t.get(kindBucket, e.Region, e.ID)
	if !t.versioned(b) {
		return refuse(invalidBucketCase, "%s: versioning must be 'Enabled' to apply an Object Lock configuration", e.ID)
	}
	for _, r := range docs(e.In, "Rule.DefaultRetention") {
		if has(r, "Days") == has(r, "Years") {
			return refuse(malformedXML, "%s: a retention has Days or Years", e.ID)
		}
	}
	return nil
}

func lifecycleShape(_ *tx, e, _ *Entity) error {
	for _, r := range docs(e.In, "Rules") {
		if len(docs(r, "Filter")) > 0 && str(r, "Prefix") != "" {
			return refuse(malformedXML, "%s: rule %s has Filter and Prefix", e.ID, str(r, "Id"))
		}
		for _, tr := range append(docs(r, "Transitions"), docs(r, "NoncurrentVersionTransitions")...) {
			days, class := numOr(tr, "Days", numOr(tr, "NoncurrentDays", 0)), str(tr, "StorageClass")
			if (class == "STANDARD_IA" || class == "ONEZONE_IA") && days < 30 {
				return refuse("InvalidArgument", "%s: rule %s: 'Days' is %v, want 30 or more for %s", e.ID, str(r, "Id"), days,
					class)
			}
		}
	}
	return nil
}
