// Package exampletest is what the example program registers in both homes, as
// the judges take it.
package exampletest

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/system"
	"redoubt/tests/example"
)

// Resource is one registration, in Pulumi names and plain values.
type Resource struct {
	Home        system.Home
	Token, Name string
	Inputs      map[string]any
}

// Registered runs the example system in both homes, each with the other in
// sight, and returns every resource of a provider.
func Registered(t *testing.T) []Resource {
	t.Helper()
	var out []Resource
	for _, home := range system.Homes {
		out = append(out, of(t, home, example.Record(t, home, example.System(t)))...)
	}
	return out
}

// Pipeline is what the stack of the state declares for the example's GitHub workflows.
func Pipeline(t *testing.T) []Resource { return of(t, "", example.Pipeline(t)) }

// Leased is what the primary declares with an arbiter.
func Leased(t *testing.T) []Resource { return of(t, system.Primary, example.Leased(t, system.Primary)) }

// Arbiter is what the stack of the third region declares.
func Arbiter(t *testing.T) []Resource { return of(t, "", example.Arbiter(t)) }

func of(t *testing.T, home system.Home, r *pulumitest.Recorder) (out []Resource) {
	t.Helper()
	for _, res := range r.Custom() {
		in := plain(resource.NewObjectProperty(res.Inputs), idsOf(r)).(map[string]any)
		out = append(out, Resource{Home: home, Token: res.Type, Name: res.Name, Inputs: in})
	}
	require.NotEmpty(t, out)
	return out
}

// ids are the forms of ids that upstream looks at.
var ids = map[string]string{"aws:ec2/launchTemplate:LaunchTemplate": "lt-0a1b2c3d4e5f60718"}

// idsOf maps the ids that the recorder made up to the forms that AWS uses.
func idsOf(r *pulumitest.Recorder) map[string]string {
	out := map[string]string{}
	for _, res := range r.Custom() {
		if id, known := ids[res.Type]; known {
			out[res.Name+"_id"] = id
		}
	}
	return out
}

// plain takes secrets and outputs off; unknown values are left out, and files
// are their paths.
func plain(v resource.PropertyValue, ids map[string]string) any {
	switch {
	case v.IsSecret():
		return plain(v.SecretValue().Element, ids)
	case v.IsOutput() && v.OutputValue().Known:
		return plain(v.OutputValue().Element, ids)
	case v.IsResourceReference():
		id, _ := v.ResourceReferenceValue().IDString()
		return id
	case v.IsArray():
		out := []any{}
		for _, one := range v.ArrayValue() {
			out = append(out, plain(one, ids))
		}
		return out
	case v.IsObject():
		out := map[string]any{}
		for key, one := range v.ObjectValue() {
			if p := plain(one, ids); p != nil {
				out[string(key)] = p
			}
		}
		return out
	case v.IsArchive(), v.IsAsset():
		return "file.zip"
	case v.IsBool():
		return v.BoolValue()
	case v.IsNumber():
		return v.NumberValue()
	case v.IsString():
		if id, made := ids[v.StringValue()]; made {
			return id
		}
		return v.StringValue()
	}
	return nil
}
