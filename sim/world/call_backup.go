package world

import "strings"

// backupOperations are the operations on backups.
func backupOperations() map[string]operation {
	return map[string]operation{
		"backup.ListRecoveryPointsByBackupVault": {run: listRecoveryPoints},
		"backup.StartBackupJob":                  {run: startBackupJob},
		"backup.DescribeBackupJob":               {run: describeBackupJob},
		"backup.DeleteRecoveryPoint":             {run: deleteRecoveryPoint},
	}
}

const kindBackupJob = "AWS::Backup::BackupJob"

// startBackupJob is backup StartBackupJob: it makes a recovery point when it is done.
// https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html
func startBackupJob(t *tx, r Request) (Document, error) {
	vault := t.get(kindVault, r.Region, str(r.Input, "BackupVaultName"))
	if vault == nil {
		return nil, kinds[kindVault].notFound(str(r.Input, "BackupVaultName"))
	}
	arn := str(r.Input, "ResourceArn")
	if e := t.arn(arn); e == nil || e.Region != r.Region && e.Region != Global {
		return nil, missing("ResourceNotFoundException", "resource %q does not exist in %s", arn, r.Region)
	}
	if t.arn(str(r.Input, "IamRoleArn")) == nil {
		return nil, refuse("InvalidParameterValueException", "role %q does not exist", str(r.Input, "IamRoleArn"))
	}
	if err := lifecycleOK("job", r.Input, false); err != nil {
		return nil, err
	}
	if err := t.withinLock("job", vault, r.Input); err != nil {
		return nil, err
	}
	if err := t.keyUsable(r.Region, str(vault.In, "KmsKeyArn"), "InvalidParameterValueException"); err != nil {
		return nil, err
	}
	job := t.job(kindBackupJob, r, arn)
	point := &Entity{Kind: kindRecoveryPoint, Region: r.Region, Token: job.Token, Generation: job.Generation}
	job.Out = Document{"State": "RUNNING", "RecoveryPointArn": pointARN(t, point), "CreationDate": t.clock().Format(timeFormat)}
	t.save(job)
	t.laterBy(backupRun, arn, "FinishBackup", Document{"Region": r.Region, "Id": job.ID})
	return Document{"BackupJobId": job.ID, "RecoveryPointArn": job.Out["RecoveryPointArn"],
		"CreationDate": job.Out["CreationDate"]}, nil
}

func (t *tx) finishBackup(in Document) {
	job := t.get(kindBackupJob, str(in, "Region"), str(in, "Id"))
	if job == nil {
		return
	}
	job = t.edit(job)
	vault := t.get(kindVault, job.Region, str(job.In, "BackupVaultName"))
	source := t.arn(str(job.In, "ResourceArn"))
	if vault == nil || source == nil || t.down(job.Region) {
		job.Out["State"] = "FAILED"
		return
	}
	job.Out["State"], job.Out["CompletionDate"] = "COMPLETED", t.clock().Format(timeFormat)
	p := &Entity{
		Kind: kindRecoveryPoint, Region: job.Region, Token: job.Token, Generation: job.Generation, Created: t.birth(),
		ID: str(job.Out, "RecoveryPointArn"), ARN: str(job.Out, "RecoveryPointArn"),
		In: Document{"BackupVaultName": vault.ID, "ResourceArn": source.ARN, "ResourceType": resourceType(source)},
		Out: Document{"Status": "COMPLETED", "CreationDate": job.Out["CreationDate"],
			"CompletionDate":   job.Out["CompletionDate"],
			"EncryptionKeyArn": firstOf(str(vault.In, "KmsKeyArn"), str(vault.Out, "KmsKeyArn"))},
	}
	if source.Kind == kindTable {
		p.In["Content"] = t.tableContent(source, t.created(job)) // a backup is of the moment that it was asked for
	}
	if days, ok := num(job.In, "Lifecycle.DeleteAfterDays"); ok {
		at := t.clock().AddDate(0, 0, int(days))
		p.Out["CalculatedDeleteAt"] = at.Format(timeFormat)
		t.later(at, "ExpirePoint", Document{"Region": p.Region, "Id": p.ID})
	}
	t.save(p)
}

func resourceType(e *Entity) string {
	switch e.Kind {
	case kindCluster:
		return "Aurora"
	case kindBucket:
		return "S3"
	}
	return strings.Split(e.Kind, "::")[1]
}

// describeBackupJob is backup DescribeBackupJob.
func describeBackupJob(t *tx, r Request) (Document, error) {
	job := t.get(kindBackupJob, r.Region, str(r.Input, "BackupJobId"))
	if job == nil {
		return nil, missing("ResourceNotFoundException", "job %q does not exist", str(r.Input, "BackupJobId"))
	}
	out := copyDoc(job.Out)
	out["BackupJobId"], out["BackupVaultName"], out["ResourceArn"] = job.ID, str(job.In, "BackupVaultName"), str(job.In,
		"ResourceArn")
	return out, nil
}

// listRecoveryPoints is backup ListRecoveryPointsByBackupVault.
func listRecoveryPoints(t *tx, r Request) (Document, error) {
	vault := t.get(kindVault, r.Region, str(r.Input, "BackupVaultName"))
	if vault == nil {
		return nil, kinds[kindVault].notFound(str(r.Input, "BackupVaultName"))
	}
	list := []any{}
	for _, p := range t.pointsIn(vault) {
		if want := str(r.Input, "ByResourceArn"); want != "" && want != str(p.In, "ResourceArn") {
			continue
		}
		d := copyDoc(p.Out)
		d["RecoveryPointArn"], d["BackupVaultName"], d["BackupVaultArn"] = p.ID, vault.ID, vault.ARN
		d["ResourceArn"], d["ResourceType"] = str(p.In, "ResourceArn"), str(p.In, "ResourceType")
		if at, ok := d["CalculatedDeleteAt"]; ok {
			delete(d, "CalculatedDeleteAt")
			d["CalculatedLifecycle"] = Document{"DeleteAt": at}
		}
		list = append(list, d)
	}
	return Document{"RecoveryPoints": list}, nil
}

// deleteRecoveryPoint is backup DeleteRecoveryPoint; a lock refuses it.
func deleteRecoveryPoint(t *tx, r Request) (Document, error) {
	p := t.get(kindRecoveryPoint, r.Region, str(r.Input, "RecoveryPointArn"))
	if p == nil {
		return nil, kinds[kindRecoveryPoint].notFound(str(r.Input, "RecoveryPointArn"))
	}
	if err := pointLocked(t, p); err != nil {
		return nil, err
	}
	t.drop(p)
	return Document{}, nil
}
