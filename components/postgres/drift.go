package postgres

import "github.com/pulumi/pulumi/sdk/v3/go/pulumi"

// drift is a property that something other than this program changes on a
// living resource, with the reason to leave it alone.
type drift struct{ property, reason string }

// clusterDrift is ignored on the cluster of both homes. The key is not in it:
// a mistake there must be seen. Sources: terraform-provider-aws 5.100.0 and
// docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-global-database-disaster-recovery.html.
var clusterDrift = []drift{
	{"globalClusterIdentifier", "a failover detaches and joins; an update would detach the home for good"},
	{"replicationSourceIdentifier", "AWS sets it on the following cluster; an update to nothing would promote it"},
	{"engineVersion", "the global database upgrades its members; an update here would ask for a downgrade"},
	{"masterUsername", "only the seed states it; a replaced cluster follows and must state none"},
	{"masterPassword", "only the seed states it; it is rotated on whichever cluster writes"},
	{"databaseName", "only the seed states it, and a change would replace the cluster"},
	{"availabilityZones", "AWS fills in three, and a change would replace the cluster"},
	{"sourceRegion", "AWS is told once and never tells it back, and a change would replace the cluster"},
	{"snapshotIdentifier", "a restore sets it, and a change would replace the cluster"},
	{"backupRetentionPeriod", "AWS Backup takes it over with its continuous backup"},
	{"preferredBackupWindow", "AWS Backup takes it over with its continuous backup"},
}

// instanceDrift is ignored on every instance.
var instanceDrift = []drift{
	{"engineVersion", "the global database upgrades its members"},
}

func ignore(all []drift) pulumi.ResourceOption {
	properties := make([]string, 0, len(all))
	for _, d := range all {
		properties = append(properties, d.property)
	}
	return pulumi.IgnoreChanges(properties)
}
