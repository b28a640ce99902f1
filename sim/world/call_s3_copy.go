package world

import (
	"regexp"
	"strconv"
	"strings"
)

// copyObject is s3 CopyObject, within a region and up to 5 GiB: of a version
// of an object it makes the newest one, here or in another bucket. That is how
// what was overwritten or deleted comes back in its place.
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/RestoringPreviousVersions.html
func copyObject(t *tx, r Request) (Document, error) {
	b, err := bucketFor(t, r)
	if err != nil {
		return nil, err
	}
	path, query, _ := strings.Cut(strings.TrimPrefix(str(r.Input, "CopySource"), "/"), "?versionId=")
	bucket, key, ok := strings.Cut(unescape(path), "/")
	if !ok {
		return nil, refuse("InvalidArgument", "CopySource is %q, want bucket/key?versionId=id", str(r.Input, "CopySource"))
	}
	_, v, err := describeObject(t, Request{Region: r.Region, Input: Document{
		"Bucket": bucket, "Key": key, "VersionId": query}})
	if err != nil {
		return nil, err
	}
	if err := t.encryptable(b); err != nil {
		return nil, err
	}
	in := copyDoc(r.Input)
	if str(in, "MetadataDirective") != "REPLACE" { // what a copy has of its own, its writer says only then
		for _, p := range []string{"Metadata", "ContentType"} {
			delete(in, p)
			if has(v, p) {
				in[p] = v[p]
			}
		}
	}
	made := t.write(b, str(r.Input, "Key"), t.content(b, str(v, "Body"), in))
	t.replicateLater(b, str(r.Input, "Key"), made)
	return Document{"VersionId": made["VersionId"], "CopySourceVersionId": v["VersionId"],
		"CopyObjectResult": Document{"ETag": made["ETag"], lastModified: t.modified(b.ID+"/"+str(r.Input, "Key"), made)}}, nil
}

var escaped = regexp.MustCompile(`%[0-9A-Fa-f]{2}`)

// unescape reads a text in which bytes are written as percent signs and digits.
func unescape(text string) string {
	return escaped.ReplaceAllStringFunc(text, func(code string) string {
		n, _ := strconv.ParseUint(code[1:], 16, 8)
		return string([]byte{byte(n)})
	})
}
