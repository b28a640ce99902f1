package planner

import (
	"fmt"
	"slices"
	"time"

	"redoubt/recovery/plan"
	"redoubt/recovery/rewind"
	"redoubt/system"
	"redoubt/timings"
)

const rewindSource = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/RestoringPreviousVersions.html"

// bucketQuestions ask whether the bucket keeps versions, and for how long.
func bucketQuestions(r Request, what restoring) []plan.Call {
	name := r.Inventory.Homes[what.where].Stores[what.store.Name].Name
	return []plan.Call{askVersioning(what.where, name), askLifecycle(what.where, name)}
}

func askVersioning(home system.Home, bucket string) plan.Call {
	return aws(home, "s3", "GetBucketVersioning", plan.Document{"Bucket": bucket})
}

func askLifecycle(home system.Home, bucket string) plan.Call {
	return aws(home, "s3", "GetBucketLifecycleConfiguration", plan.Document{"Bucket": bucket})
}

// bucketRestore is the restore of a bucket in its place.
type bucketRestore struct {
	*draft
	restoring
	bucket string
}

// restoreBucket brings the bucket of the home that serves back out of its own versions; replication carries what
// that makes to the other home. Names, keys and replication stay, and so do the damaged versions:
// decision 0017. Agents start again after the look.
func (d *draft) restoreBucket(r restoring) {
	b := bucketRestore{d, r, d.home(r.where).Stores[r.store.Name].Name}
	d.windowGate(r, unreachedBucket(d.Request, r))
	marked := b.marked(b.quiet(d.stopUsers(r)))
	rewound := b.rewound(marked)
	verified := d.verify(r, b.bucket, d.home(r.where).Stores[r.store.Name].Arn, []string{rewound})
	followed := b.followed(verified)
	started := d.resumeUsers(r, map[system.Home][]string{r.where: {verified}, r.where.Peer(): {verified, followed}})
	d.probe(r.where, append(started, verified))
}

// unreachedBucket compares with how far back the versions reach: each is kept so many days after it was replaced.
// Nothing when the bucket keeps none, or nobody tells for how long.
func unreachedBucket(r Request, what restoring) string {
	now := r.Now.UTC()
	days := keptDays(r, what)
	if days == 0 {
		return what.unreached(r, "", "")
	}
	return what.unreached(r, now.AddDate(0, 0, -days).Format(time.RFC3339), now.Format(time.RFC3339))
}

func keptDays(r Request, what restoring) int {
	bucket := r.Inventory.Homes[what.where].Stores[what.store.Name].Name
	if status, _ := told[string](r.Answers[CallKey(askVersioning(what.where, bucket))], "Status"); status != "Enabled" {
		return 0
	}
	least := 0.0
	for _, rule := range listed(r.Answers[CallKey(askLifecycle(what.where, bucket))], "Rules") {
		days, has := told[float64](rule, "NoncurrentVersionExpiration.NoncurrentDays")
		if has && rule["Status"] == "Enabled" && (least == 0 || days < least) {
			least = days
		}
	}
	return int(least)
}

func (b bucketRestore) step(what, title string, needs ...string) plan.Step {
	return plan.Step{ID: b.id(what), Title: title, Role: plan.Copy, Subject: plan.Subject{Store: b.store.Name}, Needs: needs,
		Source: rewindSource, Budget: timings.S3CRRLag, Timeout: minutes(60)}
}

// call is an act on the versions of the bucket.
func (b bucketRestore) call(operation, at string, more plan.Document) plan.Call {
	in := plan.Document{"Bucket": b.bucket, "At": at}
	for name, value := range more {
		in[name] = value
	}
	return plan.Call{Kind: plan.Versions, Home: b.where, Service: "redoubt", Operation: operation, Input: in}
}

// writesThere reports whether agents write the store in the other home, too.
func (b bucketRestore) writesThere() bool {
	return slices.ContainsFunc(b.System.Agents, func(a system.Agent) bool {
		return b.both(a.Tier) && slices.ContainsFunc(a.Stores, func(u system.Use) bool {
			return u.Store == b.store.Name && u.Write
		})
	})
}

// quiet waits until what agents wrote in the other home has arrived: later it would lie on top of what is brought back.
func (b bucketRestore) quiet(stopped []string) []string {
	if !b.writesThere() {
		return stopped
	}
	s := b.step("arrive", fmt.Sprintf("Wait until what was written to %s in the %s home is here", b.store.Name, b.where.Peer()),
		stopped...)
	s.Why = "Both homes write. What is still on its way would lie on top of what is brought back."
	s.Source = bucketSource
	there := b.home(b.where.Peer()).Stores[b.store.Name].Name
	s.Call = b.call(rewind.CountApart, b.stamped(), plan.Document{"OtherHome": string(b.where), "OtherBucket": b.bucket})
	s.Call.Home, s.Call.Input["Bucket"] = b.where.Peer(), there
	s.Condition = holds(s.Call, is("Apart", 0))
	return []string{b.add(s)}
}

// mark is the key of the object whose time divides what was from what is brought back.
func (b bucketRestore) mark() string { return rewind.Own + "restore/" + b.stamp() }

func (b bucketRestore) marked(needs []string) string {
	s := b.step("mark", "Write down in "+b.bucket+" when nobody wrote to it any more", needs...)
	s.Why = "What is brought back can be taken back to this moment: S3's own clock tells what was before it."
	s.Call = aws(b.where, "s3", "PutObject", plan.Document{"Bucket": b.bucket, "Key": b.mark(), "Body": b.stamp()})
	s.Condition = holds(aws(b.where, "s3", "HeadObject", plan.Document{"Bucket": b.bucket, "Key": b.mark()}),
		atLeast("ContentLength", 1))
	return b.add(s)
}

func (b bucketRestore) rewound(marked string) string {
	s := b.step("rewind", fmt.Sprintf("Bring every object of %s back that is not as it was", b.bucket), marked)
	s.Why = "What was overwritten or deleted is copied on top out of its versions, what is new is covered by a delete " +
		"marker. No version is deleted, so the damage stays to be looked at."
	s.Timeout = minutes(24 * 60)
	s.Call = b.call(rewind.RewindBucket, b.stamped(), plan.Document{"Mark": b.mark()})
	undo := b.call(rewind.RewindBucket, "late-begun", plan.Document{"Mark": b.mark()})
	undo.Late = []plan.Late{{Name: "late-begun", Path: "LastModified",
		Call: aws(b.where, "s3", "HeadObject", plan.Document{"Bucket": b.bucket, "Key": b.mark()})}}
	s.Undo = &undo
	s.Condition = holds(b.call(rewind.CountAstray, b.stamped(), nil), is("Astray", 0))
	return b.add(s)
}

// followed waits until the other home's bucket is the same where it has changed.
func (b bucketRestore) followed(verified string) string {
	peer := b.where.Peer()
	s := b.step("follow", fmt.Sprintf("Wait until what was brought back is in the %s home", peer), verified)
	s.Why = "The other home's bucket holds the damage until what was brought back has been copied there."
	s.Source, s.OnFailure = bucketSource, plan.Report
	for _, homes := range b.usersOf(b.restoring) {
		if slices.Contains(homes, peer) {
			s.OnFailure = plan.Stop // agents read it there
		}
	}
	s.Call = b.call(rewind.CountApart, b.stamped(), plan.Document{"OtherHome": string(peer),
		"OtherBucket": b.home(peer).Stores[b.store.Name].Name})
	s.Condition = holds(s.Call, is("Apart", 0))
	return b.add(s)
}
