package provider

const (
	backupWindow = `^([01]\d|2[0-3]):[0-5]\d-([01]\d|2[0-3]):[0-5]\d$`
	maintenance  = `^(mon|tue|wed|thu|fri|sat|sun):([01]\d|2[0-3]):[0-5]\d-(mon|tue|wed|thu|fri|sat|sun):` +
		`([01]\d|2[0-3]):[0-5]\d$`
	identifier     = `^[a-z](-?[0-9a-z]+)*$`
	identifierText = "lowercase letters, digits and single hyphens, a letter first, no hyphen last"
)

var rulesOfData = map[string][]rule{
	"aws:rds/globalCluster:GlobalCluster": {
		matches("globalClusterIdentifier", identifier, identifierText),
		conflicts("", "engine", "sourceDbClusterIdentifier"),
		requires("", "sourceDbClusterIdentifier", "forceDestroy"),
		oneOf("engine", "aurora", "aurora-mysql", "aurora-postgresql"),
		oneOf("engineLifecycleSupport", "open-source-rds-extended-support", "open-source-rds-extended-support-disabled"),
	},
	"aws:rds/cluster:Cluster": {
		matches("clusterIdentifier", identifier, identifierText),
		conflicts("", "clusterIdentifier", "clusterIdentifierPrefix"),
		between("backupRetentionPeriod", 0, 35),
		between("backtrackWindow", 0, 259200),
		matches("preferredBackupWindow", backupWindow, "hh24:mi-hh24:mi"),
		matches("preferredMaintenanceWindow", maintenance, "ddd:hh24:mi-ddd:hh24:mi in lowercase"),
		arn("kmsKeyId"),
		matches("kmsKeyId", `^arn:[\w-]+:kms:[\w-]+:\d{12}:key/.+$`, "the ARN of a key; an alias is refused"),
		arn("performanceInsightsKmsKeyId"),
		conflicts("", "manageMasterUserPassword", "masterPassword"),
		conflicts("", "snapshotIdentifier", "globalClusterIdentifier"),
		conflicts("", "snapshotIdentifier", "s3Import", "restoreToPointInTime"),
		matches("finalSnapshotIdentifier", `^[0-9A-Za-z]+(-[0-9A-Za-z]+)*$`,
			"letters, digits and single hyphens, no hyphen last"),
		oneOf("enabledCloudwatchLogsExports[]", "audit", "error", "general", "iam-db-auth-error", "instance",
			"postgresql", "slowquery", "upgrade"),
		oneOf("engineLifecycleSupport", "open-source-rds-extended-support", "open-source-rds-extended-support-disabled"),
		oneOf("engineMode", "global", "multimaster", "parallelquery", "provisioned", "serverless"),
		oneOf("databaseInsightsMode", "standard", "advanced"),
		oneOf("networkType", "IPV4", "DUAL"),
		between("serverlessv2ScalingConfiguration.minCapacity", 0, 256),
		between("serverlessv2ScalingConfiguration.maxCapacity", 1, 256),
		between("serverlessv2ScalingConfiguration.secondsUntilAutoPause", 300, 86400),
		number("performanceInsightsRetentionPeriod", "7, 731 or a multiple of 31", insightsRetention),
	},
	"aws:rds/clusterInstance:ClusterInstance": {
		matches("identifier", identifier, identifierText),
		conflicts("", "identifier", "identifierPrefix"),
		oneOfNumbers("monitoringInterval", 0, 1, 5, 10, 15, 30, 60),
		matches("preferredBackupWindow", backupWindow, "hh24:mi-hh24:mi"),
		matches("preferredMaintenanceWindow", maintenance, "ddd:hh24:mi-ddd:hh24:mi in lowercase"),
		oneOf("engine", "aurora-mysql", "aurora-postgresql", "mysql", "postgres"),
		arn("performanceInsightsKmsKeyId"),
		number("performanceInsightsRetentionPeriod", "7, 731 or a multiple of 31", insightsRetention),
	},
	"aws:rds/clusterParameterGroup:ClusterParameterGroup": {
		matches("name", `^[a-z](-?[0-9a-z]+)*$`, identifierText),
		length("name", 1, 255),
		conflicts("", "name", "namePrefix"),
	},
	"aws:rds/subnetGroup:SubnetGroup": {
		matches("name", `^[0-9a-z ._-]+$`, "lowercase letters, digits, hyphens, underscores, periods and spaces"),
		length("name", 1, 255),
		without("name", `(?i)^default$`, "is reserved"),
		conflicts("", "name", "namePrefix"),
	},
	"aws:rds/proxy:Proxy": {
		matches("name", `^[a-z](-?[0-9a-z]+)*$`, identifierText),
		oneOf("engineFamily", "MYSQL", "POSTGRESQL", "SQLSERVER"),
		elements("auths", 1, 100),
		oneOf("auths[].authScheme", "SECRETS"),
		oneOf("auths[].iamAuth", "DISABLED", "ENABLED", "REQUIRED"),
		arn("auths[].secretArn"),
		arn("roleArn"),
	},
	"aws:rds/proxyDefaultTargetGroup:ProxyDefaultTargetGroup": {
		between("connectionPoolConfig.connectionBorrowTimeout", 0, 3600),
		between("connectionPoolConfig.maxConnectionsPercent", 1, 100),
		between("connectionPoolConfig.maxIdleConnectionsPercent", 0, 100),
		oneOf("connectionPoolConfig.sessionPinningFilters[]", "EXCLUDE_VARIABLE_SETS"),
	},
	"aws:rds/proxyTarget:ProxyTarget": {exactlyOne("", "dbInstanceIdentifier", "dbClusterIdentifier")},
	"aws:rds/proxyEndpoint:ProxyEndpoint": {
		matches("dbProxyEndpointName", `^[a-z](-?[0-9a-z]+)*$`, identifierText),
		oneOf("targetRole", "READ_WRITE", "READ_ONLY"),
	},
}

func insightsRetention(n float64) bool {
	return n == 7 || n == 731 || (n > 0 && int(n)%31 == 0 && n < 731)
}
