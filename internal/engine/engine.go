// Package engine drives a Pulumi program on the simulated regions in this
// process, by the rules of the real engine, which it stands in for where no CLI
// should be needed (a forecast) and where a question has to be asked hundreds of
// times: what would the next update do if one entry of an ignore list were missing. It knows creations,
// updates, reads and deletions; a replacement is reported and never carried
// out. What it says is held against the real engine in tests/engine.
package engine

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"google.golang.org/protobuf/types/known/structpb"

	"redoubt/sim/provider"
)

// Project is the project name that programs run under.
const Project = "redoubt"

// Engine holds the stacks of one simulated cloud.
type Engine struct {
	Cloud provider.Cloud

	mu     sync.Mutex
	stacks map[string]*Stack
}

// New returns an engine without stacks.
func New(cloud provider.Cloud) *Engine { return &Engine{Cloud: cloud, stacks: map[string]*Stack{}} }

// Fork returns an engine with the same stacks over another cloud, usually a
// fork of the world.
func (e *Engine) Fork(cloud provider.Cloud) *Engine {
	e.mu.Lock()
	defer e.mu.Unlock()
	out := New(cloud)
	for name, s := range e.stacks {
		c := *s
		c.engine, c.Config, c.resources = out, maps.Clone(s.Config), maps.Clone(s.resources)
		c.providers = maps.Clone(s.providers)
		out.stacks[name] = &c
	}
	return out
}

// Stack is one stack and its state.
type Stack struct {
	Name string
	// Project is the project that the program runs under; empty means Project.
	Project string
	// Config are the settings with their namespaces; Secrets names the secret ones.
	Config  map[string]string
	Secrets []string
	Program pulumi.RunFunc
	// Dropped are entries of ignore lists that runs leave out, to see what they are for.
	Dropped []Entry

	engine *Engine
	// resources are the custom resources by URN. An entry is never changed in place.
	resources map[resource.URN]*Resource
	// providers are the settings of the stack's providers.
	providers map[resource.URN]*structpb.Struct
	outputs   resource.PropertyMap
	made      int
}

// Resource is one custom resource as the state holds it.
type Resource struct {
	URN             resource.URN
	ID              string
	Inputs, Outputs resource.PropertyMap
	Protect         bool
	// Ignore are the properties whose changes the program ignores.
	Ignore []string

	provider resource.URN
	order    int
}

// Type is the resource's type token.
func (r *Resource) Type() string { return string(r.URN.Type()) }

// Add puts a stack under the engine.
func (e *Engine) Add(s *Stack) *Stack {
	e.mu.Lock()
	defer e.mu.Unlock()
	s.engine, s.resources, s.providers = e, map[resource.URN]*Resource{}, map[resource.URN]*structpb.Struct{}
	e.stacks[s.Name] = s
	return s
}

// Stack returns the stack with the name, nil when there is none.
func (e *Engine) Stack(name string) *Stack {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.stacks[name]
}

// Op is what a step does to a resource.
type Op string

// The operations of a step.
const (
	Create  Op = "create"
	Update  Op = "update"
	Replace Op = "replace"
	Delete  Op = "delete"
	// Import takes over what exists.
	Import Op = "import"
)

// Step is one change of one resource.
type Step struct {
	Op  Op
	URN resource.URN
	// Properties are the top-level properties that differ, Replaces those that
	// cannot be changed in place.
	Properties, Replaces []string
}

// String is the step on one line.
func (s Step) String() string {
	return fmt.Sprintf("%s %s %s %v", s.Op, s.URN.Type(), s.URN.Name(), s.Properties)
}

// Result is what a run did or would do.
type Result struct {
	Steps []Step
	// Without tells, by type and ignored property, what the run would do if that
	// one entry were not ignored. Only a preview asks.
	Without map[Entry][]Step
}

// Entry is one entry of an ignore list.
type Entry struct{ Type, Property string }

// Of returns the steps with an operation.
func (r Result) Of(op Op) []Step {
	return slices.DeleteFunc(slices.Clone(r.Steps), func(s Step) bool { return s.Op != op })
}

// Up updates the stack.
func (s *Stack) Up(ctx context.Context) (Result, error) { return s.run(ctx, false) }

// Preview tells what Up would do, and what it would do without each ignored property.
func (s *Stack) Preview(ctx context.Context) (Result, error) { return s.run(ctx, true) }

// run executes the program once against the stack's state.
func (s *Stack) run(ctx context.Context, dry bool) (Result, error) {
	r, err := newRun(s, dry)
	if err != nil {
		return Result{}, err
	}
	defer r.close()
	info := pulumi.RunInfo{
		Project: s.project(), Stack: s.Name, Organization: "organization", Config: s.Config,
		ConfigSecretKeys: s.Secrets, DryRun: dry, MonitorAddr: r.address, EngineAddr: r.address, Parallel: 16,
	}
	c, err := pulumi.NewContext(ctx, info)
	if err != nil {
		return Result{}, err
	}
	err = errors.Join(pulumi.RunWithContext(c, s.Program), c.Close())
	if err = errors.Join(err, r.fault()); err != nil {
		return r.result, fmt.Errorf("%s: %w", s.Name, err)
	}
	err = r.removeRest(ctx)
	slices.SortFunc(r.result.Steps, func(a, b Step) int {
		return cmp.Or(strings.Compare(string(a.URN), string(b.URN)), strings.Compare(string(a.Op), string(b.Op)))
	})
	return r.result, err
}

func (s *Stack) project() string { return cmp.Or(s.Project, Project) }

// Resources returns the custom resources, sorted by URN.
func (s *Stack) Resources() []*Resource {
	var out []*Resource
	for _, urn := range slices.Sorted(maps.Keys(s.resources)) {
		out = append(out, s.resources[urn])
	}
	return out
}

// Edit gives every resource of the state to change, which returns the resource
// to keep in its place.
func (s *Stack) Edit(change func(Resource) Resource) {
	for urn, r := range s.resources {
		c := change(*r)
		s.resources[urn] = &c
	}
}
