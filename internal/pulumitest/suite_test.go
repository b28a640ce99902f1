package pulumitest

import (
	"os"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestSuite_passesAGoodComponent(t *testing.T) {
	t.Parallel()
	boxes("").Run(t)
}

func TestSuite_catchesBrokenComponents(t *testing.T) {
	t.Parallel()
	cases := []struct {
		fault string
		check func(Suite[boxArgs, *box], testing.TB)
		want  string
	}{
		{"parent", Suite[boxArgs, *box].tree, "main-versioning has no component as parent"},
		{"name", Suite[boxArgs, *box].tree, `"bucket" does not start with its component's name "main-"`},
		{"name", Suite[boxArgs, *box].differs, "children.golden differs"},
		{"name", Suite[boxArgs, *box].two, "does not start with its component's name"},
		{"parent", Suite[boxArgs, *box].two, "has no component as parent"},
		{"provider", Suite[boxArgs, *box].tree, `main-versioning does not use the provider "home"`},
		{"invoke", Suite[boxArgs, *box].tree, `aws:ec2/getSecurityGroups:getSecurityGroups does not use the provider "home"`},
		{"output", Suite[boxArgs, *box].tree, "output Arn (arn) is not set"},
		{"form", Suite[boxArgs, *box].tree, "main-policy policy is not in the form that AWS gives back"},
		{"grant", Suite[boxArgs, *box].tree, `action "s3:*" allows everything`},
		{"text", Suite[boxArgs, *box].tree, "read policy: "},
		{"closing", Suite[boxArgs, *box].tree, "registrations of outputs"},
		{"validation", Suite[boxArgs, *box].refusesFirst, "An error is expected but got nil"},
	}
	for _, c := range cases {
		t.Run(c.fault, func(t *testing.T) {
			t.Parallel()
			assert.Empty(t, faults(t, func(tb testing.TB) { c.check(boxes(""), tb) }), "the good component")
			assert.Contains(t, faults(t, func(tb testing.TB) { c.check(boxes(c.fault), tb) }), c.want)
		})
	}
}

func TestSuite_catchesAnUnexpectedChange(t *testing.T) {
	t.Parallel()
	s := boxes("")
	quiet := Change[boxArgs]{Mutate: func(a *boxArgs) { a.Bucket = "other" }, Want: []string{"main bucket"}}
	assert.Contains(t, faults(t, func(tb testing.TB) { s.change(tb, quiet) }), "main-bucket bucket")
	idle := Change[boxArgs]{Mutate: func(*boxArgs) {}, Want: []string{"main-bucket bucket"}}
	assert.Contains(t, faults(t, func(tb testing.TB) { s.change(tb, idle) }), "what the change touches")
}

func TestSuite_catchesAPreviewThatDiffers(t *testing.T) {
	t.Parallel()
	s := boxes("")
	good := s.New
	s.New = func(ctx *pulumi.Context, name string, args *boxArgs, opts ...pulumi.ResourceOption) (*box, error) {
		if !ctx.DryRun() {
			if _, err := s3.NewBucketV2(ctx, name+"-late", nil); err != nil {
				return nil, err
			}
		}
		return good(ctx, name, args, opts...)
	}
	assert.Contains(t, faults(t, s.runs), "main-late")
}

func TestDiff_namesWhatCameAndWent(t *testing.T) {
	t.Parallel()
	build := func(names ...string) *Recorder {
		return Run(t, func(ctx *pulumi.Context) error {
			for _, n := range names {
				if _, err := s3.NewBucketV2(ctx, n, nil); err != nil {
					return err
				}
			}
			return nil
		})
	}
	changed, replaced := Diff(build("a", "b"), build("b", "c"))
	assert.Equal(t, []string{"+c", "-a"}, changed)
	assert.Empty(t, replaced)
}

func TestDiff_tellsWhatAWSCannotChangeInPlace(t *testing.T) {
	t.Parallel()
	build := func(zone, status string) *Recorder {
		return Run(t, func(ctx *pulumi.Context) error {
			if _, err := ec2.NewSubnet(ctx, "subnet", &ec2.SubnetArgs{
				VpcId: pulumi.String("vpc-1"), AvailabilityZone: pulumi.String(zone),
				Tags: pulumi.StringMap{"zone": pulumi.String(zone)},
			}); err != nil {
				return err
			}
			_, err := s3.NewBucketVersioningV2(ctx, "versioning", &s3.BucketVersioningV2Args{
				Bucket:                  pulumi.String("b"),
				VersioningConfiguration: &s3.BucketVersioningV2VersioningConfigurationArgs{Status: pulumi.String(status)},
			})
			return err
		})
	}
	changed, replaced := Diff(build("eu-west-1a", "Enabled"), build("eu-west-1b", "Suspended"))
	assert.Equal(t, []string{"subnet availabilityZone", "subnet tags", "versioning versioningConfiguration"}, changed)
	assert.Equal(t, []string{"subnet availabilityZone"}, replaced)
}

func TestPaths_leadToWhatDiffers(t *testing.T) {
	t.Parallel()
	before := map[string]any{"a": []any{map[string]any{"x": 1, "y": 2}}, "b": []any{1}, "c": "same"}
	after := map[string]any{"a": []any{map[string]any{"x": 1, "y": 3}}, "b": []any{1, 2}, "c": "same", "d": true}
	assert.Equal(t, [][]string{{"p", "a", "y"}, {"p", "b"}, {"p", "d"}}, paths(before, after, "p"))
	assert.Empty(t, paths(before, before))
}

func TestRecorder_previewLeavesEveryOutputUnknown(t *testing.T) {
	t.Parallel()
	program := func(ctx *pulumi.Context) error {
		b, err := s3.NewBucketV2(ctx, "b", nil)
		if err != nil {
			return err
		}
		_, err = s3.NewBucketVersioningV2(ctx, "v", &s3.BucketVersioningV2Args{
			Bucket:                  b.ID(),
			VersioningConfiguration: &s3.BucketVersioningV2VersioningConfigurationArgs{Status: b.Arn},
		})
		return err
	}
	const versioning = "aws:s3/bucketVersioningV2:BucketVersioningV2"
	dry := Preview(t, program).Get(t, versioning, "v").Values()
	assert.Equal(t, "<unknown>", dry["bucket"])
	assert.Equal(t, map[string]any{"status": "<unknown>"}, dry["versioningConfiguration"])

	done := Run(t, program)
	v := done.Get(t, versioning, "v")
	assert.Equal(t, "b_id", v.Values()["bucket"])
	assert.True(t, v.DependsOn(done.Get(t, "aws:s3/bucketV2:BucketV2", "b")))
}

func TestRecorder_seesReadsCallsAndGivenOutputs(t *testing.T) {
	t.Parallel()
	var cidr string
	r := Run(t, func(ctx *pulumi.Context) error {
		p, err := aws.NewProvider(ctx, "home", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		vpc, err := ec2.GetVpc(ctx, "old", pulumi.ID("vpc-1"), nil, pulumi.Provider(p))
		if err != nil {
			return err
		}
		vpc.CidrBlock.ApplyT(func(c string) string { cidr = c; return c })
		_, err = ec2.GetSecurityGroups(ctx, &ec2.GetSecurityGroupsArgs{}, pulumi.Provider(p))
		return err
	}, WithOutputs("aws:ec2/vpc:Vpc", resource.PropertyMap{"cidrBlock": resource.NewProperty("10.9.0.0/16")}))
	old := r.Get(t, "aws:ec2/vpc:Vpc", "old")
	assert.True(t, old.Read)
	assert.False(t, old.Protected())
	assert.Contains(t, old.Provider, "::home::")
	assert.Equal(t, "10.9.0.0/16", cidr)
	assert.Equal(t, "aws:ec2/getSecurityGroups:getSecurityGroups", r.Calls()[0].Token)
	assert.Contains(t, faults(t, func(tb testing.TB) { r.Get(tb, "aws:ec2/vpc:Vpc", "new") }), `of that type: old`)
}

func TestGolden_wantsAFile(t *testing.T) {
	t.Parallel()
	want, err := os.ReadFile("testdata/children.golden")
	require.NoError(t, err)
	assert.Empty(t, faults(t, func(tb testing.TB) { compare(tb, "testdata/children.golden", string(want)) }))
	assert.Contains(t, faults(t, func(tb testing.TB) { compare(tb, "testdata/none.golden", "") }), "run the test with -update once")
}
