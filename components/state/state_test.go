package state_test

import (
	"strconv"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/state"
	"redoubt/internal/naming"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const replicationType = "aws:s3/bucketReplicationConfig:BucketReplicationConfig"

func args(n int) *state.Args {
	return &state.Args{
		Scope:  naming.Scope{System: "agora" + strconv.Itoa(n), Region: "eu-west-1", Account: "123456789012"},
		Stacks: []string{"primary", "secondary"},
	}
}

func keyArn(region string) resource.PropertyMap {
	return resource.PropertyMap{"arn": resource.NewStringProperty("arn:aws:kms:" + region + ":123456789012:key/mrk-1")}
}

func TestState_component(t *testing.T) {
	t.Parallel()
	pulumitest.Suite[state.Args, *state.State]{
		Args: args, New: state.New,
		Options: []pulumitest.Option{pulumitest.WithOutputs("aws:kms/key:Key", keyArn("eu-west-1"))},
		Bad: []pulumitest.Bad[state.Args]{
			{Name: "no region", Mutate: func(a *state.Args) { a.Scope.Region = "" }, Want: "want a system, a region"},
			{Name: "no account", Mutate: func(a *state.Args) { a.Scope.Account = "1" }, Want: "and an account"},
			{
				Name: "a home", Mutate: func(a *state.Args) { a.Scope.Home = system.Primary },
				Want: "the state belongs to both",
			},
			{Name: "no stacks", Mutate: func(a *state.Args) { a.Stacks = nil }, Want: "stacks are empty"},
			{
				Name: "a stack twice", Mutate: func(a *state.Args) { a.Stacks = []string{"primary", "primary"} },
				Want: `stack "primary" is empty or named twice`,
			},
			{
				Name: "other keys", Mutate: func(a *state.Args) { a.Of = map[string]pulumi.StringOutput{"primary": {}} },
				Want: `of has the keys of ["primary"]`,
			},
		},
		Changes: []pulumitest.Change[state.Args]{{
			Name: "a stack more", Mutate: func(a *state.Args) { a.Stacks = append(a.Stacks, "arbiter") },
			Want: []string{"main stacks", "+main-key-arbiter", "+main-key-arbiter-alias"},
		}},
	}.Run(t)
}

// both is the whole: the state in one region, its copy in the other.
func both(ctx *pulumi.Context) error {
	made := map[string]*state.State{}
	for _, at := range []struct{ name, region string }{{"state", "eu-central-1"}, {"copy", "eu-west-1"}} {
		p, err := aws.NewProvider(ctx, at.name, &aws.ProviderArgs{Region: pulumi.String(at.region)})
		if err != nil {
			return err
		}
		a := args(0)
		a.Scope.Region = at.region
		if first := made["state"]; first != nil {
			a.Of = first.Keys
		}
		if made[at.name], err = state.New(ctx, at.name, a, pulumi.Provider(p)); err != nil {
			return err
		}
	}
	return state.Join(made["state"], made["copy"])
}

func standing(t *testing.T) *pulumitest.Recorder {
	t.Helper()
	r := pulumitest.Run(t, both, pulumitest.WithOutputs("aws:kms/key:Key", keyArn("eu-central-1")),
		pulumitest.WithOutputs("aws:kms/replicaKey:ReplicaKey", keyArn("eu-west-1")))
	pulumitest.CheckTree(t, r)
	pulumitest.CheckPolicies(t, r)
	return r
}

func TestState_replicatesBothWaysWithItsKeys(t *testing.T) {
	t.Parallel()
	r := standing(t)
	for from, to := range map[string]string{"state": "eu-west-1", "copy": "eu-central-1"} {
		v := r.Get(t, replicationType, from+"-bucket-replication").Values()
		rule := v["rules"].([]any)[0].(map[string]any)
		dest := rule["destination"].(map[string]any)
		assert.Equal(t, "arn:aws:s3:::agora0-state-123456789012-"+to, dest["bucket"])
		assert.Equal(t, "arn:aws:kms:"+to+":123456789012:key/mrk-1",
			dest["encryptionConfiguration"].(map[string]any)["replicaKmsKeyId"])
		depends := strings.Join(r.Get(t, replicationType, from+"-bucket-replication").RPC.GetDependencies(), " ")
		assert.Contains(t, depends, map[string]string{"state": "copy", "copy": "state"}[from]+"-bucket-versioning")
		assert.NotContains(t, depends, "-bucket-replication", "the two would wait for each other")
		assert.Equal(t, "Enabled", rule["deleteMarkerReplication"].(map[string]any)["status"],
			"a lock that is released must not stay in the copy")
	}
	for _, of := range []string{"", "-primary", "-secondary"} {
		replica := r.Get(t, "aws:kms/replicaKey:ReplicaKey", "copy-key"+of)
		assert.Equal(t, "arn:aws:kms:eu-central-1:123456789012:key/mrk-1", replica.Values()["primaryKeyArn"])
		here := r.Get(t, "aws:kms/alias:Alias", "state-key"+of+"-alias").Values()["name"]
		assert.Equal(t, "alias/agora0-state"+of, here)
		assert.Equal(t, here, r.Get(t, "aws:kms/alias:Alias", "copy-key"+of+"-alias").Values()["name"])
	}
}

func TestState_isKeptAndLocked(t *testing.T) {
	t.Parallel()
	r := standing(t)
	for _, name := range []string{"state", "copy"} {
		lock := r.Get(t, "aws:s3/bucketObjectLockConfigurationV2:BucketObjectLockConfigurationV2", name+"-bucket-lock").Values()
		retention := lock["rule"].(map[string]any)["defaultRetention"].(map[string]any)
		assert.Equal(t, map[string]any{"mode": "GOVERNANCE", "days": 7.0}, retention)
		life := r.Get(t, "aws:s3/bucketLifecycleConfigurationV2:BucketLifecycleConfigurationV2", name+"-bucket-lifecycle")
		old := life.Values()["rules"].([]any)[0].(map[string]any)["noncurrentVersionExpiration"]
		assert.Equal(t, map[string]any{"noncurrentDays": 90.0}, old)
		assert.Contains(t, r.Get(t, "aws:s3/bucketPolicy:BucketPolicy", name+"-bucket-policy").Values()["policy"],
			"aws:SecureTransport")
	}
	for _, res := range r.Custom() {
		if res.Type != "pulumi:providers:aws" {
			assert.True(t, res.RPC.GetProtect(), "%s %s is protected", res.Type, res.Name)
		}
	}
}

func TestJoin_refusesTheSameRegionAndASecondTime(t *testing.T) {
	t.Parallel()
	run := func(region string, join func(a, b *state.State) error) error {
		_, err := pulumitest.RunErr(func(ctx *pulumi.Context) error {
			p, err := aws.NewProvider(ctx, "home", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
			require.NoError(t, err)
			var made []*state.State
			for n, r := range []string{"eu-west-1", region} {
				a := args(n)
				a.Scope.Region = r
				s, err := state.New(ctx, "at"+strconv.Itoa(n), a, pulumi.Provider(p))
				require.NoError(t, err)
				made = append(made, s)
			}
			return join(made[0], made[1])
		}, pulumitest.WithOutputs("aws:kms/key:Key", keyArn("eu-west-1")))
		return err
	}
	require.ErrorContains(t, run("eu-west-1", state.Join), `peer.region is "eu-west-1", want another region`)
	var second error
	_ = run("eu-central-1", func(a, b *state.State) error { // the mocks' keys are all of one region
		require.NoError(t, state.Join(a, b))
		second = state.Join(a, b)
		return nil
	})
	assert.ErrorContains(t, second, "replicates to agora1-state-123456789012-eu-central-1 already")
}
