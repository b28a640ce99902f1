// Package pulumitest runs a piece of a Pulumi program on mocks, records every
// registration, and checks what each component of Redoubt must hold to.
package pulumitest

import (
	"fmt"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
)

// Project is the project name that recorded programs run under.
const Project = "redoubt"

// Resource is one recorded registration.
type Resource struct {
	Type, Name, URN, Parent string
	// Provider is the reference of the explicit provider, empty for the default one.
	Provider string
	Custom   bool
	Inputs   resource.PropertyMap
	// RPC is the whole request, for options such as protect and ignoreChanges.
	RPC *pulumirpc.RegisterResourceRequest
}

// Recorder is a mock monitor that remembers what was registered.
type Recorder struct {
	mu        sync.Mutex
	dry       bool
	resources []*Resource
	// Outputs gives extra outputs for a type, such as the state of a stack reference.
	outputs map[string]resource.PropertyMap
}

// Option changes how a program is run.
type Option func(*Recorder)

// WithOutputs makes every resource of the type answer with the given outputs
// besides its inputs.
func WithOutputs(typ string, out resource.PropertyMap) Option {
	return func(r *Recorder) { r.outputs[typ] = out }
}

// Run runs the program on mocks that answer like a cloud: an id and an ARN
// for each resource.
func Run(t *testing.T, program pulumi.RunFunc, opts ...Option) *Recorder {
	t.Helper()
	r, err := run(program, false, opts)
	require.NoError(t, err)
	return r
}

// RunErr runs the program like Run and returns its error.
func RunErr(program pulumi.RunFunc, opts ...Option) (*Recorder, error) {
	return run(program, false, opts)
}

// Preview runs the program as a dry run in which every output is unknown, so
// that a wait on one hangs visibly.
func Preview(t *testing.T, program pulumi.RunFunc, opts ...Option) *Recorder {
	t.Helper()
	r, err := run(program, true, opts)
	require.NoError(t, err)
	return r
}

func run(program pulumi.RunFunc, dry bool, opts []Option) (*Recorder, error) {
	r := &Recorder{dry: dry, outputs: map[string]resource.PropertyMap{}}
	for _, o := range opts {
		o(r)
	}
	err := pulumi.RunErr(program, pulumi.WithMocks(Project, "test", r),
		func(info *pulumi.RunInfo) { info.DryRun = dry })
	r.sort()
	return r, err
}

// NewResource records one registration and answers for the cloud.
func (r *Recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	rpc := args.RegisterRPC
	res := &Resource{
		Type: args.TypeToken, Name: args.Name, Provider: args.Provider,
		Custom: args.Custom, Inputs: args.Inputs, RPC: rpc,
	}
	if rpc != nil {
		res.Parent = rpc.GetParent()
	}
	res.URN = urnOf(res)
	r.mu.Lock()
	r.resources = append(r.resources, res)
	r.mu.Unlock()
	extra, known := r.outputs[args.TypeToken]
	if r.dry && !known {
		return "", resource.PropertyMap{}, nil
	}
	out := args.Inputs.Copy()
	if _, has := out["arn"]; !has && args.Custom {
		out["arn"] = resource.NewStringProperty("arn:aws:mock:eu-west-1:123456789012:" + args.Name)
	}
	for k, v := range extra {
		out[k] = v
	}
	return args.Name + "_id", out, nil
}

// Call answers an invoke with its own arguments.
func (r *Recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	if out, ok := r.outputs[args.Token]; ok {
		return out, nil
	}
	return args.Args, nil
}

// urnOf mirrors how the mock monitor builds URNs, so that parents can be matched.
func urnOf(res *Resource) string {
	typ := res.Type
	if parts := strings.Split(res.Parent, "::"); len(parts) == 4 && parts[2] != "pulumi:pulumi:Stack" {
		typ = parts[2] + "$" + typ
	}
	return fmt.Sprintf("urn:pulumi:test::%s::%s::%s", Project, typ, res.Name)
}

func (r *Recorder) sort() {
	sort.Slice(r.resources, func(i, j int) bool {
		a, b := r.resources[i], r.resources[j]
		if a.Type != b.Type {
			return a.Type < b.Type
		}
		return a.Name < b.Name
	})
}

// All returns every registration, sorted by type and name.
func (r *Recorder) All() []*Resource { return r.resources }

// Custom returns the registrations of cloud resources, providers and stack
// references left out.
func (r *Recorder) Custom() []*Resource {
	var out []*Resource
	for _, res := range r.resources {
		if res.Custom && !strings.HasPrefix(res.Type, "pulumi:") {
			out = append(out, res)
		}
	}
	return out
}

// OfType returns the registrations of one type, sorted by name.
func (r *Recorder) OfType(typ string) []*Resource {
	var out []*Resource
	for _, res := range r.resources {
		if res.Type == typ {
			out = append(out, res)
		}
	}
	return out
}

// Get returns the one registration of a type and name.
func (r *Recorder) Get(t *testing.T, typ, name string) *Resource {
	t.Helper()
	for _, res := range r.resources {
		if res.Type == typ && res.Name == name {
			return res
		}
	}
	var near []string
	for _, res := range r.OfType(typ) {
		near = append(near, res.Name)
	}
	require.Failf(t, "no such resource", "%s %q; of that type: %s", typ, name, strings.Join(near, ", "))
	return nil
}

// Values returns the inputs as plain Go values; an output stands as its value,
// a secret as its content.
func (res *Resource) Values() map[string]any { return plainMap(res.Inputs) }

func plainMap(m resource.PropertyMap) map[string]any {
	out := make(map[string]any, len(m))
	for k, v := range m {
		out[string(k)] = plain(v)
	}
	return out
}

func plain(v resource.PropertyValue) any {
	switch {
	case v.IsSecret():
		return plain(v.SecretValue().Element)
	case v.IsOutput():
		if !v.OutputValue().Known {
			return "<unknown>"
		}
		return plain(v.OutputValue().Element)
	case v.IsComputed():
		return "<unknown>"
	case v.IsArray():
		out := []any{}
		for _, e := range v.ArrayValue() {
			out = append(out, plain(e))
		}
		return out
	case v.IsObject():
		return plainMap(v.ObjectValue())
	case v.IsAsset(), v.IsArchive():
		return "<asset>"
	default:
		return v.V
	}
}
