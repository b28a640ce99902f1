// Package programs runs one of Redoubt's own programs in a home's cluster: a Deployment in the
// agents' namespace with an account, a role that only its pods can have, and a network policy.
package programs

import (
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/internal/podaccess"
	"redoubt/inventory/objects"
)

// Type is part of every URN below a Program.
const Type = "redoubt:programs:Program"

const (
	// Prefix begins the name of everything in the cluster that is a program's own. No agent is called so.
	Prefix = "redoubt-"
	// FilesPath is where the files of a program are, StatePath where it may write. What stands there outlives the
	// container and not the pod.
	FilesPath = "/etc/redoubt"
	StatePath = "/var/lib/redoubt"
)

// Way is where a program may go: TCP ports of addresses.
type Way struct {
	// Ranges are where, Except which part of them not.
	Ranges, Except []string
	Ports          []int
}

// Args configures a Program.
type Args struct {
	// Scope names the home. Required.
	Scope naming.Scope
	// Part is what the program is called after Prefix, and its role after the system. Required.
	Part string
	// Cluster is the home's cluster, Namespace where the agents run. Required.
	Cluster   pulumi.StringInput
	Namespace string
	// Image is the program's, as system.yaml would name it: pulled from the home's own registry. Required.
	Image string
	// Arguments are the command's, Environment what it is told by name.
	Arguments   []string
	Environment map[string]pulumi.StringInput
	// Files are put below FilesPath, by name. A change of one starts new pods.
	Files map[string]pulumi.StringInput
	// AlivePort is where the program answers alive.Path (internal/alive). Required.
	AlivePort int
	// Replicas is how many pods run. Zero means 1.
	Replicas int
	// CPUMillis and MemoryMiB are what a pod asks for. Zero means 50 and 128.
	CPUMillis, MemoryMiB int
	// Allowed is the policy of the program's role as JSON. Required.
	Allowed pulumi.StringInput
	// Inside and Wide are what the program may read of its namespace and of the cluster.
	Inside, Wide []objects.Rule
	// Ways are where it may go, besides names and its own credentials.
	Ways []Way
}

// Program is one program of Redoubt that runs all the time.
type Program struct {
	pulumi.ResourceState

	// RoleArn is the role that the program has.
	RoleArn pulumi.StringOutput `pulumi:"roleArn"`
}

// Outside is the way to AWS's services at public addresses, and to what else answers over TLS: not within the homes.
func Outside(homes []string) Way {
	return Way{Ranges: []string{"0.0.0.0/0"}, Except: append(slices.Clone(homes), "169.254.0.0/16"), Ports: []int{443}}
}

// New registers the program under name. Options must carry the providers of the home's region and of its cluster,
// and wait for the namespace.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Program, error) {
	p, err := newProgram(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("program %q: %w", name, err)
	}
	return p, nil
}

func newProgram(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Program, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	p := &Program{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"home": pulumi.String(a.Scope.Home), "namespace": pulumi.String(a.Namespace), "part": pulumi.String(a.Part),
	}, p, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, component: p, who: podaccess.Account{
		Ctx: ctx, Parent: p, Resource: name, Called: Prefix + a.Part, Namespace: a.Namespace,
	}}
	for _, step := range []func() error{b.access, b.network, b.files, b.budget, b.deployment} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{"roleArn": p.RoleArn})
}

// builder declares the children of one program.
type builder struct {
	ctx       *pulumi.Context
	name      string
	args      Args
	component *Program
	// who is the program to the cluster and to AWS.
	who podaccess.Account
	// before is what must stand before a pod starts.
	before []pulumi.Resource
}

func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	for _, d := range []struct {
		n       *int
		without int
	}{{&a.Replicas, 1}, {&a.CPUMillis, 50}, {&a.MemoryMiB, 128}} {
		if *d.n == 0 {
			*d.n = d.without
		}
	}
	var errs []error
	add := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	if a.Scope.System == "" || a.Scope.Region == "" || a.Scope.Account == "" || !a.Scope.Home.Valid() {
		add("scope is %+v, want a system, a home, a region and an account", a.Scope)
	}
	for _, in := range []struct {
		name    string
		missing bool
	}{
		{"part", a.Part == ""}, {"namespace", a.Namespace == ""}, {"image", a.Image == ""},
		{"cluster", a.Cluster == nil}, {"allowed", a.Allowed == nil},
	} {
		if in.missing {
			add("%s is required", in.name)
		}
	}
	if a.Replicas < 1 || a.CPUMillis < 1 || a.MemoryMiB < 1 {
		add("%d replicas of %dm and %dMi, want more than nothing", a.Replicas, a.CPUMillis, a.MemoryMiB)
	}
	if a.AlivePort < 1024 || a.AlivePort > 65535 {
		add("alivePort is %d, want 1024 to 65535", a.AlivePort)
	}
	for _, name := range slices.Sorted(maps.Keys(a.Files)) {
		if name == "" || strings.ContainsAny(name, "/ ") {
			add("file %q, want a name without a folder", name)
		}
	}
	return a, errors.Join(append(errs, a.checkWays()...)...)
}

func (a Args) checkWays() []error {
	var errs []error
	for i, w := range a.Ways {
		if len(w.Ranges) == 0 || len(w.Ports) == 0 {
			errs = append(errs, fmt.Errorf("ways[%d] has no ranges or no ports", i))
		}
		for _, r := range slices.Concat(w.Ranges, w.Except) {
			if p, err := netip.ParsePrefix(r); err != nil || p != p.Masked() {
				errs = append(errs, fmt.Errorf("ways[%d] has %q, want a range such as 10.40.0.0/16", i, r))
			}
		}
	}
	return errs
}

// checked is the policy that the role gets: one that allows no more than it names.
func (a Args) checked() pulumi.StringOutput {
	return a.Allowed.ToStringOutput().ApplyT(func(text string) (string, error) {
		d, err := iampolicy.Parse(text)
		if err != nil {
			return "", err
		}
		return d.Checked()
	}).(pulumi.StringOutput)
}
