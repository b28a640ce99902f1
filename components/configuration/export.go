package configuration

import (
	"errors"
	"fmt"
	"net/netip"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/internal/podaccess"
	"redoubt/system"
)

// ExportType is part of every URN below an Export.
const ExportType = "redoubt:configuration:Export"

// ExportImage is the image of cmd/export, built by cmd/Dockerfile. A
// tag never moves, so a change of what the command does takes the next one.
const ExportImage = "redoubt/export:1"

// Exporter is the name of everything in the cluster that is the export's own. No agent is called so.
const Exporter = system.Exporter

// ObjectsPrefix is where one home's export may write, ObjectsKey what it writes:
// the Kubernetes objects of the agents as one List. Versions are what it said before.
func ObjectsPrefix(home system.Home) string { return "kubernetes/" + string(home) + "/" }

// ObjectsKey is the key of the home's Kubernetes objects.
func ObjectsKey(home system.Home) string { return ObjectsPrefix(home) + "objects.json" }

// ExportArgs configures an Export.
type ExportArgs struct {
	// Scope names the home. Required.
	Scope naming.Scope
	// Cluster is the home's cluster, Namespace where the agents run. Required.
	Cluster   pulumi.StringInput
	Namespace string
	// Bucket is the name of the home's configuration bucket, KeyArn the key of its objects. Required.
	Bucket, KeyArn pulumi.StringInput
	// Services are the ranges in which the API server and AWS's services answer. Required.
	Services []string
	// Homes are the networks of both homes: what is not outside. Required.
	Homes []string
}

// Export writes the home's Kubernetes objects into the configuration bucket once an hour.
type Export struct {
	pulumi.ResourceState

	// RoleArn is the role that the export has.
	RoleArn pulumi.StringOutput `pulumi:"roleArn"`
}

// NewExport registers the export under name. Options must carry the providers of
// the home's region and of its cluster, and wait for the namespace.
func NewExport(ctx *pulumi.Context, name string, args *ExportArgs, opts ...pulumi.ResourceOption) (*Export, error) {
	e, err := newExport(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("export %q: %w", name, err)
	}
	return e, nil
}

func newExport(ctx *pulumi.Context, name string, args *ExportArgs, opts []pulumi.ResourceOption) (*Export, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	e := &Export{}
	if err := ctx.RegisterComponentResourceV2(ExportType, name, pulumi.Map{
		"home": pulumi.String(a.Scope.Home), "namespace": pulumi.String(a.Namespace),
	}, e, opts...); err != nil {
		return nil, err
	}
	b := &exporter{ctx: ctx, name: name, args: a, component: e, who: podaccess.Account{
		Ctx: ctx, Parent: e, Resource: name, Called: Exporter, Namespace: a.Namespace,
	}}
	for _, step := range []func() error{b.access, b.network, b.job} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	return e, ctx.RegisterResourceOutputs(e, pulumi.Map{"roleArn": e.RoleArn})
}

// exporter declares the children of one component.
type exporter struct {
	ctx       *pulumi.Context
	name      string
	args      ExportArgs
	component *Export
	// who is the export to the cluster and to AWS.
	who podaccess.Account
	// before is what must stand before a pod starts.
	before []pulumi.Resource
}

func (args *ExportArgs) resolve() (ExportArgs, error) {
	if args == nil {
		return ExportArgs{}, errors.New("args are required")
	}
	a := *args
	var errs []error
	add := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	if a.Scope.System == "" || a.Scope.Region == "" || a.Scope.Account == "" || !a.Scope.Home.Valid() {
		add("scope is %+v, want a system, a home, a region and an account", a.Scope)
	}
	if a.Namespace == "" {
		add("namespace is required")
	}
	for _, in := range []struct {
		name  string
		value pulumi.StringInput
	}{{"cluster", a.Cluster}, {"bucket", a.Bucket}, {"keyArn", a.KeyArn}} {
		if in.value == nil {
			add("%s is required", in.name)
		}
	}
	for _, list := range []struct {
		name   string
		ranges []string
	}{{"services", a.Services}, {"homes", a.Homes}} {
		if len(list.ranges) == 0 {
			add("%s are empty", list.name)
		}
		for _, r := range list.ranges {
			if p, err := netip.ParsePrefix(r); err != nil || p != p.Masked() {
				add("%s have %q, want a range such as 10.40.0.0/16", list.name, r)
			}
		}
	}
	return a, errors.Join(errs...)
}
