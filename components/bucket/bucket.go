// Package bucket declares one home's bucket of a store: versioned, encrypted,
// locked when asked, and replicated to the same store's bucket in the other home.
//
// Each home declares its own bucket and the replication that leaves it, so the
// two homes together replicate both ways. Replication needs the other home's
// bucket to exist: the secondary sets Peer in its first update, the primary in
// its second. S3 never replicates a replica again, so the two rules make no loop:
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-for-metadata-changes.html
package bucket

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// Type is part of every URN below a Bucket. Changing it replaces live buckets
// unless New also gains an alias for the old type.
const Type = "redoubt:bucket:Bucket"

// KeyTag is the tag that names the key of a bucket's objects.
const KeyTag = "redoubt:key"

// Bucket is one home's bucket of a store. A write is acknowledged when S3 has
// answered it in the home that took it; it reaches the other home within 15
// minutes for 99.9 percent of objects (the replication time control of
// https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-time-control.html).
type Bucket struct {
	pulumi.ResourceState

	// Bucket is the physical name.
	Bucket pulumi.StringOutput `pulumi:"bucket"`
	// Arn is the bucket's ARN.
	Arn pulumi.StringOutput `pulumi:"arn"`

	declaration *declaration
}

// Replicate declares the replication to a bucket that the same program makes,
// and that is not there yet when New runs. It waits until that one keeps versions, and not for
// the whole of it: that would include its own replication back, and the two would wait for each other.
func (b *Bucket) Replicate(peer Peer, to *Bucket) error {
	d := b.declaration
	if d.args.Peer != nil {
		return fmt.Errorf("bucket %q replicates to %s already", d.name, d.args.peerBucket())
	}
	d.args.Peer = &peer
	if err := errors.Join(d.args.checkPeer()...); err != nil {
		return fmt.Errorf("bucket %q: %w", d.name, err)
	}
	return d.replication(to.declaration.versioned)
}

// New registers the bucket under name. The region comes from the AWS provider
// in opts, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Bucket, error) {
	b, err := build(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("bucket %q: %w", name, err)
	}
	return b, nil
}

func build(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Bucket, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	c := &Bucket{}
	if err := ctx.RegisterComponentResourceV2(Type, name, a.inputs(), c, opts...); err != nil {
		return nil, err
	}
	d := &declaration{ctx: ctx, name: name, args: a, parent: c}
	if err := d.declare(); err != nil {
		return nil, err
	}
	c.Bucket, c.Arn, c.declaration = d.id, d.arn, d
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"bucket": c.Bucket, "arn": c.Arn})
}

// declaration carries what the parts of one bucket share while they are registered.
type declaration struct {
	ctx    *pulumi.Context
	name   string
	args   Args
	parent pulumi.Resource
	// id is the bucket's name once the bucket exists, arn its ARN.
	id, arn pulumi.StringOutput
	// versioned is what needs a versioned bucket waits for.
	versioned pulumi.Resource
}

func (d *declaration) declare() error {
	steps := []func() error{d.bucket, d.versioning, d.encryption, d.access, d.lock, d.lifecycle, d.notification}
	if d.args.Peer != nil {
		steps = append(steps, func() error { return d.replication() })
	}
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// options returns the options of a part: its parent and, for an adopted
// bucket, that destroying the stack leaves the setting where it is.
func (d *declaration) options(more ...pulumi.ResourceOption) []pulumi.ResourceOption {
	all := []pulumi.ResourceOption{pulumi.Parent(d.parent)}
	if d.args.Adopt != nil {
		all = append(all, pulumi.RetainOnDelete(true))
	}
	return append(all, more...)
}

// bucket declares the bucket itself, unless one is adopted. Object lock is
// always possible on it, because it cannot be made so later without a
// replacement; whether objects are locked is the lock configuration's matter.
func (d *declaration) bucket() error {
	a := d.args
	if a.Adopt != nil {
		d.id = pulumi.String(a.physical()).ToStringOutput()
		d.arn = pulumi.String(a.arn()).ToStringOutput()
		return nil
	}
	b, err := s3.NewBucketV2(d.ctx, d.name+"-bucket", &s3.BucketV2Args{
		Bucket:            pulumi.String(a.physical()),
		ObjectLockEnabled: pulumi.Bool(true),
		// A locked bucket is never emptied by a destroy: the provider would
		// bypass the lock to do it.
		ForceDestroy: pulumi.Bool(!a.Protect && !a.Lock),
		// The tag makes the bucket depend on the key of its data: a destroy that
		// has to leave the bucket leaves the key too.
		Tags: pulumi.StringMap{KeyTag: a.KeyArn},
	}, d.options(pulumi.Protect(a.Protect))...)
	if err != nil {
		return err
	}
	d.id, d.arn = b.Bucket, b.Arn
	return nil
}

// versioning keeps every version. A destroy does not suspend it: it goes with
// the bucket, and S3 refuses to suspend it where objects can be locked.
func (d *declaration) versioning() error {
	v, err := s3.NewBucketVersioningV2(d.ctx, d.name+"-versioning", &s3.BucketVersioningV2Args{
		Bucket: d.id,
		VersioningConfiguration: s3.BucketVersioningV2VersioningConfigurationArgs{
			Status: pulumi.String("Enabled"),
		},
	}, d.options(pulumi.Protect(d.args.Protect), pulumi.RetainOnDelete(true))...)
	d.versioned = v
	return err
}

// byDefault is the encryption of an object whose writer names none.
type byDefault = s3.BucketServerSideEncryptionConfigurationV2RuleApplyServerSideEncryptionByDefaultArgs

// encryption makes the home's own key the default. The bucket key spares a
// call of KMS for each object.
func (d *declaration) encryption() error {
	_, err := s3.NewBucketServerSideEncryptionConfigurationV2(d.ctx, d.name+"-encryption",
		&s3.BucketServerSideEncryptionConfigurationV2Args{
			Bucket: d.id,
			Rules: s3.BucketServerSideEncryptionConfigurationV2RuleArray{
				s3.BucketServerSideEncryptionConfigurationV2RuleArgs{
					ApplyServerSideEncryptionByDefault: byDefault{
						SseAlgorithm:   pulumi.String("aws:kms"),
						KmsMasterKeyId: keyIn(d.args.KeyArn, d.args.Scope.Region).ToStringPtrOutput(),
					},
					BucketKeyEnabled: pulumi.Bool(true),
				},
			},
		}, d.options()...)
	return err
}
