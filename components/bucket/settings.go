package bucket

import (
	"maps"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
)

// abortDays is how long the parts of an upload that was never completed stay.
const abortDays = 7

// access declares who may reach the bucket: nobody from outside the account, no
// ACLs, nothing without TLS. The three wait for each other, because S3 answers
// 409 OperationAborted to settings that are written side by side.
func (d *declaration) access() error {
	block, err := s3.NewBucketPublicAccessBlock(d.ctx, d.name+"-public-access", &s3.BucketPublicAccessBlockArgs{
		Bucket:                d.id,
		BlockPublicAcls:       pulumi.Bool(true),
		BlockPublicPolicy:     pulumi.Bool(true),
		IgnorePublicAcls:      pulumi.Bool(true),
		RestrictPublicBuckets: pulumi.Bool(true),
	}, d.options()...)
	if err != nil {
		return err
	}
	owner, err := s3.NewBucketOwnershipControls(d.ctx, d.name+"-ownership", &s3.BucketOwnershipControlsArgs{
		Bucket: d.id,
		Rule:   s3.BucketOwnershipControlsRuleArgs{ObjectOwnership: pulumi.String("BucketOwnerEnforced")},
	}, d.options(pulumi.DependsOn([]pulumi.Resource{block}))...)
	if err != nil {
		return err
	}
	text, err := iampolicy.Document{Statements: append(slices.Clone(d.args.Allow),
		iampolicy.TLSOnly("s3", d.args.arn(), d.args.arn()+"/*"))}.Checked()
	if err != nil {
		return err
	}
	_, err = s3.NewBucketPolicy(d.ctx, d.name+"-policy", &s3.BucketPolicyArgs{
		Bucket: d.id,
		Policy: pulumi.String(text),
	}, d.options(pulumi.DependsOn([]pulumi.Resource{owner}))...)
	return err
}

// lock keeps new versions undeletable. Destroying the configuration is kept
// from AWS, which would time out on it and must not lift a lock anyway
// (github.com/hashicorp/terraform-provider-aws/issues/33943).
//
// An adopted bucket gets the configuration even without a rule: where locks are
// possible S3 replicates only to a bucket where they are too, and the peer's may
// be one that was created here.
func (d *declaration) lock() error {
	if !d.args.Lock && d.args.Adopt == nil {
		return nil
	}
	args := &s3.BucketObjectLockConfigurationV2Args{Bucket: d.id, ObjectLockEnabled: pulumi.String("Enabled")}
	if d.args.Lock {
		args.Rule = s3.BucketObjectLockConfigurationV2RuleArgs{
			DefaultRetention: s3.BucketObjectLockConfigurationV2RuleDefaultRetentionArgs{
				Mode: pulumi.String("GOVERNANCE"),
				Days: pulumi.Int(d.args.Retention.LockDays),
			},
		}
	}
	_, err := s3.NewBucketObjectLockConfigurationV2(d.ctx, d.name+"-lock", args,
		d.options(pulumi.RetainOnDelete(true), d.afterVersioning())...)
	return err
}

// lifecycle bounds what old versions cost: a noncurrent one stays as long as a
// restore may want it. Each rule has an explicit empty prefix, without which
// the next major version of the provider refuses it.
func (d *declaration) lifecycle() error {
	everything := s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String("")}
	rules := s3.BucketLifecycleConfigurationV2RuleArray{
		s3.BucketLifecycleConfigurationV2RuleArgs{
			Id:     pulumi.String("old-versions"),
			Status: pulumi.String("Enabled"),
			Filter: everything,
			NoncurrentVersionExpiration: s3.BucketLifecycleConfigurationV2RuleNoncurrentVersionExpirationArgs{
				NoncurrentDays: pulumi.Int(d.args.keepDays()),
			},
			Expiration: s3.BucketLifecycleConfigurationV2RuleExpirationArgs{
				ExpiredObjectDeleteMarker: pulumi.Bool(true),
			},
		},
		s3.BucketLifecycleConfigurationV2RuleArgs{
			Id:     pulumi.String("unfinished-uploads"),
			Status: pulumi.String("Enabled"),
			Filter: everything,
			AbortIncompleteMultipartUpload: s3.BucketLifecycleConfigurationV2RuleAbortIncompleteMultipartUploadArgs{
				DaysAfterInitiation: pulumi.Int(abortDays),
			},
		},
	}
	if d.args.ExpireDays > 0 { // S3 takes days and delete markers in two rules only
		rules = append(rules, s3.BucketLifecycleConfigurationV2RuleArgs{
			Id:         pulumi.String("end-of-life"),
			Status:     pulumi.String("Enabled"),
			Filter:     everything,
			Expiration: s3.BucketLifecycleConfigurationV2RuleExpirationArgs{Days: pulumi.Int(d.args.ExpireDays)},
		})
	}
	for n, prefix := range slices.Sorted(maps.Keys(d.args.Ends)) {
		rules = append(rules, s3.BucketLifecycleConfigurationV2RuleArgs{
			Id:         pulumi.Sprintf("end-of-some-%d", n+1),
			Status:     pulumi.String("Enabled"),
			Filter:     s3.BucketLifecycleConfigurationV2RuleFilterArgs{Prefix: pulumi.String(prefix)},
			Expiration: s3.BucketLifecycleConfigurationV2RuleExpirationArgs{Days: pulumi.Int(d.args.Ends[prefix])},
		})
	}
	_, err := s3.NewBucketLifecycleConfigurationV2(d.ctx, d.name+"-lifecycle", &s3.BucketLifecycleConfigurationV2Args{
		Bucket: d.id, Rules: rules,
	}, d.options(d.afterVersioning())...)
	return err
}

// notification sends the bucket's events to EventBridge, which the continuous
// backup of AWS Backup lives on:
// https://docs.aws.amazon.com/aws-backup/latest/devguide/s3-backups.html
func (d *declaration) notification() error {
	_, err := s3.NewBucketNotification(d.ctx, d.name+"-events", &s3.BucketNotificationArgs{
		Bucket:      d.id,
		Eventbridge: pulumi.Bool(true),
	}, d.options()...)
	return err
}

func (d *declaration) afterVersioning() pulumi.ResourceOption {
	return pulumi.DependsOn([]pulumi.Resource{d.versioned})
}
