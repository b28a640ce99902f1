package pulumitest

import (
	"cmp"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi-kubernetes/sdk/v4/go/kubernetes"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Suite is the eight checks that every component passes; A is its args type
// and C the component:
//
//  1. it runs, really and as a preview in which every output is unknown;
//  2. two of it stand in one stack;
//  3. each child has a component as parent and a name that starts with the parent's;
//  4. each child and each call goes through the home's provider, or that of its cluster;
//  5. nil and bad args are refused, and nothing is registered then;
//  6. every tagged output is set and registered;
//  7. the children are those of the golden file;
//  8. a change of an argument touches what it should and replaces what AWS cannot change.
//
// Besides, its policies have the form that AWS gives back and allow no more
// than they name.
type Suite[A any, C pulumi.Resource] struct {
	// Args returns args that are valid and differ for each n, so that two
	// instances can stand in one stack.
	Args func(n int) *A
	// New is the component's constructor.
	New func(ctx *pulumi.Context, name string, args *A, opts ...pulumi.ResourceOption) (C, error)
	// Bad are the args that must be refused.
	Bad []Bad[A]
	// Changes are what each argument changes.
	Changes []Change[A]
	// Golden is the file in testdata that lists the children; empty means
	// children.golden. A package with two suites names one of them.
	Golden string
	// Options are given to every run.
	Options []Option
	// Cluster gives the component the provider of the home's cluster too.
	Cluster bool
}

// clusterProvider is the provider of the home's cluster.
const clusterProvider = "home-cluster"

// Bad is one change that makes args invalid.
type Bad[A any] struct {
	Name   string
	Mutate func(*A)
	// Want is a part of the error.
	Want string
}

// Change is one valid change of args, and what it may touch.
type Change[A any] struct {
	Name   string
	Mutate func(*A)
	// Want lists "resource-name property", "+resource-name" or "-resource-name".
	Want []string
	// Replaces lists the entries of Want that AWS cannot change in place.
	Replaces []string
}

// Run runs the checks as subtests.
func (s Suite[A, C]) Run(t *testing.T) {
	check := func(name string, f func(testing.TB)) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f(t)
		})
	}
	check("runs for real and as a preview with every output unknown", s.runs)
	check("two instances stand in one stack", s.two)
	check("tree, provider, policies and outputs", s.tree)
	check("children match the golden file", s.golden)
	check("nil args are refused", func(t testing.TB) {
		_, err := RunErr(s.program(nil, nil), s.Options...)
		require.ErrorContains(t, err, "args are required")
	})
	for _, bad := range s.Bad {
		check("refuses "+bad.Name, func(t testing.TB) { s.refuses(t, bad) })
	}
	for _, c := range s.Changes {
		check("change of "+c.Name, func(t testing.TB) { s.change(t, c) })
	}
}

// Program builds the component called "main" under the suite's providers.
func (s Suite[A, C]) Program(args *A) pulumi.RunFunc { return s.program(args, nil) }

// program builds the component called "main" under an explicit provider.
func (s Suite[A, C]) program(args *A, see func(C)) pulumi.RunFunc {
	return s.stack(func(ctx *pulumi.Context, home pulumi.ResourceOption) error {
		c, err := s.New(ctx, "main", args, home)
		if err == nil && see != nil {
			see(c)
		}
		return err
	})
}

func (s Suite[A, C]) stack(build func(*pulumi.Context, pulumi.ResourceOption) error) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		p, err := aws.NewProvider(ctx, "home", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		if !s.Cluster {
			return build(ctx, pulumi.Provider(p))
		}
		k, err := kubernetes.NewProvider(ctx, clusterProvider, &kubernetes.ProviderArgs{})
		if err != nil {
			return err
		}
		return build(ctx, pulumi.Providers(p, k))
	}
}

func (s Suite[A, C]) runs(t testing.TB) {
	done := Run(t, s.program(s.Args(0), nil), s.Options...)
	dry := Preview(t, s.program(s.Args(0), nil), s.Options...)
	assert.Equal(t, names(done), names(dry), "a preview registers the same resources as an update")
}

func (s Suite[A, C]) two(t testing.TB) {
	r := Run(t, s.stack(func(ctx *pulumi.Context, home pulumi.ResourceOption) error {
		for n, name := range []string{"main", "main-copy"} {
			if _, err := s.New(ctx, name, s.Args(n), home); err != nil {
				return err
			}
		}
		return nil
	}), s.Options...)
	for _, urn := range twice(r) {
		assert.Fail(t, "two resources are called "+urn)
	}
	CheckTree(t, r)
}

func (s Suite[A, C]) tree(t testing.TB) {
	r := Run(t, s.program(s.Args(0), func(c C) { CheckOutputs(t, c) }), s.Options...)
	CheckTree(t, r)
	CheckProvider(t, r, "home")
	CheckPolicies(t, r)
	CheckClosed(t, r)
}

func (s Suite[A, C]) golden(t testing.TB) {
	Golden(t, cmp.Or(s.Golden, "children.golden"), s.children(t))
}

func (s Suite[A, C]) children(t testing.TB) string {
	return strings.Join(names(Run(t, s.program(s.Args(0), nil), s.Options...)), "\n") + "\n"
}

func (s Suite[A, C]) refuses(t testing.TB, bad Bad[A]) {
	args := s.Args(0)
	bad.Mutate(args)
	r, err := RunErr(s.program(args, nil), s.Options...)
	require.ErrorContains(t, err, bad.Want)
	assert.Empty(t, r.Custom(), "refused args register nothing")
}

func (s Suite[A, C]) change(t testing.TB, c Change[A]) {
	before := Run(t, s.program(s.Args(0), nil), s.Options...)
	args := s.Args(0)
	c.Mutate(args)
	after := Run(t, s.program(args, nil), s.Options...)
	got, replaced := Diff(before, after)
	assert.Equal(t, sorted(c.Want), got, "what the change touches")
	assert.Equal(t, sorted(c.Replaces), replaced, "what the change replaces")
}
