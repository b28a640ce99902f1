package world

const kindReplication = "AWS::S3::BucketReplication"

var replicationKinds = []Kind{
	func() Kind {
		k := bucketSetting(kindReplication, "replication-requirements.html", "ReplicationConfigurationNotFoundError",
			replicationSource, replicationRules)
		k.Required = []string{"Bucket", "Role", "Rules"}
		k.Refs = append(k.Refs, link("Role", kindRole, "InvalidRequest", ""))
		return k
	}(),
}

func replicationSource(t *tx, e, _ *Entity) error {
	b := t.get(kindBucket, e.Region, e.ID)
	if !t.versioned(b) {
		return refuse("InvalidRequest", "versioning must be 'Enabled' on the bucket %s to apply a replication configuration", e.ID)
	}
	return nil
}

func replicationRules(t *tx, e, _ *Entity) error {
	seen := map[string]bool{}
	priorities := map[string]bool{}
	for _, r := range docs(e.In, "Rules") {
		id := str(r, "Id")
		if id != "" && seen[id] {
			return refuse("InvalidArgument", "%s: rule id %q is used twice", e.ID, id)
		}
		seen[id] = true
		if p := str(r, "Priority"); p != "" {
			to := p + str(r, "Destination.Bucket")
			if priorities[to] {
				return refuse("InvalidRequest", "%s: found duplicate priority %s", e.ID, p)
			}
			priorities[to] = true
		}
		for _, verify := range []func(*tx, *Entity, Document) error{ruleVersion2, ruleDestination, ruleTime, ruleKey} {
			if err := verify(t, e, r); err != nil {
				return err
			}
		}
	}
	return nil
}

// ruleVersion2 wants the parts of a second-version rule together:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-add-config.html
func ruleVersion2(_ *tx, e *Entity, r Document) error {
	filter, marker := r["Filter"] != nil, len(docs(r, "DeleteMarkerReplication")) > 0
	v2 := filter || marker || has(r, "Priority") || has(r, "SourceSelectionCriteria.ReplicaModifications")
	if v2 && (!filter || !marker || !has(r, "Priority")) {
		return refuse("InvalidRequest", "%s: rule %s: Filter, Priority and DeleteMarkerReplication go together", e.ID,
			str(r, "Id"))
	}
	if has(r, "ExistingObjectReplication") {
		return refuse(malformedXML, "%s: rule %s: ExistingObjectReplication is not accepted", e.ID, str(r, "Id"))
	}
	tagged := has(r, "Filter.Tag") || has(r, "Filter.And.Tags")
	if tagged && str(r, "DeleteMarkerReplication.Status") == statusEnabled {
		return refuse("InvalidRequest", "%s: rule %s: delete markers are not replicated with a tag filter", e.ID,
			str(r, "Id"))
	}
	return nil
}

func ruleDestination(t *tx, e *Entity, r Document) error {
	arn := str(r, "Destination.Bucket")
	to := t.arn(arn)
	source := t.get(kindBucket, e.Region, e.ID)
	switch {
	case to == nil || to.Kind != kindBucket:
		return refuse("InvalidRequest", "%s: destination bucket must exist: %s", e.ID, arn)
	case to.ID == e.ID:
		return refuse("InvalidRequest", "%s: destination bucket cannot be the same as the source bucket", e.ID)
	case !t.versioned(to):
		return refuse("InvalidRequest", "%s: destination bucket %s must have versioning enabled", e.ID, to.ID)
	case t.lockable(source) && !t.lockable(to):
		return refuse("InvalidRequest", "%s: destination bucket %s must have Object Lock as its source has", e.ID, to.ID)
	}
	return nil
}

func ruleTime(_ *tx, e *Entity, r Document) error {
	d := docs(r, "Destination")[0]
	rtc := str(d, "ReplicationTime.Status") == statusEnabled
	metrics := str(d, "Metrics.Status") == statusEnabled
	minutes, given := num(d, "ReplicationTime.Time.Minutes")
	event, limited := num(d, "Metrics.EventThreshold.Minutes")
	switch {
	case rtc && !metrics:
		return refuse("InvalidRequest", "%s: rule %s: replication time control needs metrics", e.ID, str(r, "Id"))
	case rtc && (!given || minutes != 15):
		return refuse("InvalidRequest", "%s: rule %s: replication time is %v minutes, want 15", e.ID, str(r, "Id"), minutes)
	case rtc && !limited, limited && event != 15:
		return refuse("InvalidRequest", "%s: rule %s: the metrics' event threshold is %v minutes, want 15", e.ID,
			str(r, "Id"), event)
	}
	return nil
}

func ruleKey(t *tx, e *Entity, r Document) error {
	if str(r, "SourceSelectionCriteria.SseKmsEncryptedObjects.Status") != statusEnabled {
		return nil
	}
	key := str(r, "Destination.EncryptionConfiguration.ReplicaKmsKeyId")
	if key == "" {
		return refuse("InvalidRequest", "%s: rule %s: SseKmsEncryptedObjects needs ReplicaKmsKeyId", e.ID, str(r, "Id"))
	}
	to := t.arn(str(r, "Destination.Bucket"))
	return t.keyUsable(to.Region, key, "InvalidRequest")
}
