package world

import (
	"fmt"
	"strings"
	"time"
)

// createSnapshot is elasticache CreateSnapshot
// (https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CreateSnapshot.html).
func createSnapshot(t *tx, r Request) (Document, error) {
	id := str(r.Input, "ReplicationGroupId")
	group := t.get(kindCacheGroup, r.Region, id)
	if group == nil {
		return nil, kinds[kindCacheGroup].notFound(id)
	}
	s, err := t.snapshot(group, str(r.Input, "SnapshotName"), "manual")
	if err != nil {
		return nil, err
	}
	return Document{"Snapshot": snapshotDocument(t, s)}, nil
}

// snapshot makes a snapshot of a group; it is usable some minutes later.
func (t *tx) snapshot(group *Entity, name, source string) (*Entity, error) {
	seen := kinds[kindCacheGroup].view(t, group)
	return kinds[kindCacheSnap].create(t, group.Region, "snapshot/"+name, t.snapshotOf(seen, name, source, t.clock()))
}

// snapshotOf is what a snapshot tells of the group, as it is seen, that it was made of.
func (t *tx) snapshotOf(seen *Entity, name, source string, at time.Time) Document {
	return Document{
		"SnapshotName": name, "ReplicationGroupId": seen.ID, "SnapshotSource": source,
		"ReadyAt": at.Add(t.lags(cacheSnapshot, seen.ARN+name)).Format(timeFormat), "Engine": both(seen, "Engine"),
		"EngineVersion": both(seen, "EngineVersionActual"), "CacheNodeType": both(seen, "NodeType"),
		"KmsKeyId": seen.In["KmsKeyId"],
	}
}

// automatic are the snapshots that a group has of itself: one a day at the begin of its window,
// kept for its days. Which name AWS gives them is assumed.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-automatic.html
func (t *tx) automatic(group *Entity) []*Entity {
	days := int(numOr(group.In, "SnapshotRetentionLimit", 0))
	if days == 0 {
		return nil
	}
	seen, k := kinds[kindCacheGroup].view(t, group), kinds[kindCacheSnap]
	from, _, _ := strings.Cut(fmt.Sprint(both(seen, "SnapshotWindow")), "-")
	begin, err := time.Parse("15:04", from)
	if err != nil {
		return nil
	}
	var out []*Entity
	midnight := t.clock().Truncate(24 * time.Hour)
	for back := days; back >= 0; back-- {
		at := midnight.AddDate(0, 0, -back).Add(time.Duration(begin.Hour())*time.Hour + time.Duration(begin.Minute())*time.Minute)
		if at.Before(t.created(group)) || at.After(t.clock()) || at.Before(t.clock().AddDate(0, 0, -days)) {
			continue
		}
		name := "automatic." + group.ID + "-" + at.Format("2006-01-02-15-04")
		e := &Entity{Kind: kindCacheSnap, Region: group.Region, ID: name, Created: at, Out: Document{},
			In: t.snapshotOf(seen, name, "automated", at)}
		e.ARN = k.arn(t, e)
		out = append(out, e)
	}
	return out
}

// snapshotsIn lists the snapshots of a region, those that somebody made first.
func (t *tx) snapshotsIn(region string) []*Entity {
	out := t.list(kindCacheSnap, region)
	for _, g := range t.list(kindCacheGroup, region) {
		out = append(out, t.automatic(g)...)
	}
	return out
}

func (t *tx) snapshotNamed(region, name string) *Entity {
	for _, s := range t.snapshotsIn(region) {
		if s.ID == name {
			return s
		}
	}
	return nil
}

// usableSnapshot finds a snapshot from which a group can be filled or an object exported.
func (t *tx) usableSnapshot(region, name string) (*Entity, error) {
	s := t.snapshotNamed(region, name)
	switch {
	case s == nil:
		return nil, kinds[kindCacheSnap].notFound(name)
	case t.snapshotStatus(s) != "available":
		return nil, refuse("InvalidSnapshotState", "%s is %s", name, t.snapshotStatus(s))
	}
	return s, nil
}

func (t *tx) snapshotStatus(s *Entity) string {
	if str(s.In, "ReadyAt") > t.clock().Format(timeFormat) {
		return "creating"
	}
	return "available"
}

// snapshotDocument holds one node group: the groups of this world have one.
func snapshotDocument(t *tx, s *Entity) Document {
	d := Document{"SnapshotStatus": t.snapshotStatus(s), "ARN": s.ARN, "NodeSnapshots": []any{Document{
		"NodeGroupId": "0001", "SnapshotCreateTime": t.created(s).Format(timeFormat),
	}}}
	for _, p := range []string{"SnapshotName", "ReplicationGroupId", "SnapshotSource", "Engine", "EngineVersion",
		"CacheNodeType", "KmsKeyId"} {
		d[p] = s.In[p]
	}
	return d
}

// describeSnapshots is elasticache DescribeSnapshots
// (https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_DescribeSnapshots.html).
func describeSnapshots(t *tx, r Request) (Document, error) {
	name, group, source := str(r.Input, "SnapshotName"), str(r.Input, "ReplicationGroupId"), str(r.Input, "SnapshotSource")
	list := []any{}
	for _, s := range t.snapshotsIn(r.Region) {
		if name != "" && name != s.ID || group != "" && group != str(s.In, "ReplicationGroupId") {
			continue
		}
		if source == "" || source == "user" == (str(s.In, "SnapshotSource") == "manual") {
			list = append(list, snapshotDocument(t, s))
		}
	}
	if name != "" && len(list) == 0 {
		return nil, kinds[kindCacheSnap].notFound(name)
	}
	return Document{"Snapshots": list}, nil
}

// copySnapshot is elasticache CopySnapshot: a second snapshot in the region, or
// an object in a bucket of it. The object is one for each node group, and is
// never written over.
// https://docs.aws.amazon.com/AmazonElastiCache/latest/APIReference/API_CopySnapshot.html
func copySnapshot(t *tx, r Request) (Document, error) {
	from, to, name := str(r.Input, "SourceSnapshotName"), str(r.Input, "TargetSnapshotName"), str(r.Input, "TargetBucket")
	s, err := t.usableSnapshot(r.Region, from)
	if err != nil {
		return nil, err
	}
	if to == "" {
		return nil, refuse(badValue, "TargetSnapshotName is empty")
	}
	if name == "" {
		c, err := kinds[kindCacheSnap].create(t, r.Region, "snapshot/"+to, withName(s.In, to))
		if err != nil {
			return nil, err
		}
		return Document{"Snapshot": snapshotDocument(t, c)}, nil
	}
	bucket, err := t.snapshotBucket(r.Region, name, "s3:PutObject")
	if err != nil {
		return nil, err
	}
	key := to + "-0001.rdb"
	if len(t.versions(bucket, key)) > 0 {
		return nil, refuse(badValue, "the S3 bucket %s already contains an object with key %s", name, key)
	}
	v := t.write(bucket, key, t.content(bucket, "RDB of "+from, Document{}))
	t.replicateLater(bucket, key, v)
	out := snapshotDocument(t, s)
	out["SnapshotStatus"] = "exporting"
	return Document{"Snapshot": out}, nil
}

func withName(in Document, name string) Document {
	out := copyDoc(in)
	out["SnapshotName"], out["SnapshotSource"] = name, "manual"
	return out
}

// snapshotBucket finds a bucket that ElastiCache may use in the region. It comes as a service of the
// region, which the bucket's policy must let in, since no list of access rights does where those are off:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-migrating-acls-prerequisites.html
func (t *tx) snapshotBucket(region, name, action string) (*Entity, error) {
	b := t.get(kindBucket, region, name)
	if b == nil {
		if t.taken(kinds[kindBucket], &Entity{Kind: kindBucket, ID: name}) != nil {
			return nil, refuse(badValue, "the S3 bucket %s is outside of the region", name)
		}
		return nil, refuse(badValue, "the S3 bucket %s does not exist", name)
	}
	policy := t.setting(kindBucketPolicy, b)
	if policy == nil || !strings.Contains(str(policy.In, "Policy"), `"`+region+`.elasticache-snapshot.amazonaws.com"`) ||
		!strings.Contains(str(policy.In, "Policy"), `"`+action+`"`) {
		return nil, refuse(badValue, "ElastiCache has not been granted %s on the S3 bucket %s", action, name)
	}
	return b, nil
}
