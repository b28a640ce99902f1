package world

// tableRestoreOperations are the operations that make a restored table what the
// damaged one was: a restore brings back items, keys, indexes and encryption,
// and nothing else
// (https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html).
func tableRestoreOperations() map[string]operation {
	return map[string]operation{
		"dynamodb.UpdateTable":             {run: updateTable},
		"dynamodb.UpdateContinuousBackups": {run: updateContinuousBackups},
		"dynamodb.UpdateTimeToLive":        {run: updateTimeToLive},
		"dynamodb.TagResource":             {run: tagTable},
	}
}

// updateTable is dynamodb UpdateTable as far as a restore needs it: the stream,
// the protection, and one new replica.
func updateTable(t *tx, r Request) (Document, error) {
	old, err := t.open(r)
	if err != nil {
		return nil, err
	}
	e := old.clone()
	if stream := docs(r.Input, "StreamSpecification"); len(stream) > 0 {
		e.In["StreamEnabled"], e.In["StreamViewType"] = yes(stream[0], "StreamEnabled"), str(stream[0], "StreamViewType")
	}
	if has(r.Input, "DeletionProtectionEnabled") {
		e.In["DeletionProtectionEnabled"] = yes(r.Input, "DeletionProtectionEnabled")
	}
	if err := kinds[kindTable].settle(t, e, old); err != nil {
		return nil, err
	}
	for _, add := range docs(r.Input, "ReplicaUpdates.Create") {
		if err := t.replicateTable(e, str(add, "RegionName"), str(add, "KMSMasterKeyId")); err != nil {
			return nil, err
		}
	}
	return Document{"TableDescription": tableDocument(t, t.get(kindTable, r.Region, e.ID))}, nil
}

// replicateTable makes a half in another region. To AWS both halves are equal
// then, so each can be declared as a replica of the other.
func (t *tx) replicateTable(source *Entity, region, key string) error {
	in := Document{"GlobalTableArn": source.ARN}
	if key != "" {
		in["KmsKeyArn"] = key
	}
	if _, err := kinds[kindTableReplica].create(t, region, "update/"+source.ID, in); err != nil {
		return err
	}
	half := t.get(kindTable, region, source.ID)
	back := &Entity{Kind: kindTableReplica, Region: source.Region, Created: t.birth(), Out: Document{},
		In: Document{"GlobalTableArn": half.ARN, "KmsKeyArn": str(source.In, "ServerSideEncryption.KmsKeyArn")}}
	back.ID = tableReplicaID(t, back)
	tableReplicaComputed(t, back)
	t.save(back)
	return nil
}

// changeTable changes the settings of one half.
func changeTable(t *tx, r Request, change func(*Entity)) error {
	old, err := t.open(r)
	if err != nil {
		return err
	}
	e := old.clone()
	change(e)
	return kinds[kindTable].settle(t, e, old)
}

func updateContinuousBackups(t *tx, r Request) (Document, error) {
	err := changeTable(t, r, func(e *Entity) {
		for _, s := range docs(r.Input, "PointInTimeRecoverySpecification") {
			set := Document{"Enabled": yes(s, "PointInTimeRecoveryEnabled")}
			if days, ok := num(s, "RecoveryPeriodInDays"); ok {
				set["RecoveryPeriodInDays"] = days
			}
			e.In["PointInTimeRecovery"] = set
		}
	})
	if err != nil {
		return nil, err
	}
	return describeContinuousBackups(t, r)
}

func updateTimeToLive(t *tx, r Request) (Document, error) {
	spec := docs(r.Input, "TimeToLiveSpecification")
	if len(spec) != 1 {
		return nil, refuse(validation, "TimeToLiveSpecification is required")
	}
	err := changeTable(t, r, func(e *Entity) {
		e.In["Ttl"] = Document{"AttributeName": str(spec[0], "AttributeName"), "Enabled": yes(spec[0], "Enabled")}
	})
	return Document{"TimeToLiveSpecification": spec[0]}, err
}

// tagTable is dynamodb TagResource on one half.
func tagTable(t *tx, r Request) (Document, error) {
	half := t.arn(str(r.Input, "ResourceArn"))
	if half == nil || half.Kind != kindTable || half.Region != r.Region {
		return nil, missing("ResourceNotFoundException", "Requested resource not found: %s", str(r.Input, "ResourceArn"))
	}
	tags := renamed(r.Input, nil)["Tags"]
	t.edit(half).In["Tags"] = tags
	for _, e := range t.list(kindTableReplica, r.Region) {
		if str(e.Out, "Arn") == half.ARN {
			t.edit(e).In["Tags"] = copyValue(tags)
		}
	}
	return Document{}, nil
}
