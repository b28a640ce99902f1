//go:build program

package endtoend

import (
	"context"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/elasticache"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lb"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/rds"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/kubetest"
	"redoubt/tools/judge/report"
)

// slip is one thing that must not pass, and beside it what differs from it in
// that alone and must.
type slip struct {
	name, by, want string
	declare        func(ctx *pulumi.Context, wrong bool, o pulumi.ResourceOption) error
}

// either is the wrong text or the right one.
func either(wrong bool, bad, good string) pulumi.String {
	if wrong {
		return pulumi.String(bad)
	}
	return pulumi.String(good)
}

var slips = []slip{
	{"a bucket's name of 64 characters", "the upstream provider", "expected length of bucket to be in the range",
		func(ctx *pulumi.Context, wrong bool, o pulumi.ResourceOption) error {
			_, err := s3.NewBucketV2(ctx, "bucket", &s3.BucketV2Args{
				Bucket: either(wrong, strings.Repeat("b", 64), strings.Repeat("b", 63))}, o)
			return err
		}},
	{"a load balancer's name of 33 characters", "the upstream provider", "cannot be longer than 32 characters",
		func(ctx *pulumi.Context, wrong bool, o pulumi.ResourceOption) error {
			_, err := lb.NewLoadBalancer(ctx, "entry", &lb.LoadBalancerArgs{
				Name:    either(wrong, strings.Repeat("l", 33), strings.Repeat("l", 32)),
				Subnets: pulumi.StringArray{pulumi.String("subnet-1"), pulumi.String("subnet-2")}}, o)
			return err
		}},
	{"a database's version that never was", "the judge of what AWS offers", "'16.99' is not one that AWS has in eu-west-1",
		func(ctx *pulumi.Context, wrong bool, o pulumi.ResourceOption) error {
			_, err := rds.NewCluster(ctx, "database", &rds.ClusterArgs{
				Engine: pulumi.String("aurora-postgresql"), EngineVersion: either(wrong, "16.99", "16.6"),
				SkipFinalSnapshot: pulumi.Bool(true)}, o)
			return err
		}},
	{"a cache's version that never was", "the upstream provider", "For Valkey use <major>.<minor>",
		func(ctx *pulumi.Context, wrong bool, o pulumi.ResourceOption) error {
			_, err := elasticache.NewReplicationGroup(ctx, "cache", &elasticache.ReplicationGroupArgs{
				Description: pulumi.String("a cache"), Engine: pulumi.String("valkey"), NodeType: pulumi.String("cache.r7g.large"),
				EngineVersion: either(wrong, "5.0", "8.0")}, o)
			return err
		}},
	{"a policy with a misspelt action", "the judge of policies", `s3:GetObjekt`,
		func(ctx *pulumi.Context, wrong bool, o pulumi.ResourceOption) error {
			_, err := iam.NewPolicy(ctx, "reader", &iam.PolicyArgs{Policy: pulumi.Sprintf(
				`{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"%s","Resource":"arn:aws:s3:::books/*"}]}`,
				either(wrong, "s3:GetObjekt", "s3:GetObject"))}, o)
			return err
		}},
}

// TestSlips_areRefused brings each slip before the same engine, bridge and
// upstream provider as the program, and the same without the slip.
func TestSlips_areRefused(t *testing.T) {
	s := start(t)
	for _, one := range slips {
		t.Run(one.name, func(t *testing.T) {
			try(t, s, one, func(ctx *pulumi.Context) (pulumi.ProviderResource, error) {
				return aws.NewProvider(ctx, "home", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
			})
		})
	}
	t.Run(field.name, func(t *testing.T) {
		if err := kubetest.Missing(); err != nil {
			absent(t, err)
		}
		s.JudgeObjects(kubetest.Start(t, kubetest.Options{}).Try)
		try(t, s, field, func(ctx *pulumi.Context) (pulumi.ProviderResource, error) {
			return kubernetes.NewProvider(ctx, "cluster", &kubernetes.ProviderArgs{
				Kubeconfig: pulumi.String("server: https://ABCDEF.gr7.eu-west-1.eks.amazonaws.com")})
		})
	})
	report.Keep(t, sections(t), "12-slips", slipSection(append(slips, field)), report.Update())
}

// field is the slip in a Kubernetes object, which the program sends to the
// simulator and here to a real API server beside it.
var field = slip{"a field that Kubernetes does not have", "a real API server of Kubernetes", "maxUnavailabel",
	func(ctx *pulumi.Context, wrong bool, o pulumi.ResourceOption) error {
		var object struct{ pulumi.CustomResourceState }
		return ctx.RegisterResource("kubernetes:policy/v1:PodDisruptionBudget", "agents", pulumi.Map{
			"apiVersion": pulumi.String("policy/v1"), "kind": pulumi.String("PodDisruptionBudget"),
			"metadata": pulumi.Map{"name": pulumi.String("agents"), "namespace": pulumi.String("default")},
			"spec": pulumi.Map{
				"selector": pulumi.Map{"matchLabels": pulumi.Map{"app": pulumi.String("agents")}},
				string(either(wrong, "maxUnavailabel", "maxUnavailable")): pulumi.Int(1)},
		}, &object, o)
	}}

// try runs a program with the slip, which must fail and say why, and without it.
func try(t *testing.T, s *Session, one slip, provider func(*pulumi.Context) (pulumi.ProviderResource, error)) {
	t.Helper()
	run := func(wrong bool) error {
		stack, err := s.Stack(context.Background(), "slip", func(ctx *pulumi.Context) error {
			p, err := provider(ctx)
			if err != nil {
				return err
			}
			return one.declare(ctx, wrong, pulumi.Provider(p))
		}, map[string]any{})
		require.NoError(t, err)
		_, err = Preview(context.Background(), stack)
		return err
	}
	assert.NoError(t, run(false), "without the slip")
	err := run(true)
	if assert.Error(t, err, "with the slip") {
		assert.Contains(t, err.Error(), one.want)
		t.Logf("%s, by %s: %v", one.name, one.by, err)
	}
}

func slipSection(all []slip) string {
	var b strings.Builder
	b.WriteString(slipHeading)
	for _, one := range all {
		b.WriteString("| " + one.name + " | " + one.by + " |\n")
	}
	return b.String()
}

const slipHeading = `## What must not pass

Small programs go the same way, through the engine and the bridge, each with one slip and once more without it.

| Slip | Refused by |
| --- | --- |
`
