package provider

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

var storageClasses = []string{"GLACIER", "STANDARD_IA", "ONEZONE_IA", "INTELLIGENT_TIERING", "DEEP_ARCHIVE", "GLACIER_IR"}

const instant = `^\d{4}-\d{2}-\d{2}T00:00:00Z$`

var rulesOfStorage = map[string][]rule{
	"aws:s3/bucketV2:BucketV2": {
		conflicts("", "bucket", "bucketPrefix"),
		length("bucket", 0, 63),
		length("bucketPrefix", 0, 37),
	},
	"aws:s3/bucketVersioningV2:BucketVersioningV2": {
		length("bucket", 1, 63),
		oneOf("versioningConfiguration.status", "Enabled", "Suspended", "Disabled"),
		oneOf("versioningConfiguration.mfaDelete", "Enabled", "Disabled"),
	},
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": {
		oneOf("rules[].applyServerSideEncryptionByDefault.sseAlgorithm", "AES256", "aws:kms", "aws:kms:dsse"),
	},
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls": {
		oneOf("rule.objectOwnership", "BucketOwnerEnforced", "BucketOwnerPreferred", "ObjectWriter"),
	},
	"aws:s3/bucketPolicy:BucketPolicy": {jsonDocument("policy")},
	"aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2": {
		oneOf("objectLockEnabled", "Enabled"),
		oneOf("rule.defaultRetention.mode", "GOVERNANCE", "COMPLIANCE"),
		exactlyOne("rule.defaultRetention", "days", "years"),
		atLeast("rule.defaultRetention.days", 1),
		atLeast("rule.defaultRetention.years", 1),
	},
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2": {
		oneOf("rules[].status", "Enabled", "Disabled"),
		length("rules[].id", 1, 255),
		{"rules[].filter", oneInFilter},
		oneOf("rules[].transitions[].storageClass", storageClasses...),
		oneOf("rules[].noncurrentVersionTransitions[].storageClass", storageClasses...),
		atLeast("rules[].noncurrentVersionExpiration.noncurrentDays", 1),
		atLeast("rules[].abortIncompleteMultipartUpload.daysAfterInitiation", 1),
		matches("rules[].expiration.date", instant, "midnight UTC such as 2027-01-01T00:00:00Z"),
		matches("rules[].transitions[].date", instant, "midnight UTC such as 2027-01-01T00:00:00Z"),
		oneOf("transitionDefaultMinimumObjectSize", "all_storage_classes_128K", "varies_by_storage_class"),
	},
	"aws:s3/bucketReplicationConfig:BucketReplicationConfig": {
		arn("role"),
		elements("rules", 1, 1000),
		oneOf("rules[].status", "Enabled", "Disabled"),
		length("rules[].id", 0, 255),
		length("rules[].prefix", 0, 1024),
		{"rules[].filter", oneInFilter},
		arn("rules[].destination.bucket"),
		matches("rules[].destination.account", `^\d{12}$`, "an account id"),
		arn("rules[].destination.encryptionConfiguration.replicaKmsKeyId"),
		matches("rules[].destination.encryptionConfiguration.replicaKmsKeyId", `:key/`, "the ARN of a key; an alias is refused"),
		oneOf("rules[].destination.accessControlTranslation.owner", "Destination"),
		oneOf("rules[].destination.metrics.status", "Enabled", "Disabled"),
		oneOf("rules[].destination.replicationTime.status", "Enabled", "Disabled"),
		between("rules[].destination.metrics.eventThreshold.minutes", 10, 15),
		oneOfNumbers("rules[].destination.replicationTime.time.minutes", 15),
		oneOf("rules[].deleteMarkerReplication.status", "Enabled", "Disabled"),
		oneOf("rules[].existingObjectReplication.status", "Enabled", "Disabled"),
		oneOf("rules[].sourceSelectionCriteria.replicaModifications.status", "Enabled", "Disabled"),
		oneOf("rules[].sourceSelectionCriteria.sseKmsEncryptedObjects.status", "Enabled", "Disabled"),
		oneOf("rules[].destination.storageClass", append([]string{"STANDARD", "REDUCED_REDUNDANCY", "OUTPOSTS", "SNOW",
			"EXPRESS_ONEZONE"}, storageClasses...)...),
	},
	"aws:s3/bucketObjectv2:BucketObjectv2": {
		conflicts("", "source", "content", "contentBase64"),
		conflicts("", "content", "contentBase64"),
		conflicts("", "etag", "kmsKeyId"),
		length("key", 1, 1024),
		arn("kmsKeyId"),
		oneOf("objectLockMode", "GOVERNANCE", "COMPLIANCE"),
		oneOf("objectLockLegalHoldStatus", "ON", "OFF"),
		oneOf("serverSideEncryption", "AES256", "aws:fsx", "aws:kms", "aws:kms:dsse"),
		oneOf("checksumAlgorithm", "CRC32", "CRC32C", "CRC64NVME", "SHA1", "SHA256"),
	},
	"aws:secretsmanager/secret:Secret": {
		matches("name", `^[0-9A-Za-z/_+=.@-]+$`, "letters, digits and /_+=.@-"),
		length("name", 1, 512),
		conflicts("", "name", "namePrefix"),
		number("recoveryWindowInDays", "0 or 7 to 30", func(n float64) bool { return n == 0 || (n >= 7 && n <= 30) }),
		jsonDocument("policy"),
	},
	"aws:secretsmanager/secretVersion:SecretVersion": {conflicts("", "secretBinary", "secretString")},
	"aws:ssm/parameter:Parameter": {
		oneOf("type", "String", "StringList", "SecureString"),
		oneOf("tier", "Standard", "Advanced", "Intelligent-Tiering"),
		oneOf("dataType", "aws:ec2:image", "aws:ssm:integration", "text"),
		exactlyOne("", "value", "insecureValue"),
		length("name", 1, 2048),
		length("description", 0, 1024),
		length("allowedPattern", 0, 1024),
	},
}

// oneInFilter wants at most one element in a filter; "and" holds several.
func oneInFilter(filter resource.PropertyMap) []Failure {
	got := together(filter, []string{"and", "prefix", "tag", "objectSizeGreaterThan", "objectSizeLessThan"})
	if len(got) < 2 {
		return nil
	}
	return []Failure{{got[0], "is given together with " + got[1] + ": a filter holds one element or and"}}
}
