package configuration_test

import (
	"fmt"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"

	"redoubt/components/configuration"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const object = "aws:s3/bucketObjectv2:BucketObjectv2"

func args(n int) *configuration.Args {
	return &configuration.Args{
		Scope: naming.Scope{
			System: fmt.Sprintf("agora%d", n), Home: system.Primary, Region: "eu-west-1", Account: "123456789012",
		},
		Bucket: pulumi.String("agora-configuration"), KeyArn: pulumi.String("arn:aws:kms:eu-west-1:123456789012:key/data"),
		Settings: `{"redoubt:home":"primary"}`, System: "name: agora\n",
	}
}

func TestConfiguration_component(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[configuration.Args, *configuration.Configuration]{
		Args: args, New: configuration.New,
		Bad: []pulumitest.Bad[configuration.Args]{
			{Name: "no home", Mutate: func(a *configuration.Args) { a.Scope.Home = "" }, Want: "want a system, a home"},
			{Name: "no bucket", Mutate: func(a *configuration.Args) { a.Bucket = nil }, Want: "bucket is required"},
			{Name: "no key", Mutate: func(a *configuration.Args) { a.KeyArn = nil }, Want: "keyArn is required"},
			{Name: "no settings", Mutate: func(a *configuration.Args) { a.Settings = "" }, Want: "settings is required"},
			{Name: "no system", Mutate: func(a *configuration.Args) { a.System = "" }, Want: "system is required"},
		},
		Changes: []pulumitest.Change[configuration.Args]{
			{
				Name: "a setting", Mutate: func(a *configuration.Args) { a.Settings = "{}" },
				Want: []string{"main-settings content"},
			},
			{
				Name: "system.yaml", Mutate: func(a *configuration.Args) { a.System = "name: agora\n#\n" },
				Want: []string{"main-system content"},
			},
			{
				Name: "the first copy", Mutate: func(a *configuration.Args) { a.CopiedTo = "agora-configuration-there" },
				Want: []string{"main-settings metadata", "main-system metadata"},
			},
			{
				Name: "the key", Mutate: func(a *configuration.Args) { a.KeyArn = pulumi.String("arn:aws:kms:eu-west-1:1:key/b") },
				Want: []string{"main-settings kmsKeyId", "main-system kmsKeyId"},
			},
			{
				Name: "the bucket", Mutate: func(a *configuration.Args) { a.Bucket = pulumi.String("other") },
				Want:     []string{"main bucket", "main-settings bucket", "main-system bucket"},
				Replaces: []string{"main-settings bucket", "main-system bucket"},
			},
		},
	}.Run(t)
}

func TestConfiguration_aDestroyLeavesTheObjects(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, func(ctx *pulumi.Context) error {
		_, err := configuration.New(ctx, "main", args(0))
		return err
	})
	for _, o := range r.OfType(object) {
		assert.True(t, o.RPC.GetRetainOnDelete(), "what was destroyed by mistake is rebuilt from %s", o.Name)
		v := o.Values()
		assert.Equal(t, []any{"aws:kms", "arn:aws:kms:eu-west-1:123456789012:key/data"},
			[]any{v["serverSideEncryption"], v["kmsKeyId"]}, "the home's own key, not the bucket's default of the day")
		assert.Contains(t, v["key"], "stacks/primary/", "both homes' objects stand in one bucket")
	}
}
