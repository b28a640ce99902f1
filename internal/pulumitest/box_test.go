package pulumitest

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/s3"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
)

// boxArgs say how to build a box, and which of its rules to break.
type boxArgs struct {
	Bucket, Status string
	Protect        bool
	Break          string
}

type box struct {
	pulumi.ResourceState

	Arn pulumi.StringOutput `pulumi:"arn"`
}

func newBox(ctx *pulumi.Context, name string, args *boxArgs, opts ...pulumi.ResourceOption) (*box, error) {
	if args == nil {
		return nil, errors.New("args are required")
	}
	if args.Bucket == "" && args.Break != "validation" {
		return nil, errors.New("bucket is empty")
	}
	b := &box{}
	if err := ctx.RegisterComponentResourceV2("redoubt:pulumitest:Box", name, pulumi.Map{
		"bucket": pulumi.String(args.Bucket), "status": pulumi.String(args.Status),
	}, b, opts...); err != nil {
		return nil, err
	}
	child, other := boxOptions(b, args, opts)
	bucketName := name + "-bucket"
	if args.Break == "name" {
		bucketName = "bucket"
	}
	bucket, err := s3.NewBucketV2(ctx, bucketName, &s3.BucketV2Args{Bucket: pulumi.String(args.Bucket)}, child...)
	if err != nil {
		return nil, err
	}
	if _, err := s3.NewBucketVersioningV2(ctx, name+"-versioning", &s3.BucketVersioningV2Args{
		Bucket: bucket.ID(), VersioningConfiguration: &s3.BucketVersioningV2VersioningConfigurationArgs{
			Status: pulumi.String(args.Status),
		},
	}, other...); err != nil {
		return nil, err
	}
	if err := boxPolicy(ctx, name, b, args); err != nil {
		return nil, err
	}
	if args.Break == "invoke" {
		if _, err := ec2.GetSecurityGroups(ctx, &ec2.GetSecurityGroupsArgs{}); err != nil {
			return nil, err
		}
	}
	if args.Break != "output" {
		b.Arn = bucket.Arn
	}
	if args.Break == "closing" {
		return b, nil
	}
	return b, ctx.RegisterResourceOutputs(b, pulumi.Map{"arn": bucket.Arn})
}

// boxPolicy gives the bucket a policy; in the broken forms it is not as AWS
// gives it back, or allows everything.
func boxPolicy(ctx *pulumi.Context, name string, b *box, args *boxArgs) error {
	text := iampolicy.Document{Statements: []iampolicy.Statement{iampolicy.TLSOnly("s3", "arn")}}.JSON()
	switch args.Break {
	case "form":
		text = strings.Replace(text, `"Resource":"arn"`, `"Resource":["arn"]`, 1)
	case "grant":
		text = strings.Replace(text, `"Deny"`, `"Allow"`, 1)
	case "text":
		text = `{"Statement": none}`
	}
	_, err := s3.NewBucketPolicy(ctx, name+"-policy", &s3.BucketPolicyArgs{
		Bucket: pulumi.String(args.Bucket), Policy: pulumi.String(text),
	}, pulumi.Parent(b))
	return err
}

func boxOptions(b *box, args *boxArgs, opts []pulumi.ResourceOption) (first, second []pulumi.ResourceOption) {
	first = []pulumi.ResourceOption{pulumi.Parent(b), pulumi.Protect(args.Protect)}
	second = []pulumi.ResourceOption{pulumi.Parent(b)}
	switch args.Break {
	case "parent":
		second = opts // the stack is the parent
	case "provider":
		second = nil // neither parent nor provider
	}
	return first, second
}

func boxes(fault string) Suite[boxArgs, *box] {
	return Suite[boxArgs, *box]{
		Args: func(n int) *boxArgs {
			return &boxArgs{Bucket: fmt.Sprintf("box-%d", n), Status: "Enabled", Break: fault}
		},
		New: newBox,
		Bad: []Bad[boxArgs]{{"an empty bucket", func(a *boxArgs) { a.Bucket = "" }, "bucket is empty"}},
		Changes: []Change[boxArgs]{
			{Name: "protect", Mutate: func(a *boxArgs) { a.Protect = true }, Want: []string{"main-bucket protect"}},
			{
				Name: "status", Mutate: func(a *boxArgs) { a.Status = "Suspended" },
				Want: []string{"main status", "main-versioning versioningConfiguration"},
			},
		},
	}
}

// differs is the golden check without its way to rewrite the file.
func (s Suite[A, C]) differs(t testing.TB) { compare(t, "testdata/children.golden", s.children(t)) }

func (s Suite[A, C]) refusesFirst(t testing.TB) { s.refuses(t, s.Bad[0]) }

// probe is a test that remembers its failures instead of failing.
type probe struct {
	testing.TB
	faults []string
}

// stopped is what FailNow of a probe throws.
type stopped struct{}

func (p *probe) Helper() {}
func (p *probe) Errorf(format string, args ...any) {
	p.faults = append(p.faults, fmt.Sprintf(format, args...))
}
func (p *probe) FailNow() { panic(stopped{}) }

// faults runs a check on a probe and returns what it found.
func faults(t *testing.T, check func(testing.TB)) string {
	t.Helper()
	p := &probe{TB: t}
	func() {
		defer func() {
			if r := recover(); r != nil {
				require.Equal(t, stopped{}, r)
			}
		}()
		check(p)
	}()
	return strings.Join(p.faults, "\n")
}
