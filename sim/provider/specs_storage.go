package provider

var specsOfStorage = map[string]spec{
	"aws:secretsmanager/secret:Secret":               {kind: "AWS::SecretsManager::Secret", name: byName(512)},
	"aws:secretsmanager/secretVersion:SecretVersion": {kind: "AWS::SecretsManager::SecretVersion"},

	"aws:s3/bucketV2:BucketV2":                     {kind: "AWS::S3::Bucket", name: lowerName("bucket", "bucketPrefix", 63)},
	"aws:s3/bucketVersioningV2:BucketVersioningV2": {kind: "AWS::S3::BucketVersioning"},
	"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2": {kind: "AWS::S3::BucketEncryption"},
	"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock":                                     {kind: "AWS::S3::BucketPublicAccessBlock"},
	"aws:s3/bucketOwnershipControls:BucketOwnershipControls":                                     {kind: "AWS::S3::BucketOwnershipControls"},
	"aws:s3/bucketPolicy:BucketPolicy":                                                           {kind: "AWS::S3::BucketPolicy"},
	"aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2":                     {kind: "AWS::S3::BucketObjectLock"},
	"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2":                       {kind: "AWS::S3::BucketLifecycle"},
	"aws:s3/bucketReplicationConfig:BucketReplicationConfig":                                     {kind: "AWS::S3::BucketReplication"},
	"aws:s3/bucketNotification:BucketNotification":                                               {kind: "AWS::S3::BucketNotification"},
	"aws:s3/bucketObjectv2:BucketObjectv2":                                                       {kind: "AWS::S3::Object", name: &naming{property: "key", max: 1024, bare: true}},

	"aws:ssm/parameter:Parameter":                 {kind: "AWS::SSM::Parameter", name: byName(2048)},
	"aws:sns/topic:Topic":                         {kind: "AWS::SNS::Topic", name: byName(256)},
	"aws:sns/topicPolicy:TopicPolicy":             {kind: "AWS::SNS::TopicPolicy"},
	"aws:sns/topicSubscription:TopicSubscription": {kind: "AWS::SNS::Subscription"},
}
