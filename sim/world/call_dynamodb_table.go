package world

import (
	"time"
)

// describeTable is dynamodb DescribeTable
// (https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_DescribeTable.html).
func describeTable(t *tx, r Request) (Document, error) {
	table, err := t.tableFor(r, "TableName")
	if err != nil {
		return nil, err
	}
	return Document{"Table": tableDocument(t, table)}, nil
}

func tableDocument(t *tx, e *Entity) Document {
	count := 0.0
	for _, i := range t.itemsOf(e) {
		if t.item(e, str(i.In, "Key")) != nil {
			count++
		}
	}
	d := Document{
		"TableName": e.ID, "TableArn": e.ARN, "TableStatus": e.Out["TableStatus"], "ItemCount": count,
		"KeySchema":                 keySchema(e.In),
		"DeletionProtectionEnabled": yes(e.In, "DeletionProtectionEnabled"),
		"BillingModeSummary":        Document{"BillingMode": firstOf(str(e.In, "BillingMode"), "PROVISIONED")},
	}
	if !t.still {
		d["CreationDateTime"] = t.created(e).Format(timeFormat)
	}
	attributes, indexes, replicas := []any{}, []any{}, []any{}
	for _, a := range docs(e.In, "Attributes") {
		attributes = append(attributes, Document{"AttributeName": str(a, "Name"), "AttributeType": str(a, "Type")})
	}
	d["AttributeDefinitions"] = attributes
	for _, i := range docs(e.In, "GlobalSecondaryIndexes") {
		indexes = append(indexes, Document{
			"IndexName": str(i, "Name"), "KeySchema": keySchema(i), "IndexStatus": "ACTIVE",
			"Projection": Document{"ProjectionType": str(i, "ProjectionType")},
		})
	}
	for _, region := range replicaRegions(e) {
		replicas = append(replicas, replicaDocument(t, t.get(kindTable, region, e.ID)))
	}
	for name, list := range map[string][]any{"GlobalSecondaryIndexes": indexes, "Replicas": replicas} {
		if len(list) > 0 {
			d[name] = list
		}
	}
	if len(replicas) > 0 {
		d["GlobalTableVersion"] = "2019.11.21"
	}
	if key := str(e.In, "ServerSideEncryption.KmsKeyArn"); key != "" {
		d["SSEDescription"] = Document{"Status": "ENABLED", "SSEType": "KMS", "KMSMasterKeyArn": key}
	}
	if yes(e.In, "StreamEnabled") {
		d["StreamSpecification"] = Document{"StreamEnabled": true, "StreamViewType": str(e.In, "StreamViewType")}
		if !t.still {
			label := t.stampedText(e, streamLabel)
			d["LatestStreamArn"], d["LatestStreamLabel"] = streamOf(e.ARN, label), label
		}
	}
	if s := docs(e.Out, "RestoreSummary"); len(s) > 0 {
		d["RestoreSummary"] = copyDoc(s[0])
	}
	return d
}

func keySchema(in Document) []any {
	out := []any{Document{"AttributeName": str(in, "HashKey"), "KeyType": "HASH"}}
	if sort := str(in, "RangeKey"); sort != "" {
		out = append(out, Document{"AttributeName": sort, "KeyType": "RANGE"})
	}
	return out
}

func replicaDocument(t *tx, half *Entity) Document {
	d := Document{"RegionName": half.Region, "ReplicaStatus": "ACTIVE"}
	if key := str(half.In, "ServerSideEncryption.KmsKeyArn"); key != "" {
		d["KMSMasterKeyId"] = key
	}
	if t.sealed(half) != nil {
		d["ReplicaStatus"] = "INACCESSIBLE_ENCRYPTION_CREDENTIALS"
	}
	return d
}

// describeContinuousBackups is dynamodb DescribeContinuousBackups.
func describeContinuousBackups(t *tx, r Request) (Document, error) {
	table, err := t.tableFor(r, "TableName")
	if err != nil {
		return nil, err
	}
	state := Document{"PointInTimeRecoveryStatus": "DISABLED"}
	if recovers(table) {
		state = Document{"PointInTimeRecoveryStatus": "ENABLED", "RecoveryPeriodInDays": recoveryDays(table)}
		if !t.still {
			from, to := t.recoverable(table)
			state["EarliestRestorableDateTime"], state["LatestRestorableDateTime"] = from.Format(timeFormat), to.Format(timeFormat)
		}
	}
	return Document{"ContinuousBackupsDescription": Document{
		"ContinuousBackupsStatus": "ENABLED", "PointInTimeRecoveryDescription": state,
	}}, nil
}

func recoveryDays(table *Entity) float64 {
	if days := numOr(table.In, "PointInTimeRecovery.RecoveryPeriodInDays", 0); days > 0 {
		return days
	}
	return longestRecover
}

// recoverable is the span that a restore can reach: from when recovery was
// turned on, at most its days, until five minutes ago.
func (t *tx) recoverable(table *Entity) (from, to time.Time) {
	from, to = t.stampedAt(table.stampRef(recoversSince)), t.clock().Add(-t.lags(tableTail, table.ARN))
	if most := t.clock().AddDate(0, 0, -int(recoveryDays(table))); from.Before(most) {
		from = most
	}
	if to.Before(from) {
		to = from
	}
	return from, to
}

// restoreTable is dynamodb RestoreTableToPointInTime. The new table has the
// items, keys, indexes, billing mode and, unless another is given, the key of
// the old one; everything else is set on it afterwards:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
func restoreTable(t *tx, r Request) (Document, error) {
	source, err := t.tableFor(r, firstGiven(r.Input, "SourceTableName", "SourceTableArn"))
	if err != nil {
		return nil, err
	}
	if !recovers(source) {
		return nil, refuse("PointInTimeRecoveryUnavailableException",
			"Point in time recovery is not enabled for table '%s'", source.ID)
	}
	name := str(r.Input, "TargetTableName")
	if t.get(kindTable, r.Region, name) != nil {
		return nil, refuse("TableAlreadyExistsException", "Table already exists: %s", name)
	}
	at, err := t.recoveredTo(r.Input, source)
	if err != nil {
		return nil, err
	}
	in := tableAgain(source)
	in["Name"] = name
	if key := str(r.Input, "SSESpecificationOverride.KMSMasterKeyId"); key != "" {
		in["ServerSideEncryption"] = Document{"Enabled": true, "KmsKeyArn": key}
	}
	if _, err := kinds[kindTable].create(t, r.Region, "", in); err != nil {
		return nil, err
	}
	e := t.edit(t.get(kindTable, r.Region, name))
	e.Out["TableStatus"] = "CREATING"
	e.Out["RestoreSummary"] = Document{
		"SourceTableArn": source.ARN, "RestoreDateTime": at.Format(timeFormat), "RestoreInProgress": true,
	}
	for _, i := range t.itemsOf(source) {
		if item := t.itemAt(i, at); item != nil {
			t.keepItem(e, str(i.In, "Key"), Document{"Written": at.Format(time.RFC3339Nano), "By": r.Region, "Item": item})
		}
	}
	t.laterBy(tableRestore, e.ARN, "FinishTableRestore", Document{"Region": r.Region, "Name": name})
	return Document{"TableDescription": tableDocument(t, e)}, nil
}

// recoveredTo is the time to restore to; it must be one that the recovery covers.
func (t *tx) recoveredTo(in Document, source *Entity) (time.Time, error) {
	latest, asked := yes(in, "UseLatestRestorableTime"), timeAt(in, "RestoreDateTime")
	days := time.Duration(recoveryDays(source)) * 24 * time.Hour
	if !latest && t.within(asked, t.stampedAt(source.stampRef(recoversSince)), days, tableTail, source.ARN) {
		return asked, nil
	}
	from, to := t.recoverable(source)
	switch {
	case latest:
		return to, nil
	case asked.Before(from) || asked.After(to):
		return asked, refuse("InvalidRestoreTimeException", "RestoreDateTime is %q, want %s to %s", str(in, "RestoreDateTime"),
			from.Format(timeFormat), to.Format(timeFormat))
	}
	return asked, nil
}

func (t *tx) finishTableRestore(in Document) {
	if e := t.get(kindTable, str(in, "Region"), str(in, "Name")); e != nil {
		e = t.edit(e)
		e.Out["TableStatus"] = "ACTIVE"
		summary := docs(e.Out, "RestoreSummary")[0]
		summary["RestoreInProgress"] = false
	}
}

// firstGiven is the first of the properties that the document has.
func firstGiven(in Document, names ...string) string {
	for _, name := range names {
		if has(in, name) {
			return name
		}
	}
	return names[0]
}
