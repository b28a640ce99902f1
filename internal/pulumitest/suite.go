package pulumitest

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"sort"
	"strings"
	"testing"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/schema"
)

var update = flag.Bool("update", false, "rewrite the golden files")

// Suite is the eight checks that every component passes; A is its args type
// and C the component.
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
	// Options are given to every run.
	Options []Option
}

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
	t.Run("runs for real and as a preview with every output unknown", s.testRuns)
	t.Run("two instances stand in one stack", s.testTwo)
	t.Run("tree, provider and outputs", s.testTree)
	t.Run("children match the golden file", s.testGolden)
	t.Run("nil args are refused", func(t *testing.T) {
		_, err := RunErr(s.program(nil, nil), s.Options...)
		require.ErrorContains(t, err, "args are required")
	})
	for _, bad := range s.Bad {
		t.Run("refuses "+bad.Name, func(t *testing.T) {
			args := s.Args(0)
			bad.Mutate(args)
			_, err := RunErr(s.program(args, nil), s.Options...)
			require.ErrorContains(t, err, bad.Want)
		})
	}
	for _, c := range s.Changes {
		t.Run("change of "+c.Name, func(t *testing.T) { s.testChange(t, c) })
	}
}

// program builds the component called "main" under an explicit provider.
func (s Suite[A, C]) program(args *A, see func(C)) pulumi.RunFunc {
	return func(ctx *pulumi.Context) error {
		p, err := aws.NewProvider(ctx, "home", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		c, err := s.New(ctx, "main", args, pulumi.Provider(p))
		if err == nil && see != nil {
			see(c)
		}
		return err
	}
}

func (s Suite[A, C]) testRuns(t *testing.T) {
	real := Run(t, s.program(s.Args(0), nil), s.Options...)
	dry := Preview(t, s.program(s.Args(0), nil), s.Options...)
	assert.Equal(t, names(real), names(dry), "a preview registers the same resources as an update")
}

func (s Suite[A, C]) testTwo(t *testing.T) {
	r := Run(t, func(ctx *pulumi.Context) error {
		p, err := aws.NewProvider(ctx, "home", &aws.ProviderArgs{Region: pulumi.String("eu-west-1")})
		if err != nil {
			return err
		}
		for n, name := range []string{"main", "main-copy"} {
			if _, err := s.New(ctx, name, s.Args(n), pulumi.Provider(p)); err != nil {
				return err
			}
		}
		return nil
	}, s.Options...)
	seen := map[string]bool{}
	for _, res := range r.All() {
		assert.False(t, seen[res.URN], "two resources are called %s", res.URN)
		seen[res.URN] = true
	}
	CheckTree(t, r)
}

func (s Suite[A, C]) testTree(t *testing.T) {
	r := Run(t, s.program(s.Args(0), func(c C) { CheckOutputs(t, c) }), s.Options...)
	CheckTree(t, r)
	for _, res := range r.Custom() {
		assert.Contains(t, res.Provider, "::home::", "%s %s does not use the home's provider", res.Type, res.Name)
	}
}

func (s Suite[A, C]) testGolden(t *testing.T) {
	r := Run(t, s.program(s.Args(0), nil), s.Options...)
	Golden(t, "children.golden", strings.Join(names(r), "\n")+"\n")
}

func (s Suite[A, C]) testChange(t *testing.T, c Change[A]) {
	before := Run(t, s.program(s.Args(0), nil), s.Options...)
	args := s.Args(0)
	c.Mutate(args)
	after := Run(t, s.program(args, nil), s.Options...)
	got, replaced := Diff(before, after)
	assert.Equal(t, sorted(c.Want), got, "what the change touches")
	assert.Equal(t, sorted(c.Replaces), replaced, "what the change replaces")
}

// Diff lists what differs between two recordings as "name property",
// "+name" and "-name", and which of these force a replacement.
func Diff(before, after *Recorder) (changed, replaced []string) {
	changed, replaced = []string{}, []string{}
	old, now := index(before), index(after)
	for key, b := range old {
		a, ok := now[key]
		if !ok {
			changed = append(changed, "-"+b.Name)
			continue
		}
		x, y := b.Values(), a.Values()
		for _, prop := range union(x, y) {
			if reflect.DeepEqual(x[prop], y[prop]) {
				continue
			}
			entry := b.Name + " " + prop
			changed = append(changed, entry)
			if typ, known := schema.Lookup(b.Type); known && typ.Replaces(prop) {
				replaced = append(replaced, entry)
			}
		}
	}
	for key, a := range now {
		if _, ok := old[key]; !ok {
			changed = append(changed, "+"+a.Name)
		}
	}
	return sorted(changed), sorted(replaced)
}

// CheckTree checks that each cloud resource's parent is a component and that
// its name starts with that component's name and a hyphen.
func CheckTree(t *testing.T, r *Recorder) {
	t.Helper()
	components := map[string]*Resource{}
	for _, res := range r.All() {
		if !res.Custom {
			components[res.URN] = res
		}
	}
	for _, res := range r.Custom() {
		parent, ok := components[res.Parent]
		if !assert.True(t, ok, "%s %s has no component as parent (parent %q)", res.Type, res.Name, res.Parent) {
			continue
		}
		assert.True(t, strings.HasPrefix(res.Name, parent.Name+"-"),
			"%s %q does not start with its component's name %q", res.Type, res.Name, parent.Name+"-")
	}
}

// CheckOutputs checks that every tagged field of a component is set.
func CheckOutputs(t *testing.T, component any) {
	t.Helper()
	v := reflect.Indirect(reflect.ValueOf(component))
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if tag, ok := f.Tag.Lookup("pulumi"); ok {
			assert.False(t, v.Field(i).IsZero(), "%s: output %s (%s) is not set", v.Type(), f.Name, tag)
		}
	}
}

// Golden compares text with a file in testdata; -update rewrites it.
func Golden(t *testing.T, file, got string) {
	t.Helper()
	path := filepath.Join("testdata", file)
	if *update {
		require.Empty(t, os.Getenv("CI"), "-update is refused in CI")
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(path, []byte(got), 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err, "run the test with -update once and read the new file")
	assert.Equal(t, string(want), got, "%s differs; a rename of a live resource needs an alias", path)
}

func names(r *Recorder) []string {
	out := []string{}
	for _, res := range r.All() {
		out = append(out, fmt.Sprintf("%s %s", res.Type, res.Name))
	}
	return out
}

func index(r *Recorder) map[string]*Resource {
	out := map[string]*Resource{}
	for _, res := range r.All() {
		out[res.URN] = res
	}
	return out
}

func union(a, b map[string]any) []string {
	set := map[string]bool{}
	for k := range a {
		set[k] = true
	}
	for k := range b {
		set[k] = true
	}
	out := make([]string, 0, len(set))
	for k := range set {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func sorted(in []string) []string {
	out := append([]string{}, in...)
	sort.Strings(out)
	return out
}
