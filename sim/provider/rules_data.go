package provider

import "slices"

const (
	backupWindow = `^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$`
	maintenance  = `(?i)^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(mon|tue|wed|thu|fri|sat|sun):` +
		`([01]\d|2[0-3]):[0-5]\d$`
	identifier     = `^[a-z](-?[0-9a-z]+)*$`
	identifierText = "lowercase letters, digits and single hyphens, a letter first, no hyphen last"
)

var rulesOfData = map[string][]rule{
	"aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": named("dbProxyName", identifier, identifierText),
	"aws:rds/proxyTarget:ProxyTarget": slices.Concat(named("dbProxyName", identifier, identifierText),
		named("targetGroupName", identifier, identifierText), named("dbClusterIdentifier", identifier, identifierText)),
	"aws:rds/globalCluster:GlobalCluster": {
		matches("globalClusterIdentifier", identifier, identifierText),
	},
	"aws:rds/cluster:Cluster": {
		filled("engine"),
		matches("engine", `^(aurora-mysql|aurora-postgresql|mysql|postgres|custom-.+)$`, "an engine"),
		matches("clusterIdentifier", identifier, identifierText),
		matches("preferredBackupWindow", backupWindow, "hh24:mi-hh24:mi"),
		matches("preferredMaintenanceWindow", maintenance, "ddd:hh24:mi-ddd:hh24:mi"),
		matches("kmsKeyId", `^arn:[\w-]+:kms:[\w-]+:\d{12}:key/.+$`, "the ARN of a key; an alias is refused"),
		conflicts("", "snapshotIdentifier", "s3Import", "restoreToPointInTime"),
		matches("finalSnapshotIdentifier", `^[0-9A-Za-z]+(-[0-9A-Za-z]+)*$`,
			"letters, digits and single hyphens, no hyphen last"),
		between("serverlessv2ScalingConfiguration.minCapacity", 0, 256),
		between("serverlessv2ScalingConfiguration.maxCapacity", 1, 256),
	},
	"aws:rds/clusterInstance:ClusterInstance": {
		matches("identifier", identifier, identifierText),
		matches("preferredBackupWindow", backupWindow, "hh24:mi-hh24:mi"),
		matches("preferredMaintenanceWindow", maintenance, "ddd:hh24:mi-ddd:hh24:mi"),
		number("performanceInsightsRetentionPeriod", "7, 731 or a multiple of 31", insightsRetention),
	},
	"aws:rds/clusterParameterGroup:ClusterParameterGroup": {
		matches("name", `^[a-z](-?[0-9a-z]+)*$`, identifierText),
	},
	"aws:rds/subnetGroup:SubnetGroup": {
		matches("name", `^[0-9a-z ._-]+$`, "lowercase letters, digits, hyphens, underscores, periods and spaces"),
		without("name", `(?i)^default$`, "is reserved"),
	},
	"aws:rds/proxy:Proxy": {
		matches("name", `^[a-z](-?[0-9a-z]+)*$`, identifierText),
	},
	"aws:rds/proxyEndpoint:ProxyEndpoint": {
		filled("dbProxyName"),
		matches("dbProxyName", identifier, identifierText),
		matches("dbProxyEndpointName", `^[a-z](-?[0-9a-z]+)*$`, identifierText),
	},
}

func insightsRetention(n float64) bool {
	return n == 7 || n == 731 || (n > 0 && int(n)%31 == 0 && n < 731)
}
