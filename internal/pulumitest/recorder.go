// Package pulumitest runs a piece of a Pulumi program on mocks, records every
// registration, and checks what each component of Redoubt must hold to.
package pulumitest

import (
	"fmt"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/emptypb"
)

// Project is the project name that recorded programs run under.
const Project = "redoubt"

// Resource is one recorded registration.
type Resource struct {
	Type, Name, URN, Parent string
	// Provider is the reference of the explicit provider, empty for the default one.
	Provider string
	Custom   bool
	// Read is true for something that exists already and is only looked up by id.
	Read   bool
	Inputs resource.PropertyMap
	// RPC is the whole request, for options such as protect and ignoreChanges; nil when Read.
	RPC *pulumirpc.RegisterResourceRequest
}

// Recorder is a mock monitor that remembers what was registered.
type Recorder struct {
	mu        sync.Mutex
	dry       bool
	resources []*Resource
	// outputs gives extra outputs for a type, such as the state of a stack reference.
	outputs map[string]resource.PropertyMap
	// closed counts the registrations of outputs: one by each component, one by the stack.
	closed int
	calls  []Call
	config map[string]string
}

// Call is one recorded invoke.
type Call struct {
	Token string
	// Provider is the reference of the explicit provider, empty for the default one.
	Provider string
}

// Option changes how a program is run.
type Option func(*Recorder)

// WithOutputs makes every resource of the type answer with the given outputs
// besides its inputs.
func WithOutputs(typ string, out resource.PropertyMap) Option {
	return func(r *Recorder) { r.outputs[typ] = out }
}

// WithOutputsOf is WithOutputs for the one resource of a type and name.
func WithOutputsOf(typ, name string, out resource.PropertyMap) Option {
	return func(r *Recorder) { r.outputs[typ+" "+name] = out }
}

// WithConfig gives the program its settings, with their namespaces.
func WithConfig(settings map[string]string) Option {
	return func(r *Recorder) { r.config = settings }
}

// Run runs the program on mocks that answer like a cloud: an id and an ARN
// for each resource.
func Run(t testing.TB, program pulumi.RunFunc, opts ...Option) *Recorder {
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
func Preview(t testing.TB, program pulumi.RunFunc, opts ...Option) *Recorder {
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
		func(info *pulumi.RunInfo) { info.DryRun, info.Config = dry, r.config })
	r.sort()
	return r, err
}

// NewResource records one registration and answers for the cloud.
func (r *Recorder) NewResource(args pulumi.MockResourceArgs) (string, resource.PropertyMap, error) {
	res := &Resource{
		Type: args.TypeToken, Name: args.Name, Provider: args.Provider,
		Custom: args.Custom, Inputs: args.Inputs, RPC: args.RegisterRPC,
	}
	switch {
	case args.RegisterRPC != nil:
		res.Parent = args.RegisterRPC.GetParent()
		res.Inputs = withUnknowns(args)
	case args.ReadRPC != nil:
		res.Parent, res.Custom, res.Read = args.ReadRPC.GetParent(), true, true
	}
	res.URN = urnOf(res)
	r.mu.Lock()
	r.resources = append(r.resources, res)
	r.mu.Unlock()
	id, out := r.answer(args, res.Custom)
	if res.Read {
		id = args.ID
	}
	return id, out, nil
}

// answer gives the id and the outputs of a resource: none in a preview, unless
// the test said what the type answers.
func (r *Recorder) answer(args pulumi.MockResourceArgs, custom bool) (string, resource.PropertyMap) {
	extra, known := r.outputs[args.TypeToken+" "+args.Name]
	if !known {
		extra, known = r.outputs[args.TypeToken]
	}
	if r.dry && !known {
		return "", resource.PropertyMap{}
	}
	out := args.Inputs.Copy()
	if _, has := out["arn"]; !has && custom {
		out["arn"] = resource.NewStringProperty("arn:aws:mock:eu-west-1:123456789012:" + args.Name)
	}
	for k, v := range extra {
		out[k] = v
	}
	return args.Name + "_id", out
}

// withUnknowns returns the inputs with the unknown ones, which the mock
// monitor leaves out.
func withUnknowns(args pulumi.MockResourceArgs) resource.PropertyMap {
	all, err := plugin.UnmarshalProperties(args.RegisterRPC.GetObject(), plugin.MarshalOptions{
		KeepUnknowns: true, KeepSecrets: true, KeepResources: true,
	})
	if err != nil {
		return args.Inputs
	}
	return all
}

// RegisterResourceOutputs counts the components that have registered their outputs.
func (r *Recorder) RegisterResourceOutputs() (*emptypb.Empty, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.closed++
	return &emptypb.Empty{}, nil
}

// Call answers an invoke with its own arguments.
func (r *Recorder) Call(args pulumi.MockCallArgs) (resource.PropertyMap, error) {
	r.mu.Lock()
	r.calls = append(r.calls, Call{Token: args.Token, Provider: args.Provider})
	r.mu.Unlock()
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

// Calls returns every invoke.
func (r *Recorder) Calls() []Call { return r.calls }

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
func (r *Recorder) Get(t testing.TB, typ, name string) *Resource {
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

// Protected reports whether the engine refuses to delete the resource.
func (res *Resource) Protected() bool { return res.RPC != nil && res.RPC.GetProtect() }

// DependsOn reports whether the resource waits for another one, either because
// it was told to or because it uses its outputs.
func (res *Resource) DependsOn(other *Resource) bool {
	return res.RPC != nil && slices.Contains(res.RPC.GetDependencies(), other.URN)
}
