package world

import (
	"slices"
	"strings"
)

// storageOperations are the operations on objects and parameters.
func storageOperations() map[string]operation {
	return map[string]operation{
		"s3.PutObject":                       {data: true, run: putObject},
		"s3.GetObject":                       {data: true, run: getObject},
		"s3.HeadObject":                      {data: true, run: headObject},
		"s3.CopyObject":                      {data: true, run: copyObject},
		"s3.ListObjectVersions":              {data: true, run: listObjectVersions},
		"s3.DeleteObject":                    {data: true, run: deleteObject},
		"s3.GetBucketVersioning":             {run: getBucketVersioning},
		"s3.GetBucketLifecycleConfiguration": {run: getBucketLifecycle},
		"ssm.GetParameter":                   {data: true, run: getParameter},
		"ssm.PutParameter":                   {run: putParameter},
	}
}

func sorted(list []string) []string {
	slices.Sort(list)
	return list
}

// bucketFor finds the bucket and refuses a caller at another region's endpoint.
func bucketFor(t *tx, r Request) (*Entity, error) {
	name := str(r.Input, "Bucket")
	for _, b := range t.list(kindBucket, "") {
		if b.ID != name {
			continue
		}
		if b.Region != r.Region {
			return nil, &Error{Code: "PermanentRedirect", Status: 301,
				Message: name + " is in " + b.Region}
		}
		return b, nil
	}
	return nil, kinds[kindBucket].notFound(name)
}

// putObject is s3 PutObject
// (https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutObject.html), with its conditional writes.
func putObject(t *tx, r Request) (Document, error) {
	b, err := bucketFor(t, r)
	if err != nil {
		return nil, err
	}
	key := str(r.Input, "Key")
	if key == "" || len(key) > 1024 {
		return nil, refuse("KeyTooLongError", "key has %d characters, want 1 to 1024", len(key))
	}
	if err := t.precondition(b, key, r.Input); err != nil {
		return nil, err
	}
	if has(r.Input, "ObjectLockMode") && !t.lockable(b) {
		return nil, refuse("InvalidRequest", "bucket %s is missing Object Lock configuration", b.ID)
	}
	if err := t.encryptable(b); err != nil {
		return nil, err
	}
	v := t.content(b, str(r.Input, "Body"), r.Input)
	v = t.write(b, key, v)
	t.replicateLater(b, key, v)
	return Document{"ETag": v["ETag"], "VersionId": v["VersionId"]}, nil
}

func (t *tx) precondition(b *Entity, key string, in Document) error {
	current := t.current(b, key)
	none, match := str(in, "IfNoneMatch"), str(in, "IfMatch")
	held := none != "*" || current == nil
	if match != "" && (current == nil || str(current, "ETag") != match) {
		held = false
	}
	if !held {
		return &Error{Code: "PreconditionFailed", Status: 412,
			Message: "at least one of the preconditions did not hold"}
	}
	return nil
}

// encryptable refuses a write when the bucket's key cannot be used.
func (t *tx) encryptable(b *Entity) error {
	enc := t.setting(kindEncryption, b)
	if enc == nil {
		return nil
	}
	for _, key := range strs(enc.In, "Rules.ApplyServerSideEncryptionByDefault.KmsMasterKeyId") {
		if err := t.keyUsable(b.Region, key, "KMS.KMSInvalidStateException"); err != nil {
			return err
		}
	}
	return nil
}

// current is the newest version of a key, unless that is a delete marker.
func (t *tx) current(b *Entity, key string) Document {
	if list := t.versions(b, key); len(list) > 0 && !yes(list[0], "DeleteMarker") {
		return list[0]
	}
	return nil
}

func getObject(t *tx, r Request) (Document, error) {
	out, v, err := describeObject(t, r)
	if err == nil {
		out["Body"] = str(v, "Body")
	}
	return out, err
}

func headObject(t *tx, r Request) (Document, error) {
	out, _, err := describeObject(t, r)
	return out, err
}

func describeObject(t *tx, r Request) (out, v Document, err error) {
	b, err := bucketFor(t, r)
	if err != nil {
		return nil, nil, err
	}
	key, id := str(r.Input, "Key"), str(r.Input, "VersionId")
	v = t.current(b, key)
	if id != "" {
		v = nil
		for _, one := range t.versions(b, key) {
			if str(one, "VersionId") == id && !yes(one, "DeleteMarker") {
				v = one
			}
		}
	}
	if v == nil {
		return nil, nil, missing("NoSuchKey", "%s/%s %s does not exist", b.ID, key, id)
	}
	out = Document{"ETag": v["ETag"], "ContentLength": v["Size"], lastModified: t.modified(b.ID+"/"+key, v),
		"VersionId": v["VersionId"]}
	for from, to := range map[string]string{
		"ReplicationStatus": "ReplicationStatus", "Mode": "ObjectLockMode", "RetainUntil": "ObjectLockRetainUntilDate",
		"Metadata": "Metadata", "ContentType": "ContentType",
	} {
		if x, ok := v[from]; ok {
			out[to] = x
		}
	}
	return out, v, nil
}

// listObjectVersions is s3 ListObjectVersions, always in one page (assumed).
func listObjectVersions(t *tx, r Request) (Document, error) {
	b, err := bucketFor(t, r)
	if err != nil {
		return nil, err
	}
	versions, markers := []any{}, []any{}
	for _, k := range t.keysOf(b, str(r.Input, "Prefix")) {
		for i, v := range docs(k.Out, "Versions") {
			d := Document{"Key": str(k.In, "Key"), "VersionId": v["VersionId"], "IsLatest": i == 0,
				lastModified: t.modified(k.ID, v)}
			if yes(v, "DeleteMarker") {
				markers = append(markers, d)
				continue
			}
			d["ETag"], d["Size"] = v["ETag"], v["Size"]
			versions = append(versions, d)
		}
	}
	return Document{"Name": b.ID, "Prefix": str(r.Input, "Prefix"), "IsTruncated": false, "Versions": versions,
		"DeleteMarkers": markers}, nil
}

// deleteObject is s3 DeleteObject: without a version id a versioned bucket
// gets a delete marker; a locked version is refused.
func deleteObject(t *tx, r Request) (Document, error) {
	b, err := bucketFor(t, r)
	if err != nil {
		return nil, err
	}
	key, id := str(r.Input, "Key"), str(r.Input, "VersionId")
	if id == "" && t.versioned(b) {
		v := t.write(b, key, Document{"DeleteMarker": true})
		t.replicateLater(b, key, v)
		return Document{"DeleteMarker": true, "VersionId": v["VersionId"]}, nil
	}
	if id == "" {
		id = "null"
	}
	for _, v := range t.versions(b, key) {
		if str(v, "VersionId") == id && t.locked(v, yes(r.Input, "BypassGovernanceRetention")) {
			return nil, &Error{Code: accessDenied, Status: 403,
				Message: "Access Denied because object protected by object lock: " + strings.Join([]string{b.ID, key, id}, "/")}
		}
	}
	t.keep(b, key, without(t.versions(b, key), id), t.made(b, key))
	return Document{"VersionId": id}, nil
}
