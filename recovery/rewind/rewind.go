// Package rewind brings a bucket back to a point in time where it stands, out of the versions that it
// keeps: what was overwritten or deleted since is copied on top again, and what was written
// since for the first time is covered by a delete marker. No version is ever deleted, so what was damaged stays
// readable, and replication carries all of it to the other home. Each act looks first what is left to do, so it
// can be cut off anywhere and made again. It makes each call through a port, so that AWS and the
// simulator see the same ones.
//
//	https://docs.aws.amazon.com/AmazonS3/latest/userguide/RestoringPreviousVersions.html
package rewind

import (
	"context"
	"fmt"
	"strings"
	"time"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// The operations of kind plan.Versions. Their input names the Bucket and the time At.
const (
	// RewindBucket brings every object back that is not as it was. Mark is the key of an object that was
	// written before: nothing is brought back in the second of that, so that its time divides what was from what is made.
	RewindBucket = "RewindBucket"
	// CountAstray counts the objects that are not as they were, and names one.
	CountAstray = "CountAstray"
	// CountApart counts the objects that have changed since the time and are not the same in OtherBucket of
	// OtherHome, and names one.
	CountApart = "CountApart"
)

// Restored is the metadata of an object that was brought back: the version that it is a copy of. The content cannot
// be compared without reading it: what KMS encrypts has another ETag in each copy.
const Restored = "redoubt-restored"

// Own is the prefix of what plans write themselves; no agent's data is below it.
const Own = "redoubt/"

// Most is the largest object that one call copies, in bytes:
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_CopyObject.html
const Most = 5 << 30

// Port answers calls of kind plan.Versions and passes the others on.
type Port struct{ plan.Port }

var _ plan.Port = Port{}

// Call answers one call.
func (p Port) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	if c.Kind != plan.Versions {
		return p.Port.Call(ctx, c)
	}
	a := act{port: p.Port, call: c}
	if err := a.read(); err != nil {
		return nil, &execute.ClassError{Class: execute.Invalid, Err: fmt.Errorf("%s: %w", c, err)}
	}
	switch c.Operation {
	case RewindBucket:
		if err := a.later(ctx); err != nil {
			return nil, err
		}
		n, _, err := a.each(ctx, a.astray, a.mend)
		return plan.Document{"Rewound": n}, err
	case CountAstray:
		n, one, err := a.each(ctx, a.astray, nil)
		return plan.Document{"Astray": n, "Example": one}, err
	case CountApart:
		n, one, err := a.each(ctx, a.apart, nil)
		return plan.Document{"Apart": n, "Example": one}, err
	}
	return nil, &execute.ClassError{Class: execute.Invalid, Err: fmt.Errorf("%s: want %s, %s or %s", c, RewindBucket, CountAstray, CountApart)}
}

// act is one call being answered.
type act struct {
	port   plan.Port
	call   plan.Call
	bucket string
	at     time.Time
	// mark is the key of the object that was written before anything was brought back.
	mark string
	// home and other are the other bucket that this one is compared with.
	home  system.Home
	other string
}

// read takes the input apart.
func (a *act) read() error {
	var at, home string
	wants := map[string]*string{"Bucket": &a.bucket, "At": &at}
	switch a.call.Operation {
	case RewindBucket:
		wants["Mark"] = &a.mark
	case CountApart:
		wants["OtherHome"], wants["OtherBucket"] = &home, &a.other
	}
	for name, to := range wants {
		if *to, _ = a.call.Input[name].(string); *to == "" {
			return fmt.Errorf("%s is missing", name)
		}
	}
	a.home = system.Home(home)
	var err error
	a.at, err = time.Parse(time.RFC3339, at)
	return err
}

// later refuses to act in the second in which the mark was written: S3 tells times in whole seconds.
func (a act) later(ctx context.Context) error {
	now := a.mark + "-now"
	if _, err := a.ask(ctx, "PutObject", plan.Document{"Bucket": a.bucket, "Key": now, "Body": now}); err != nil {
		return err
	}
	var times [2]time.Time
	for n, key := range []string{a.mark, now} {
		head, err := a.ask(ctx, "HeadObject", plan.Document{"Bucket": a.bucket, "Key": key})
		if err != nil {
			return fmt.Errorf("%s: %w", key, err)
		}
		if times[n], err = time.Parse(time.RFC3339, fmt.Sprint(head["LastModified"])); err != nil {
			return err
		}
	}
	if !times[1].Truncate(time.Second).After(times[0]) {
		return &execute.ClassError{Class: execute.Conflict,
			Err: fmt.Errorf("it is still the second in which %s was written: nothing is brought back in it", a.mark)}
	}
	return nil
}

// each goes through the objects that the judge names and lets do act on each. It returns how many there were, and
// the key of the first.
func (a act) each(ctx context.Context, judge func(context.Context, object) (bool, error),
	do func(context.Context, object) error,
) (n int, first string, err error) {
	err = a.objects(ctx, func(o object) error {
		is, err := judge(ctx, o)
		if err != nil || !is {
			return err
		}
		if n++; n == 1 {
			first = o.key
		}
		if do == nil {
			return nil
		}
		if err := do(ctx, o); err != nil {
			return fmt.Errorf("object %s of %s: %w", o.key, a.bucket, err)
		}
		return nil
	})
	return n, first, err
}

// astray reports whether an object is not as it was at the time.
func (a act) astray(ctx context.Context, o object) (bool, error) {
	now, want := o.entries[0], o.wanted(a.at)
	switch {
	case want.id == "" || want.marker:
		return !now.marker, nil
	case now.marker || now.size != want.size:
		return true, nil
	case now.id == want.id:
		return false, nil
	}
	head, err := a.ask(ctx, "HeadObject", plan.Document{"Bucket": a.bucket, "Key": o.key, "VersionId": now.id})
	return metadata(head)[Restored] != want.id, err
}

// apart reports whether an object that has changed since the time is another one in the other bucket.
func (a act) apart(ctx context.Context, o object) (bool, error) {
	now := o.entries[0]
	if !now.at.After(a.at) {
		return false, nil
	}
	there := a.call
	there.Home = a.home
	head, err := act{port: a.port, call: there}.ask(ctx, "HeadObject", plan.Document{"Bucket": a.other, "Key": o.key})
	if execute.ClassOf(err) == execute.NotFound {
		return !now.marker, nil
	}
	return now.marker || head["VersionId"] != now.id, err
}

// mend brings an object back: a copy of the version of the time, or a delete marker.
func (a act) mend(ctx context.Context, o object) error {
	want := o.wanted(a.at)
	if want.id == "" || want.marker {
		_, err := a.ask(ctx, "DeleteObject", plan.Document{"Bucket": a.bucket, "Key": o.key})
		return err
	}
	if want.size > Most {
		return &execute.ClassError{Class: execute.Invalid,
			Err: fmt.Errorf("version %s has %.0f bytes, more than the %d that one call copies", want.id, want.size, Most)}
	}
	head, err := a.ask(ctx, "HeadObject", plan.Document{"Bucket": a.bucket, "Key": o.key, "VersionId": want.id})
	if err != nil {
		return err
	}
	in := plan.Document{"Bucket": a.bucket, "Key": o.key, "MetadataDirective": "REPLACE",
		"CopySource": a.bucket + "/" + escaped(o.key) + "?versionId=" + escaped(want.id)}
	for _, name := range []string{"CacheControl", "ContentDisposition", "ContentEncoding", "ContentLanguage", "ContentType",
		"StorageClass", "WebsiteRedirectLocation"} {
		if v, is := head[name].(string); is && v != "" {
			in[name] = v
		}
	}
	all := metadata(head)
	all[Restored] = want.id
	in["Metadata"] = all
	_, err = a.ask(ctx, "CopyObject", in)
	return err
}

func (a act) ask(ctx context.Context, operation string, in plan.Document) (plan.Document, error) {
	return a.port.Call(ctx, plan.Call{Kind: plan.AWS, Home: a.call.Home, Service: "s3", Operation: operation, Input: in})
}

// metadata are the names and values that a writer gave to an object.
func metadata(head plan.Document) plan.Document {
	out := plan.Document{}
	all, _ := head["Metadata"].(map[string]any)
	for name, value := range all {
		out[strings.ToLower(name)] = value
	}
	return out
}
