package world

import (
	"crypto/md5" //nolint:gosec // an ETag is an MD5 sum
	"encoding/hex"
	"reflect"
	"slices"
	"strings"
	"time"
)

const rfc3339Milli = "2006-01-02T15:04:05.000Z07:00"

// keysOf lists a bucket's keys that begin with a prefix.
func (t *tx) keysOf(bucket *Entity, prefix string) []*Entity {
	var out []*Entity
	for _, k := range t.list(kindKeyVersions, bucket.Region) {
		if str(k.In, "Bucket") == bucket.ID && strings.HasPrefix(str(k.In, "Key"), prefix) &&
			len(docs(k.Out, "Versions")) > 0 {
			out = append(out, k)
		}
	}
	return out
}

// versions returns the versions of a key, newest first.
func (t *tx) versions(bucket *Entity, key string) []Document {
	k := t.get(kindKeyVersions, bucket.Region, bucket.ID+"/"+key)
	if k == nil {
		return nil
	}
	return docs(k.Out, "Versions")
}

// keep writes the versions of a key.
func (t *tx) keep(bucket *Entity, key string, list []Document, made float64) {
	all := make([]any, len(list))
	for i, v := range list {
		all[i] = v
	}
	t.save(&Entity{
		Kind: kindKeyVersions, Region: bucket.Region, ID: bucket.ID + "/" + key, Created: t.birth(),
		In: Document{"Bucket": bucket.ID, "Key": key}, Out: Document{"Versions": all, "Made": made},
	})
}

// made counts the versions that a key ever had, so that ids are not used twice.
func (t *tx) made(bucket *Entity, key string) float64 {
	if k := t.get(kindKeyVersions, bucket.Region, bucket.ID+"/"+key); k != nil {
		return numOr(k.Out, "Made", 0)
	}
	return 0
}

// write puts a version on top of a key. Without versioning it takes the place of the last.
func (t *tx) write(bucket *Entity, key string, v Document) Document {
	list, n := t.versions(bucket, key), t.made(bucket, key)+1
	fresh := !has(v, lastModified)
	v[lastModified] = true
	if str(v, "VersionId") == "" {
		v["VersionId"] = "null"
		if t.versioned(bucket) {
			v["VersionId"] = t.letters(&Entity{Kind: kindKeyVersions, Token: bucket.ID + "/" + key}, "v"+text(n),
				upper+lower+"._", 32)
		}
	}
	if v["VersionId"] == "null" {
		list = without(list, "null")
	}
	if fresh {
		t.stamp(versionRef(bucket.ID+"/"+key, v), t.birth())
	}
	t.keep(bucket, key, append([]Document{v}, list...), n)
	return v
}

func without(list []Document, id string) []Document {
	var out []Document
	for _, v := range list {
		if str(v, "VersionId") != id {
			out = append(out, v)
		}
	}
	return out
}

// content makes a version of an object, with the bucket's default retention
// unless the writer names one.
func (t *tx) content(bucket *Entity, body string, in Document) Document {
	sum := md5.Sum([]byte(body)) //nolint:gosec // an ETag is an MD5 sum
	v := Document{"Body": body, "ETag": `"` + hex.EncodeToString(sum[:]) + `"`, "Size": float64(len(body))}
	for _, p := range []string{"Metadata", "ContentType"} {
		if has(in, p) {
			v[p] = copyValue(in[p])
		}
	}
	if mode := str(in, "ObjectLockMode"); mode != "" {
		v["Mode"], v["RetainUntil"] = mode, str(in, "ObjectLockRetainUntilDate")
		return v
	}
	if lock := t.setting(kindObjectLock, bucket); lock != nil {
		if d := docs(lock.In, "Rule.DefaultRetention"); len(d) > 0 {
			until := t.clock().AddDate(int(numOr(d[0], "Years", 0)), 0, int(numOr(d[0], "Days", 0)))
			v["Mode"], v["RetainUntil"] = str(d[0], "Mode"), until.Format(timeFormat)
		}
	}
	return v
}

// locked reports whether a version may not be deleted yet. Governance gives
// way to whoever may bypass it; compliance to nobody.
func (t *tx) locked(v Document, bypass bool) bool {
	until, err := time.Parse(timeFormat, str(v, "RetainUntil"))
	if err != nil || !until.After(t.clock()) {
		return false
	}
	return str(v, "Mode") == "COMPLIANCE" || !bypass
}

// replicateLater plans the replication of a new version under each rule that fits.
func (t *tx) replicateLater(bucket *Entity, key string, v Document) {
	conf := t.setting(kindReplication, bucket)
	if conf == nil || yes(v, "Replica") {
		return
	}
	for _, r := range docs(conf.In, "Rules") {
		prefix := rulePrefix(r)
		if str(r, "Status") != statusEnabled || !strings.HasPrefix(key, prefix) {
			continue
		}
		if yes(v, "DeleteMarker") && str(r, "DeleteMarkerReplication.Status") != statusEnabled {
			continue
		}
		v["ReplicationStatus"] = "PENDING"
		region := ""
		if to := t.arn(str(r, "Destination.Bucket")); to != nil {
			region = to.Region
		}
		t.arrives(ruleLag(r), bucket.ARN, bucket.Region, region, "Replicate", Document{
			"Region": bucket.Region, "Bucket": bucket.ID, "Key": key, "VersionId": v["VersionId"],
			"To": str(r, "Destination.Bucket"),
		})
	}
}

// ruleLag is how a replication rule lags.
func ruleLag(rule Document) behaviour {
	if str(rule, "Destination.ReplicationTime.Status") == statusEnabled {
		return bucketLagTimed
	}
	return bucketLag
}

// replicate brings one version to the destination, or tries again later.
func (t *tx) replicate(in Document) {
	source := t.get(kindBucket, str(in, "Region"), str(in, "Bucket"))
	to := t.arn(str(in, "To"))
	if source == nil {
		return
	}
	key, id := str(in, "Key"), str(in, "VersionId")
	list := t.versions(source, key)
	for _, v := range list {
		if str(v, "VersionId") != id {
			continue
		}
		switch {
		case to == nil || !t.versioned(to):
			t.mark(source, key, id, "FAILED")
		case t.severed("s3", source.Region, to.Region):
			t.park("Replicate", in)
		default:
			t.carry(source, to, key, id)
		}
	}
}

// carry writes a version and every older one that has not arrived yet into the
// destination, the oldest first: what is newest in the source is newest there (assumed). A replica keeps the
// id and the time of its version: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication.html
func (t *tx) carry(source, to *Entity, key, id string) {
	list := t.versions(source, key)
	newest := slices.IndexFunc(list, func(v Document) bool { return str(v, "VersionId") == id })
	for i := len(list) - 1; i >= newest; i-- {
		v := list[i]
		one := str(v, "VersionId")
		if one != id && str(v, "ReplicationStatus") != "PENDING" {
			continue
		}
		c := copyDoc(v)
		c["Replica"], c["ReplicationStatus"] = true, "REPLICA"
		if len(without(t.versions(to, key), one)) == len(t.versions(to, key)) {
			t.write(to, key, c)
		}
		t.mark(source, key, one, "COMPLETED")
	}
}

// mark notes how the replication of a version went.
func (t *tx) mark(bucket *Entity, key, id, status string) {
	var list []Document
	for _, v := range t.versions(bucket, key) {
		v = copyDoc(v)
		if str(v, "VersionId") == id {
			v["ReplicationStatus"] = status
		}
		list = append(list, v)
	}
	t.keep(bucket, key, list, t.made(bucket, key))
}

// uploaded are what the provider uploads the object again for, besides its content:
// https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/s3/object.go
var uploaded = []string{"Metadata", "ContentType", "ContentEncoding", "CacheControl", "KmsKeyId", "BucketKeyEnabled",
	"ServerSideEncryption", "StorageClass", "SourceHash"}

// objectAfter writes the declared object's content as a new version.
func objectAfter(t *tx, e, old *Entity) error {
	bucket := t.get(kindBucket, e.Region, str(e.In, "Bucket"))
	body := firstOf(str(e.In, "Content"), str(e.In, "ContentBase64"), str(e.In, "Source"))
	same := old != nil && body == firstOf(str(old.In, "Content"), str(old.In, "ContentBase64"), str(old.In, "Source"))
	for _, p := range uploaded {
		same = same && reflect.DeepEqual(e.In[p], old.In[p])
	}
	if same {
		return nil
	}
	v := t.content(bucket, body, e.In)
	v = t.write(bucket, str(e.In, "Key"), v)
	t.replicateLater(bucket, str(e.In, "Key"), v)
	e.Out["VersionId"], e.Out["Etag"] = str(v, "VersionId"), strings.Trim(str(v, "ETag"), `"`)
	e.Out["Arn"] = bucket.ARN + "/" + str(e.In, "Key")
	def(e, "ContentType", "application/octet-stream")
	def(e, "StorageClass", "STANDARD")
	return nil
}

// removeObject deletes every version of the declared key, as the provider does.
func removeObject(t *tx, e *Entity) error {
	bucket := t.get(kindBucket, e.Region, str(e.In, "Bucket"))
	for _, v := range t.versions(bucket, str(e.In, "Key")) {
		if t.locked(v, yes(e.In, "ForceDestroy")) {
			return &Error{Code: accessDenied, Status: 403, Message: e.ID + " is locked until " + str(v, "RetainUntil")}
		}
	}
	t.keep(bucket, str(e.In, "Key"), nil, t.made(bucket, str(e.In, "Key")))
	t.drop(e)
	return nil
}
