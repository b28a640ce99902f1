package pulumitest

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/internals"
	"github.com/stretchr/testify/assert"
)

// CheckTree checks that each cloud resource's parent is a component and that
// its name starts with that component's name and a hyphen.
func CheckTree(t testing.TB, r *Recorder) {
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

// CheckProvider checks that each cloud resource and each invoke goes through
// the explicit provider of the given name, which its component inherits, and each object of
// Kubernetes through that of the home's cluster. An invoke without it would silently
// ask another region.
func CheckProvider(t testing.TB, r *Recorder, provider string) {
	t.Helper()
	for _, res := range r.Custom() {
		want := provider
		if strings.HasPrefix(res.Type, "kubernetes:") {
			want = clusterProvider
		}
		assert.Contains(t, res.Provider, "::"+want+"::", "%s %s does not use the provider %q", res.Type, res.Name, want)
	}
	for _, c := range r.Calls() {
		assert.Contains(t, c.Provider, "::"+provider+"::", "%s does not use the provider %q", c.Token, provider)
	}
}

// CheckClosed checks that every component has registered its outputs.
func CheckClosed(t testing.TB, r *Recorder) {
	t.Helper()
	want := 1 // the stack itself
	for _, res := range r.All() {
		if !res.Custom {
			want++
		}
	}
	assert.Equal(t, want, r.closed, "registrations of outputs, one for each component and one for the stack")
}

// CheckOutputs checks that every tagged field of a component is set. The SDK
// itself puts an output into each of them, which stands for nothing and depends
// on the component alone: one that is still there was never set.
func CheckOutputs(t testing.TB, component pulumi.Resource) {
	t.Helper()
	v := reflect.Indirect(reflect.ValueOf(component))
	for i := range v.NumField() {
		f := v.Type().Field(i)
		tag, ok := f.Tag.Lookup("pulumi")
		if !ok {
			continue
		}
		if !assert.True(t, f.IsExported(), "%s: output %s (%s) is not exported", v.Type(), f.Name, tag) {
			continue
		}
		set, err := isSet(component, v.Field(i))
		assert.NoError(t, err, "%s: output %s (%s)", v.Type(), f.Name, tag)
		assert.True(t, set, "%s: output %s (%s) is not set", v.Type(), f.Name, tag)
	}
}

func isSet(component pulumi.Resource, field reflect.Value) (bool, error) {
	if field.IsZero() {
		return false, nil
	}
	out, ok := field.Interface().(pulumi.Output)
	if !ok {
		return true, nil
	}
	got, err := internals.UnsafeAwaitOutput(context.Background(), out)
	return !slices.Contains(got.Dependencies, component), err
}

// names lists every registration as "type name".
func names(r *Recorder) []string {
	out := []string{}
	for _, res := range r.All() {
		out = append(out, fmt.Sprintf("%s %s", res.Type, res.Name))
	}
	return out
}

// twice lists the URNs that were registered more than once.
func twice(r *Recorder) []string {
	var out []string
	seen := map[string]bool{}
	for _, res := range r.All() {
		if seen[res.URN] {
			out = append(out, res.URN)
		}
		seen[res.URN] = true
	}
	return out
}
