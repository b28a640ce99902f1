package bucket

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
)

// rtcMinutes is the only threshold that replication time control knows:
// https://docs.aws.amazon.com/AmazonS3/latest/API/API_ReplicationTimeValue.html
const rtcMinutes = 15

// RuleID is the id of the one replication rule. It is a dimension of the
// replication metrics, so it never changes.
const RuleID = "to-peer"

// replication declares what leaves this bucket for the peer's. S3 gives up on
// an object that it may not replicate, without a word to the writer: the role's
// permissions are part of the promise.
func (d *declaration) replication(after ...pulumi.Resource) error {
	role, allowed, err := d.replicator()
	if err != nil {
		return err
	}
	_, err = s3.NewBucketReplicationConfig(d.ctx, d.name+"-replication", &s3.BucketReplicationConfigArgs{
		Bucket: d.id,
		Role:   role.Arn,
		Rules:  s3.BucketReplicationConfigRuleArray{d.rule()},
	}, d.options(pulumi.DependsOn(append(after, d.versioned, allowed)))...)
	return err
}

// rule is a rule of the second version: with filter, priority and delete
// marker setting. S3 refuses it when one of them is missing, and an older
// rule can neither replicate metadata back nor carry time control.
func (d *declaration) rule() s3.BucketReplicationConfigRuleArgs {
	on := pulumi.String("Enabled")
	return s3.BucketReplicationConfigRuleArgs{
		Id:       pulumi.String(RuleID),
		Status:   on,
		Priority: pulumi.Int(1),
		Filter:   s3.BucketReplicationConfigRuleFilterArgs{Prefix: pulumi.String("")},
		DeleteMarkerReplication: s3.BucketReplicationConfigRuleDeleteMarkerReplicationArgs{
			Status: on,
		},
		SourceSelectionCriteria: s3.BucketReplicationConfigRuleSourceSelectionCriteriaArgs{
			SseKmsEncryptedObjects: s3.BucketReplicationConfigRuleSourceSelectionCriteriaSseKmsEncryptedObjectsArgs{
				Status: on,
			},
			// Tags and locks that change on a replica come back to the original.
			ReplicaModifications: s3.BucketReplicationConfigRuleSourceSelectionCriteriaReplicaModificationsArgs{
				Status: on,
			},
		},
		Destination: s3.BucketReplicationConfigRuleDestinationArgs{
			Bucket:       pulumi.String(arnOf(d.args.peerBucket())),
			StorageClass: pulumi.String("STANDARD"),
			EncryptionConfiguration: s3.BucketReplicationConfigRuleDestinationEncryptionConfigurationArgs{
				ReplicaKmsKeyId: d.peerKey(),
			},
			ReplicationTime: s3.BucketReplicationConfigRuleDestinationReplicationTimeArgs{
				Status: on,
				Time:   s3.BucketReplicationConfigRuleDestinationReplicationTimeTimeArgs{Minutes: pulumi.Int(rtcMinutes)},
			},
			// Time control is refused without the metrics, and the RPO is read from them.
			Metrics: s3.BucketReplicationConfigRuleDestinationMetricsArgs{
				Status: on,
				EventThreshold: s3.BucketReplicationConfigRuleDestinationMetricsEventThresholdArgs{
					Minutes: pulumi.Int(rtcMinutes),
				},
			},
		},
	}
}

func (d *declaration) peerKey() pulumi.StringOutput {
	return keyIn(d.args.Peer.KeyArn, d.args.Peer.Region)
}

// replicator declares the role that S3 replicates with.
func (d *declaration) replicator() (*iam.Role, pulumi.Resource, error) {
	trust, err := iampolicy.Trust("s3.amazonaws.com").Checked()
	if err != nil {
		return nil, nil, err
	}
	role, err := iam.NewRole(d.ctx, d.name+"-replicator", &iam.RoleArgs{
		Name:             pulumi.String(d.args.Scope.Role("replicate-" + d.args.Name)),
		Description:      pulumi.Sprintf("Replicates %s to %s", d.args.physical(), d.args.peerBucket()),
		AssumeRolePolicy: pulumi.String(trust),
	}, d.options()...)
	if err != nil {
		return nil, nil, err
	}
	own := keyIn(d.args.KeyArn, d.args.Scope.Region)
	text := pulumi.All(own, d.peerKey()).ApplyT(func(keys []any) (string, error) {
		return d.args.permissions(keys[0].(string), keys[1].(string)).Checked()
	}).(pulumi.StringOutput)
	policy, err := iam.NewRolePolicy(d.ctx, d.name+"-replicator-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String("replicate"),
		Role:   role.Name,
		Policy: text,
	}, d.options()...)
	return role, policy, err
}

// permissions are what replication needs and nothing else. With bucket keys the
// encryption context is the bucket, not the object:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-config-for-kms-objects.html
func (a Args) permissions(ownKey, peerKey string) iampolicy.Document {
	from, to := a.arn(), arnOf(a.peerBucket())
	return iampolicy.Document{Statements: []iampolicy.Statement{
		{
			Sid:       "ReadSource",
			Actions:   []string{"s3:GetReplicationConfiguration", "s3:ListBucket"},
			Resources: []string{from},
		},
		{
			Sid: "ReadVersions",
			Actions: []string{
				"s3:GetObjectVersionForReplication", "s3:GetObjectVersionAcl", "s3:GetObjectVersionTagging",
				// Without these two a locked bucket does not replicate:
				// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-requirements.html
				"s3:GetObjectRetention", "s3:GetObjectLegalHold",
			},
			Resources: []string{from + "/*"},
		},
		{
			Sid:       "WriteReplicas",
			Actions:   []string{"s3:ReplicateObject", "s3:ReplicateDelete", "s3:ReplicateTags"},
			Resources: []string{to + "/*"},
		},
		keyUse("DecryptSource", ownKey, a.Scope.Region, from, "kms:Decrypt"),
		keyUse("EncryptReplicas", peerKey, a.Peer.Region, to, "kms:Encrypt", "kms:GenerateDataKey"),
	}}
}

// keyUse allows actions on a key through S3 of the region, for the bucket alone.
func keyUse(sid, key, region, bucket string, actions ...string) iampolicy.Statement {
	return iampolicy.Statement{
		Sid: sid, Actions: actions, Resources: []string{key},
		Conditions: map[string]map[string][]string{
			"StringLike": {
				"kms:ViaService":                   {"s3." + region + ".amazonaws.com"},
				"kms:EncryptionContext:aws:s3:arn": {bucket, bucket + "/*"},
			},
		},
	}
}
