package catalog

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/sqs"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
)

var storageRows = []row{
	{"aws:s3/bucketV2:BucketV2", "aws_s3_bucket", s3.BucketV2Args{}, s3.BucketV2State{}},
	{"aws:s3/bucketVersioningV2:BucketVersioningV2", "aws_s3_bucket_versioning", s3.BucketVersioningV2Args{}, s3.BucketVersioningV2State{}},
	{"aws:s3/bucketServerSideEncryptionConfigurationV2:BucketServerSideEncryptionConfigurationV2", "aws_s3_bucket_server_side_encryption_configuration", s3.BucketServerSideEncryptionConfigurationV2Args{}, s3.BucketServerSideEncryptionConfigurationV2State{}},
	{"aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock", "aws_s3_bucket_public_access_block", s3.BucketPublicAccessBlockArgs{}, s3.BucketPublicAccessBlockState{}},
	{"aws:s3/bucketOwnershipControls:BucketOwnershipControls", "aws_s3_bucket_ownership_controls", s3.BucketOwnershipControlsArgs{}, s3.BucketOwnershipControlsState{}},
	{"aws:s3/bucketPolicy:BucketPolicy", "aws_s3_bucket_policy", s3.BucketPolicyArgs{}, s3.BucketPolicyState{}},
	{"aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2", "aws_s3_bucket_object_lock_configuration", s3.BucketObjectLockConfigurationV2Args{}, s3.BucketObjectLockConfigurationV2State{}},
	{"aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", "aws_s3_bucket_lifecycle_configuration", s3.BucketLifecycleConfigurationV2Args{}, s3.BucketLifecycleConfigurationV2State{}},
	{"aws:s3/bucketReplicationConfig:BucketReplicationConfig", "aws_s3_bucket_replication_configuration", s3.BucketReplicationConfigArgs{}, s3.BucketReplicationConfigState{}},
	{"aws:s3/bucketNotification:BucketNotification", "aws_s3_bucket_notification", s3.BucketNotificationArgs{}, s3.BucketNotificationState{}},
	{"aws:s3/bucketObjectv2:BucketObjectv2", "aws_s3_object", s3.BucketObjectv2Args{}, s3.BucketObjectv2State{}},
	{"aws:ssm/parameter:Parameter", "aws_ssm_parameter", ssm.ParameterArgs{}, ssm.ParameterState{}},
	{"aws:sqs/queue:Queue", "aws_sqs_queue", sqs.QueueArgs{}, sqs.QueueState{}},
	{"aws:sqs/queuePolicy:QueuePolicy", "aws_sqs_queue_policy", sqs.QueuePolicyArgs{}, sqs.QueuePolicyState{}},
	{"aws:ecr/repository:Repository", "aws_ecr_repository", ecr.RepositoryArgs{}, ecr.RepositoryState{}},
	{"aws:ecr/repositoryPolicy:RepositoryPolicy", "aws_ecr_repository_policy", ecr.RepositoryPolicyArgs{}, ecr.RepositoryPolicyState{}},
	{"aws:ecr/lifecyclePolicy:LifecyclePolicy", "aws_ecr_lifecycle_policy", ecr.LifecyclePolicyArgs{}, ecr.LifecyclePolicyState{}},
	{"aws:ecr/replicationConfiguration:ReplicationConfiguration", "aws_ecr_replication_configuration", ecr.ReplicationConfigurationArgs{}, ecr.ReplicationConfigurationState{}},
	{"aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate", "aws_ecr_repository_creation_template", ecr.RepositoryCreationTemplateArgs{}, ecr.RepositoryCreationTemplateState{}},
}
