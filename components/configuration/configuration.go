// Package configuration keeps what a home was made from as data: the stack's
// settings and the text of system.yaml, written by every update into a bucket that is versioned,
// encrypted, replicated to the other home and backed up. From these objects alone the stack can
// be rebuilt; stacks.Rebuilt reads them back.
package configuration

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/inventory"
	"redoubt/system"
)

// Type is part of every URN below a Configuration.
const Type = "redoubt:configuration:Configuration"

// Store is the name of the bucket's store: its plan, its restore test and its
// place in the inventory are called so.
const Store = "configuration"

// Retention is how long the configuration can be had back: continuously for 35 days, monthly for a year.
func Retention() system.Retention {
	return system.Retention{PITRDays: 35, DailyDays: 35, MonthlyDays: 365}
}

// SettingsKey and SystemKey are the keys of one home's objects. They carry the home,
// because the buckets replicate both ways: each holds both homes' configuration.
func SettingsKey(home system.Home) string { return "stacks/" + string(home) + "/settings.json" }

// SystemKey is the key of the text of system.yaml that the home was last updated from.
func SystemKey(home system.Home) string { return inventory.SystemKey(home) }

// Args configures a Configuration.
type Args struct {
	// Scope names the home. Required.
	Scope naming.Scope
	// Bucket is the name of the home's configuration bucket, KeyArn the key of its objects. Required.
	Bucket, KeyArn pulumi.StringInput
	// CopiedTo is the bucket in the other home that the objects replicate to, empty while there is
	// none. S3 replicates only what is written after the rule is there, so that the objects are written again
	// when it changes: https://docs.aws.amazon.com/AmazonS3/latest/userguide/replication-what-is-isnot-replicated.html.
	CopiedTo string
	// Settings are the stack's settings as JSON, without secrets; System is the
	// text of system.yaml. Equal settings give equal text, or every update would write. Required.
	Settings, System string
}

// Configuration is one home's configuration as objects.
type Configuration struct {
	pulumi.ResourceState

	// SettingsKey and SystemKey are where the two objects stand.
	SettingsKey pulumi.StringOutput `pulumi:"settingsKey"`
	SystemKey   pulumi.StringOutput `pulumi:"systemKey"`
}

// New registers the objects under name, in the region of the provider in opts,
// which must wait for the bucket's replication.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Configuration, error) {
	c, err := newConfiguration(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("configuration %q: %w", name, err)
	}
	return c, nil
}

func newConfiguration(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption,
) (*Configuration, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	c := &Configuration{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"home": pulumi.String(a.Scope.Home), "bucket": a.Bucket,
	}, c, opts...); err != nil {
		return nil, err
	}
	var metadata pulumi.StringMapInput
	if a.CopiedTo != "" {
		metadata = pulumi.StringMap{"copied-to": pulumi.String(a.CopiedTo)}
	}
	keep := func(part, key, content, typ string) (pulumi.StringOutput, error) {
		o, err := s3.NewBucketObjectv2(ctx, name+"-"+part, &s3.BucketObjectv2Args{
			Bucket: a.Bucket, Key: pulumi.String(key), Content: pulumi.String(content), ContentType: pulumi.String(typ),
			ServerSideEncryption: pulumi.String("aws:kms"), KmsKeyId: a.KeyArn, BucketKeyEnabled: pulumi.Bool(true),
			Metadata: metadata,
			// A destroy leaves what is needed to undo it.
		}, pulumi.Parent(c), pulumi.RetainOnDelete(true))
		if err != nil {
			return pulumi.StringOutput{}, err
		}
		return o.Key, nil
	}
	if c.SettingsKey, err = keep("settings", SettingsKey(a.Scope.Home), a.Settings, "application/json"); err != nil {
		return nil, err
	}
	if c.SystemKey, err = keep("system", SystemKey(a.Scope.Home), a.System, "application/yaml"); err != nil {
		return nil, err
	}
	return c, ctx.RegisterResourceOutputs(c, pulumi.Map{"settingsKey": c.SettingsKey, "systemKey": c.SystemKey})
}

func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	var errs []error
	if a.Scope.System == "" || a.Scope.Region == "" || !a.Scope.Home.Valid() {
		errs = append(errs, fmt.Errorf("scope is %+v, want a system, a home and a region", a.Scope))
	}
	for _, in := range []struct {
		name    string
		missing bool
	}{
		{"bucket", a.Bucket == nil}, {"keyArn", a.KeyArn == nil}, {"settings", a.Settings == ""}, {"system", a.System == ""},
	} {
		if in.missing {
			errs = append(errs, fmt.Errorf("%s is required", in.name))
		}
	}
	return a, errors.Join(errs...)
}
