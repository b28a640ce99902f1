package world

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// copyOperations are the operations that take a backup to another vault, and
// back into a store.
func copyOperations() map[string]operation {
	return map[string]operation{
		"backup.StartCopyJob":       {run: startCopyJob},
		"backup.StartRestoreJob":    {run: startRestoreJob},
		"backup.DescribeRestoreJob": {run: describeRestoreJob},
	}
}

const (
	kindCopyJob    = "AWS::Backup::CopyJob"
	kindRestoreJob = "AWS::Backup::RestoreJob"
)

// tableContent is what a recovery point holds of a table as it was at a time: what
// a restore brings back.
func (t *tx) tableContent(source *Entity, at time.Time) Document {
	items := Document{}
	for _, i := range t.itemsOf(source) {
		if item := t.itemAt(i, at); item != nil {
			items[str(i.In, "Key")] = item
		}
	}
	return Document{"Table": tableAgain(source), "Items": items}
}

// tableAgain are the properties of a table that a restore brings back:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
func tableAgain(source *Entity) Document {
	in := Document{}
	for _, p := range []string{
		"HashKey", "RangeKey", "Attributes", "GlobalSecondaryIndexes", "LocalSecondaryIndexes", "BillingMode",
		"ServerSideEncryption",
	} {
		if v, ok := source.In[p]; ok {
			in[p] = copyValue(v)
		}
	}
	return in
}

// startCopyJob is backup StartCopyJob. The copy is encrypted with the key of
// the vault that takes it.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartCopyJob.html
func startCopyJob(t *tx, r Request) (Document, error) {
	point := t.get(kindRecoveryPoint, r.Region, str(r.Input, "RecoveryPointArn"))
	if point == nil || str(point.In, "BackupVaultName") != str(r.Input, "SourceBackupVaultName") {
		return nil, kinds[kindRecoveryPoint].notFound(str(r.Input, "RecoveryPointArn"))
	}
	vault := t.arn(str(r.Input, "DestinationBackupVaultArn"))
	switch {
	case vault == nil || vault.Kind != kindVault:
		return nil, kinds[kindVault].notFound(str(r.Input, "DestinationBackupVaultArn"))
	case t.arn(str(r.Input, "IamRoleArn")) == nil:
		return nil, refuse("InvalidParameterValueException", "role %q does not exist", str(r.Input, "IamRoleArn"))
	}
	job := t.job(kindCopyJob, r, point.ID+vault.ARN)
	job.Out = Document{"State": "RUNNING", "CreationDate": t.clock().Format(timeFormat)}
	t.save(job)
	t.laterBy(backupCopy, point.ID+">"+vault.ARN, "FinishCopy", Document{"Region": r.Region, "Id": job.ID})
	return Document{"CopyJobId": job.ID, "CreationDate": job.Out["CreationDate"]}, nil
}

// jobBefore is the job that the same token began.
func (t *tx) jobBefore(kind string, r Request) *Entity {
	token := str(r.Input, "IdempotencyToken")
	for _, job := range t.list(kind, r.Region) {
		if token != "" && str(job.In, "IdempotencyToken") == token {
			return job
		}
	}
	return nil
}

// job is a new job of AWS Backup.
func (t *tx) job(kind string, r Request, otherwise string) *Entity {
	token := firstOf(r.Token, str(r.Input, "IdempotencyToken"), otherwise+t.clock().Format(time.RFC3339Nano))
	job := &Entity{Kind: kind, Region: r.Region, Token: token, In: copyDoc(r.Input), Created: t.birth()}
	job.Generation = t.generation(r.Region, kind, token)
	job.ID = t.uuid(job, "id")
	return job
}

// finishCopy lays the copy into the other vault. It tells when the backup was
// made, not when it was copied (assumed).
func (t *tx) finishCopy(in Document) {
	job := t.get(kindCopyJob, str(in, "Region"), str(in, "Id"))
	if job == nil {
		return
	}
	job = t.edit(job)
	vault := t.arn(str(job.In, "DestinationBackupVaultArn"))
	point := t.get(kindRecoveryPoint, job.Region, str(job.In, "RecoveryPointArn"))
	if vault == nil || point == nil || t.cut(job.Region, vault.Region) {
		job.Out["State"] = "FAILED"
		return
	}
	copied := &Entity{
		Kind: kindRecoveryPoint, Region: vault.Region, Token: job.Token, Generation: job.Generation, Created: t.birth(),
		In: copyDoc(point.In), Out: copyDoc(point.Out),
	}
	copied.ID = pointARN(t, copied)
	copied.ARN = copied.ID
	copied.In["BackupVaultName"] = vault.ID
	copied.Out["CompletionDate"] = t.clock().Format(timeFormat)
	copied.Out["EncryptionKeyArn"] = firstOf(str(vault.In, "KmsKeyArn"), str(vault.Out, "KmsKeyArn"))
	t.save(copied)
	job.Out["State"], job.Out["DestinationRecoveryPointArn"] = "COMPLETED", copied.ID
}

// startRestoreJob is backup StartRestoreJob for a DynamoDB table: it makes a new
// table, with the key that the metadata names.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/restoring-dynamodb.html
func startRestoreJob(t *tx, r Request) (Document, error) {
	point := t.get(kindRecoveryPoint, r.Region, str(r.Input, "RecoveryPointArn"))
	if point == nil {
		return nil, kinds[kindRecoveryPoint].notFound(str(r.Input, "RecoveryPointArn"))
	}
	meta := Document{} // its names are not case-sensitive
	if given, ok := r.Input["Metadata"].(Document); ok {
		for name, v := range given {
			meta[strings.ToLower(name)] = v
		}
	}
	name, what := str(meta, "targettablename"), docs(point.In, "Content")
	switch {
	case str(point.In, "ResourceType") != "DynamoDB" || len(what) == 0:
		return nil, refuse("InvalidRequestException", "what is restored of a %s is not simulated",
			str(point.In, "ResourceType"))
	case name == "":
		return nil, missing("MissingParameterValueException", "targetTableName is not in the metadata")
	case t.arn(str(r.Input, "IamRoleArn")) == nil:
		return nil, refuse("InvalidParameterValueException", "role %q does not exist", str(r.Input, "IamRoleArn"))
	}
	if done := t.jobBefore(kindRestoreJob, r); done != nil {
		return Document{"RestoreJobId": done.ID}, nil
	}
	job := t.job(kindRestoreJob, r, point.ID+name)
	in := copyDoc(docs(what[0], "Table")[0])
	in["Name"] = name
	delete(in, "ServerSideEncryption")
	if key := str(meta, "kmsmasterkeyarn"); key != "" {
		in["ServerSideEncryption"] = Document{"Enabled": true, "KmsKeyArn": key}
	}
	if _, err := kinds[kindTable].create(t, r.Region, "restore/"+job.Token, in); err != nil {
		return nil, err
	}
	t.fill(t.edit(t.get(kindTable, r.Region, name)), point, docs(what[0], "Items"))
	job.Out = Document{"Status": "RUNNING", "CreationDate": t.clock().Format(timeFormat), "RecoveryPointArn": point.ID}
	t.save(job)
	t.laterBy(tableRestore, t.get(kindTable, r.Region, name).ARN, "FinishRestoreJob", Document{"Region": r.Region, "Id": job.ID, "Name": name})
	return Document{"RestoreJobId": job.ID}, nil
}

// fill lays the items of a recovery point into a table that is being made.
func (t *tx) fill(table, point *Entity, items []Document) {
	table.Out["TableStatus"] = "CREATING"
	table.Out["RestoreSummary"] = Document{
		"SourceTableArn": str(point.In, "ResourceArn"), "RestoreDateTime": str(point.Out, "CreationDate"),
		"RestoreInProgress": true,
	}
	for _, all := range items {
		for _, key := range slices.Sorted(maps.Keys(all)) {
			t.keepItem(table, key, Document{"Written": t.clock().Format(time.RFC3339Nano), "By": table.Region, "Item": all[key]})
		}
	}
}

func (t *tx) finishRestoreJob(in Document) {
	job := t.get(kindRestoreJob, str(in, "Region"), str(in, "Id"))
	if job == nil {
		return
	}
	if t.down(job.Region) {
		t.laterIn(retry, "FinishRestoreJob", in)
		return
	}
	t.finishTableRestore(in)
	job = t.edit(job)
	job.Out["Status"], job.Out["CompletionDate"] = "COMPLETED", t.clock().Format(timeFormat)
	if table := t.get(kindTable, job.Region, str(in, "Name")); table != nil {
		job.Out["CreatedResourceArn"] = table.ARN
	}
}

// describeRestoreJob is backup DescribeRestoreJob.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DescribeRestoreJob.html
func describeRestoreJob(t *tx, r Request) (Document, error) {
	job := t.get(kindRestoreJob, r.Region, str(r.Input, "RestoreJobId"))
	if job == nil {
		return nil, missing("ResourceNotFoundException", "job %q does not exist", str(r.Input, "RestoreJobId"))
	}
	out := copyDoc(job.Out)
	out["RestoreJobId"] = job.ID
	return out, nil
}
