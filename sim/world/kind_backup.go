package world

import "strings"

const (
	kindVault         = "AWS::Backup::BackupVault"
	kindVaultLock     = "AWS::Backup::BackupVaultLock"
	kindVaultPolicy   = "AWS::Backup::BackupVaultPolicy"
	kindVaultNotices  = "AWS::Backup::BackupVaultNotifications"
	kindRecoveryPoint = "AWS::Backup::RecoveryPoint"
	kindBackupRegion  = "AWS::Backup::RegionSettings"

	backupDoc = "https://docs.aws.amazon.com/aws-backup/latest/devguide/"
)

func vaultLink() Link { return link("BackupVaultName", kindVault, "ResourceNotFoundException", "") }

var backupKinds = []Kind{
	{
		Name: kindVault, Service: "backup", Source: backupDoc + "API_CreateBackupVault.html",
		Exists:   "AlreadyExistsException",
		Required: []string{"Name"}, Fixed: []string{"Name", "KmsKeyArn"},
		id: named("Name"), arn: arnOf("backup", "backup-vault:{id}"), checks: []check{vaultName,
			vaultKey}, computed: func(t *tx, e *Entity) {
			def(e, "KmsKeyArn", "arn:aws:kms:"+e.Region+":"+t.cfg.Account+":alias/aws/backup")
		},
		guard: vaultEmpty, remove: removeVault,
		seen: func(t *tx, e *Entity) { e.Out["RecoveryPoints"] = float64(len(t.pointsIn(e))) },
	},
	{
		Name: kindVaultLock, Service: "backup", Source: backupDoc + "vault-lock.html", Setting: true,
		Required: []string{"BackupVaultName"}, Refs: []Link{vaultLink()}, id: named("BackupVaultName"),
		checks: []check{lockShape}, computed: lockComputed, guard: lockRemovable,
	},
	{
		Name: kindVaultPolicy, Service: "backup", Source: backupDoc + "API_PutBackupVaultAccessPolicy.html", Setting: true,
		Required: []string{"BackupVaultName", "Policy"}, Refs: []Link{vaultLink()}, id: named("BackupVaultName"),
		checks: []check{jsonIn("Policy", "InvalidParameterValueException")}, computed: vaultSettingARN,
	},
	{
		Name: kindVaultNotices, Service: "backup", Source: backupDoc + "API_PutBackupVaultNotifications.html", Setting: true,
		Required: []string{"BackupVaultName", "SnsTopicArn", "BackupVaultEvents"},
		Refs:     []Link{vaultLink(), link("SnsTopicArn", kindTopic, "InvalidParameterValueException", "")},
		id:       named("BackupVaultName"), computed: vaultSettingARN,
	},
	{
		Name: kindRecoveryPoint, Service: "backup", Source: backupDoc + "recovery-points.html", id: byARN(pointARN),
		arn:  pointARN,
		Refs: []Link{vaultLink()}, guard: pointLocked,
	},
	{
		Name: kindBackupRegion, Service: "backup", Source: backupDoc + "API_UpdateRegionSettings.html", Setting: true,
		Required: []string{"ResourceTypeOptInPreference"}, id: func(_ *tx, e *Entity) string { return e.Region },
	},
}

func pointARN(t *tx, e *Entity) string {
	return arnOf("backup", "recovery-point:"+t.uuid(e, "id"))(t, e)
}

func vaultName(_ *tx, e, _ *Entity) error {
	ok := len(e.ID) >= 2 && len(e.ID) <= 50
	for _, c := range e.ID {
		ok = ok && (c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_')
	}
	if !ok {
		return refuse("InvalidParameterValueException", "vault name %q must be 2 to 50 letters, digits and hyphens", e.ID)
	}
	return nil
}

func vaultKey(t *tx, e, old *Entity) error {
	if old != nil {
		return nil
	}
	return t.keyUsable(e.Region, str(e.In, "KmsKeyArn"), "InvalidParameterValueException")
}

func vaultSettingARN(t *tx, e *Entity) {
	if v := t.get(kindVault, e.Region, e.ID); v != nil {
		e.Out["BackupVaultArn"] = v.ARN
	}
}

func (t *tx) pointsIn(vault *Entity) []*Entity {
	var out []*Entity
	for _, p := range t.list(kindRecoveryPoint, vault.Region) {
		if str(p.In, "BackupVaultName") == vault.ID {
			out = append(out, p)
		}
	}
	return out
}

// vaultEmpty refuses a vault with recovery points; ForceDestroy deletes them
// first, which a lock does not let it do.
func vaultEmpty(t *tx, e *Entity) error {
	points := t.pointsIn(e)
	if len(points) > 0 && !yes(e.In, "ForceDestroy") {
		return refuse("InvalidRequestException",
			"backup vault %s cannot be deleted because it contains %d recovery points", e.ID, len(points))
	}
	for _, p := range points {
		if err := pointLocked(t, p); err != nil {
			return err
		}
	}
	return nil
}

func removeVault(t *tx, e *Entity) error {
	for _, kind := range []string{kindVaultLock, kindVaultPolicy, kindVaultNotices, kindRecoveryPoint} {
		for _, s := range t.list(kind, e.Region) {
			if str(s.In, "BackupVaultName") == e.ID {
				t.drop(s)
			}
		}
	}
	t.drop(e)
	return nil
}

func lockShape(t *tx, e, old *Entity) error {
	least, most := numOr(e.In, "MinRetentionDays", 1), numOr(e.In, "MaxRetentionDays", 36500)
	days, compliance := num(e.In, "ChangeableForDays")
	switch {
	case least < 1 || most > 36500 || least > most:
		return refuse("InvalidParameterValueException", "lock of %s: retention of %v to %v days is no range", e.ID, least,
			most)
	case compliance && days < 3:
		return refuse("InvalidParameterValueException", "lock of %s: ChangeableForDays is %v, want 3 or more", e.ID, days)
	}
	if was := t.get(kindVaultLock, e.Region, e.ID); was != nil && lockedFast(t, was) {
		return refuse("InvalidRequestException", "the lock of %s can no longer be changed", e.ID)
	}
	return nil
}

func lockComputed(t *tx, e *Entity) {
	vaultSettingARN(t, e)
	if days, ok := num(e.In, "ChangeableForDays"); ok {
		set(e, "LockDate", t.clock().AddDate(0, 0, int(days)).Format(timeFormat))
	}
}

// lockedFast reports whether a compliance lock's time to change one's mind is over.
func lockedFast(t *tx, lock *Entity) bool {
	at := str(lock.Out, "LockDate")
	return at != "" && at <= t.clock().Format(timeFormat)
}

func lockRemovable(t *tx, e *Entity) error {
	if lockedFast(t, e) {
		return refuse("InvalidRequestException", "the lock of %s can no longer be removed", e.ID)
	}
	return nil
}

// pointLocked: while a vault is locked, nobody deletes a recovery point before its retention ends.
func pointLocked(t *tx, e *Entity) error {
	lock := t.get(kindVaultLock, e.Region, str(e.In, "BackupVaultName"))
	if lock == nil {
		return nil
	}
	if until := str(e.Out, "CalculatedDeleteAt"); until == "" || until > t.clock().Format(timeFormat) {
		return refuse("InvalidRequestException", "recovery point %s is locked until %q",
			e.ID[strings.LastIndex(e.ID, ":")+1:], until)
	}
	return nil
}
