//go:build engine

package provider

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/blang/semver"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optdestroy"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optup"
	"github.com/pulumi/pulumi/sdk/v3/go/common/tokens"
	"github.com/pulumi/pulumi/sdk/v3/go/common/workspace"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/sim/world"
)

// engineCLI finds the Pulumi CLI and says loudly when there is none.
func engineCLI(t *testing.T) auto.PulumiCommand {
	t.Helper()
	bin := os.Getenv("PULUMI_BIN")
	if bin == "" {
		found, err := exec.LookPath("pulumi")
		require.NoError(t, err, "THE ENGINE TESTS NEED THE PULUMI CLI: put it on PATH or name it in PULUMI_BIN")
		bin = found
	}
	root := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(root, "bin"), 0o755))
	require.NoError(t, os.Symlink(bin, filepath.Join(root, "bin", "pulumi")))
	cli, err := auto.NewPulumiCommand(&auto.PulumiCommandOptions{Root: root, Version: semver.MustParse("3.250.0"),
		SkipVersionCheck: true})
	require.NoError(t, err)
	return cli
}

// rig is a world, a server of it, and a stack that the real engine drives.
type rig struct {
	world *world.World
	stack auto.Stack

	mu  sync.Mutex
	ops []Operation
}

func newRig(t *testing.T, program pulumi.RunFunc) *rig {
	t.Helper()
	cli := engineCLI(t)
	r := &rig{world: world.New(world.Config{Seed: 7})}
	server, err := Serve(t.Context(), r.world, Options{Trace: func(o Operation) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.ops = append(r.ops, o)
	}})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, server.Close()) })
	backend := t.TempDir()
	r.stack, err = auto.UpsertStackInlineSource(context.Background(), "test", "engine", program, auto.Pulumi(cli),
		auto.Project(workspace.Project{
			Name:    tokens.PackageName("engine"),
			Runtime: workspace.NewProjectRuntimeInfo("go", nil),
			Backend: &workspace.ProjectBackend{URL: "file://" + backend},
		}),
		auto.EnvVars(map[string]string{
			"PULUMI_DEBUG_PROVIDERS":   server.Env(),
			"PULUMI_CONFIG_PASSPHRASE": "test",
			"PULUMI_SKIP_UPDATE_CHECK": "true",
			"PULUMI_HOME":              pulumitest.Home(t),
		}))
	require.NoError(t, err)
	return r
}

// count returns how often the world was asked for a verb since the last count.
func (r *rig) count(verb string) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	n := 0
	for _, o := range r.ops {
		if o.Verb == verb {
			n++
		}
	}
	return n
}

func (r *rig) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ops = nil
}

func (r *rig) up(t *testing.T) auto.UpResult {
	t.Helper()
	r.forget()
	res, err := r.stack.Up(context.Background(), optup.SuppressProgress())
	require.NoError(t, err)
	return res
}

func (r *rig) unchanged(t *testing.T, opts ...optpreview.Option) {
	t.Helper()
	res, err := r.stack.Preview(context.Background(), append(opts, optpreview.ExpectNoChanges(), optpreview.Diff())...)
	require.NoError(t, err, res.StdOut)
}

// settings are what the test changes between updates.
type settings struct {
	dns   bool
	cidr  string
	drift pulumi.StringMap
}

// home is one region's part of the test program.
func home(ctx *pulumi.Context, region, cidr string, s *settings) error {
	p, err := aws.NewProvider(ctx, region, &aws.ProviderArgs{
		Region:            pulumi.String(region),
		AllowedAccountIds: pulumi.StringArray{pulumi.String("123456789012")},
		DefaultTags:       &aws.ProviderDefaultTagsArgs{Tags: pulumi.StringMap{"system": pulumi.String("test")}},
	})
	if err != nil {
		return err
	}
	with := pulumi.Provider(p)
	who, err := aws.GetCallerIdentity(ctx, &aws.GetCallerIdentityArgs{}, pulumi.Provider(p))
	if err != nil {
		return err
	}
	vpc, err := ec2.NewVpc(ctx, region+"-vpc", &ec2.VpcArgs{CidrBlock: pulumi.String(cidr + ".0.0/16"),
		EnableDnsHostnames: pulumi.Bool(s.dns), Tags: s.drift}, with)
	if err != nil {
		return err
	}
	subnet, err := ec2.NewSubnet(ctx, region+"-subnet", &ec2.SubnetArgs{VpcId: vpc.ID(),
		CidrBlock: pulumi.String(cidr + s.cidr), AvailabilityZone: pulumi.String(region + "a")}, with)
	if err != nil {
		return err
	}
	bucket, err := s3.NewBucketV2(ctx, region+"-bucket", &s3.BucketV2Args{
		Bucket: pulumi.String(who.AccountId + "-" + region), ForceDestroy: pulumi.Bool(true)}, with)
	if err != nil {
		return err
	}
	if _, err := s3.NewBucketVersioningV2(ctx, region+"-versioning", &s3.BucketVersioningV2Args{Bucket: bucket.ID(),
		VersioningConfiguration: &s3.BucketVersioningV2VersioningConfigurationArgs{Status: pulumi.String("Enabled")},
	}, with); err != nil {
		return err
	}
	if _, err := iam.NewRole(ctx, region+"-role", &iam.RoleArgs{AssumeRolePolicy: pulumi.String(trust)}, with); err != nil {
		return err
	}
	secret, err := secretsmanager.NewSecret(ctx, region+"-secret", &secretsmanager.SecretArgs{
		RecoveryWindowInDays: pulumi.Int(0)}, with)
	if err != nil {
		return err
	}
	version, err := secretsmanager.NewSecretVersion(ctx, region+"-version", &secretsmanager.SecretVersionArgs{
		SecretId: secret.ID(), SecretString: pulumi.ToSecret(pulumi.String("hush")).(pulumi.StringOutput)}, with)
	if err != nil {
		return err
	}
	ctx.Export(region+"-vpc", vpc.Arn)
	ctx.Export(region+"-subnet", subnet.ID())
	ctx.Export(region+"-bucket", bucket.BucketRegionalDomainName)
	ctx.Export(region+"-secret", version.SecretString)
	ctx.Export(region+"-tags", vpc.TagsAll) //lint:ignore SA1019 it shows what the provider's default tags make of them
	return nil
}

func TestEngine_livesOfTwoRegions(t *testing.T) {
	t.Parallel()
	s := &settings{cidr: ".1.0/24"}
	r := newRig(t, func(ctx *pulumi.Context) error {
		if err := home(ctx, "eu-west-1", "10.0", s); err != nil {
			return err
		}
		return home(ctx, "eu-central-1", "10.1", s)
	})

	_, err := r.stack.Preview(context.Background())
	require.NoError(t, err)
	assert.Zero(t, r.count("create"), "a preview makes nothing")

	res := r.up(t)
	assert.Equal(t, 14, r.count("create"))
	for _, region := range []string{"eu-west-1", "eu-central-1"} {
		assert.Regexp(t, `^arn:aws:ec2:`+region+`:123456789012:vpc/vpc-0[0-9a-f]{16}$`, res.Outputs[region+"-vpc"].Value)
		assert.Equal(t, fmt.Sprintf("123456789012-%s.s3.%s.amazonaws.com", region, region),
			res.Outputs[region+"-bucket"].Value)
		assert.Equal(t, map[string]any{"system": "test"}, res.Outputs[region+"-tags"].Value)
		assert.True(t, res.Outputs[region+"-secret"].Secret)
		assert.Len(t, r.world.Find(region, "AWS::EC2::VPC", nil), 1)
	}

	r.unchanged(t)
	r.unchanged(t, optpreview.Refresh())

	s.dns, s.drift = true, pulumi.StringMap{"owner": pulumi.String("me")}
	first := r.world.Find("eu-west-1", "AWS::EC2::VPC", nil)[0].ID
	r.up(t)
	assert.Equal(t, 2, r.count("update"))
	assert.Equal(t, first, r.world.Find("eu-west-1", "AWS::EC2::VPC", nil)[0].ID, "updated in place")
	r.unchanged(t)

	s.cidr = ".2.0/24"
	r.up(t)
	assert.Equal(t, []int{2, 0, 2}, []int{r.count("create"), r.count("update"), r.count("delete")}, "subnets replaced")
	r.unchanged(t, optpreview.Refresh())

	lost := r.world.Find("eu-west-1", "AWS::EC2::Subnet", nil)[0]
	require.NoError(t, r.world.Delete("eu-west-1", lost.Kind, lost.ID))
	_, err = r.stack.Refresh(context.Background())
	require.NoError(t, err)
	r.up(t)
	assert.Equal(t, 1, r.count("create"), "what was lost is made again")

	_, err = r.stack.Destroy(context.Background(), optdestroy.SuppressProgress())
	require.NoError(t, err)
	for _, kind := range []string{"AWS::EC2::VPC", "AWS::EC2::Subnet", "AWS::S3::Bucket", "AWS::IAM::Role"} {
		assert.Empty(t, r.world.Find("", kind, nil), kind)
	}
}

func TestEngine_refusesWrongInputs(t *testing.T) {
	t.Parallel()
	r := newRig(t, func(ctx *pulumi.Context) error {
		p, err := aws.NewProvider(ctx, "p", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		_, err = ec2.NewVpc(ctx, "vpc", &ec2.VpcArgs{CidrBlock: pulumi.String("10.0.0.0/8")}, pulumi.Provider(p))
		return err
	})
	res, err := r.stack.Preview(context.Background())
	require.Error(t, err)
	assert.Contains(t, res.StdOut+err.Error(), "want a prefix of /16 to /28")
}

func TestEngine_makesThreeHundredResourcesFast(t *testing.T) {
	r := newRig(t, func(ctx *pulumi.Context) error {
		p, err := aws.NewProvider(ctx, "p", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		for i := range 300 {
			if _, err := iam.NewRole(ctx, fmt.Sprintf("role-%d", i), &iam.RoleArgs{
				AssumeRolePolicy: pulumi.String(trust)}, pulumi.Provider(p)); err != nil {
				return err
			}
		}
		return nil
	})
	res := r.up(t)
	assert.Equal(t, 300, r.count("create"))
	t.Logf("300 resources: %s to %s", res.Summary.StartTime, *res.Summary.EndTime)
	r.unchanged(t)
}
