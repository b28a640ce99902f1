package provider

var storageClasses = []string{"GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE",
	"GLACIER_IR"}

const instant = `^\d{4}-\d{2}-\d{2}T00:00:00Z$`

var rulesOfStorage = map[string][]rule{
	"aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2": {
		conflicts("rule.defaultRetention", "days", "years"),
	},
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": {
		oneOf("rules[].transitions[].storageClass", storageClasses...),
		atLeast("rules[].noncurrentVersionExpiration.noncurrentDays", 1),
		atLeast("rules[].noncurrentVersionExpiration.newerNoncurrentVersions", 1),
		atLeast("rules[].transitions[].days", 0),
		matches("rules[].expiration.date", instant, "midnight UTC such as 2027-01-01T00:00:00Z"),
		matches("rules[].transitions[].date", instant, "midnight UTC such as 2027-01-01T00:00:00Z"),
	},
	"aws:s3/bucketReplicationConfig:BucketReplicationConfig": {
		matches("rules[].destination.account", `^\d{12}$`, "an account id"),
		matches("rules[].destination.encryptionConfiguration.replicaKmsKeyId", `:key/`,
			"the ARN of a key; an alias is refused"),
		number("rules[].destination.metrics.eventThreshold.minutes", "at least 10", tenOrMore),
		number("rules[].destination.replicationTime.time.minutes", "at least 10", tenOrMore),
	},
	"aws:s3/bucketObjectv2:BucketObjectv2": {
		conflicts("", "content", "contentBase64"),
	},
	"aws:secretsmanager/secretVersion:SecretVersion": {
		matches("secretBinary", `^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$`, "base64"),
	},
	"aws:secretsmanager/secret:Secret": {
		matches("name", `^[0-9A-Za-z/_+=.@-]+$`, "letters, digits and /_+=.@-"),
		number("recoveryWindowInDays", "0 or 7 to 30", func(n float64) bool { return n == 0 || (n >= 7 && n <= 30) }),
	},
	"aws:ssm/parameter:Parameter": {
		exactlyOne("", "value", "insecureValue"),
	},
}

func tenOrMore(n float64) bool { return n == 0 || n >= 10 }
