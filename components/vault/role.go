package vault

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/backup"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/system"
)

// The permissions that AWS keeps for AWS Backup:
// docs.aws.amazon.com/aws-backup/latest/devguide/security-iam-awsmanpol.html.
const (
	backupPolicy    = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForBackup"
	restorePolicy   = "arn:aws:iam::aws:policy/service-role/AWSBackupServiceRolePolicyForRestores"
	backupS3Policy  = "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Backup"
	restoreS3Policy = "arn:aws:iam::aws:policy/AWSBackupServiceRolePolicyForS3Restore"
)

// backupRole may back up and copy. What it is attached to becomes a guard: a
// job that runs before it would fail.
func (b *builder) backupRole() (*iam.Role, error) {
	role, attached, err := b.role("backup", "Lets AWS Backup back up the home's stores", backupPolicy, backupS3Policy)
	b.guards = append(b.guards, attached...)
	return role, err
}

// restoreRole may restore. It is apart from the backup role, so that what
// runs every hour cannot write into a store. What is attached to it must
// stand before a test restores.
func (b *builder) restoreRole() (*iam.Role, []pulumi.Resource, error) {
	role, attached, err := b.role("restore", "Lets AWS Backup restore the home's stores", restorePolicy, restoreS3Policy)
	if err != nil {
		return nil, nil, err
	}
	b.component.RestoreRoleArn = role.Arn
	return role, attached, nil
}

func (b *builder) role(part, description, general, buckets string) (*iam.Role, []pulumi.Resource, error) {
	trust := iampolicy.Trust("backup.amazonaws.com", iampolicy.SourceAccount(b.args.Scope.Account))
	role, err := iam.NewRole(b.ctx, b.name+"-"+part, &iam.RoleArgs{
		Name:             pulumi.String(b.args.Scope.Role(part)),
		Description:      pulumi.String(description),
		AssumeRolePolicy: pulumi.String(trust.JSON()),
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	policies := map[string]string{"stores": general}
	if b.args.has(system.Bucket) {
		policies["buckets"] = buckets
	}
	var attached []pulumi.Resource
	for _, suffix := range []string{"stores", "buckets"} {
		policy, wanted := policies[suffix]
		if !wanted {
			continue
		}
		at, err := iam.NewRolePolicyAttachment(b.ctx, b.name+"-"+part+"-"+suffix, &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: pulumi.String(policy),
		}, b.child()...)
		if err != nil {
			return nil, nil, err
		}
		attached = append(attached, at)
	}
	return role, attached, nil
}

// regionTypes are what AWS Backup must be allowed to manage for the three
// kinds of store. The account's other types are left as they are.
var regionTypes = []string{"Aurora", "DynamoDB", "S3"}

// regionSettings opts the stores' services in and turns on what copies of
// tables need. They belong to account and region, so one stack at most owns
// them; a destroy leaves them as they are. AWS gives back every type it knows, more
// each year, so what differs later is ignored; the topic is told of a change
// (docs.aws.amazon.com/aws-backup/latest/devguide/API_UpdateRegionSettings.html).
func (b *builder) regionSettings() error {
	if !b.args.OwnRegionSettings {
		return nil
	}
	opted := pulumi.BoolMap{}
	for _, t := range regionTypes {
		opted[t] = pulumi.Bool(true)
	}
	s, err := backup.NewRegionSettings(b.ctx, b.name+"-region", &backup.RegionSettingsArgs{
		ResourceTypeOptInPreference: opted,
		ResourceTypeManagementPreference: pulumi.BoolMap{
			"DynamoDB": pulumi.Bool(true), "EFS": pulumi.Bool(true), // EFS has no other mode
		},
	}, b.child(pulumi.IgnoreChanges([]string{"resourceTypeOptInPreference"}))...)
	if err != nil {
		return err
	}
	b.guards = append(b.guards, s)
	return nil
}
