// Package pipeline builds the roles that the repository's workflows have on AWS:
// one that looks, for previews, one that compares what stands with what is declared, and one for each home that updates
// it. GitHub tells AWS by OIDC which workflow asks, so there is no secret that could leak. It also builds the boundary
// of the roles that a home's updates make.
//
// The roles belong to no home and must be there before the first one is: the stack of the state makes them
// (docs/decisions/0013-the-state-has-a-stack-of-its-own.md).
package pipeline

import (
	"errors"
	"fmt"
	"regexp"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
	"redoubt/system"
)

// Type is part of every URN below a Pipeline.
const Type = "redoubt:pipeline:Pipeline"

// Args configures a Pipeline.
type Args struct {
	// Scope says whose roles they are. It has no home. Required.
	Scope naming.Scope
	// Repository is the repository on GitHub, as OWNER/NAME. Required.
	Repository string
	// Homes are the homes that are updated, each with its region. At least one.
	Homes []naming.Scope
	// StateBuckets are the names of the buckets of the Pulumi state. At least one.
	StateBuckets []string
	// Project is the Pulumi project of the homes' stacks, which are called as the homes are. Required.
	Project string
	// AdoptProvider is the ARN of GitHub's identity provider in the account, which can only have
	// one. Empty makes it.
	AdoptProvider string
}

// Pipeline is the roles of the repository's workflows.
type Pipeline struct {
	pulumi.ResourceState

	// PreviewRole is the ARN of the role that looks.
	PreviewRole pulumi.StringOutput `pulumi:"previewRole"`
	// DriftRole is the ARN of the role that compares what stands with what is declared.
	DriftRole pulumi.StringOutput `pulumi:"driftRole"`
	// RecordRole is the ARN of the role that leaves the records of drills and comparisons in the homes.
	RecordRole pulumi.StringOutput `pulumi:"recordRole"`
	// DeployRoles are the ARNs of the roles that update, by home.
	DeployRoles pulumi.StringMapOutput `pulumi:"deployRoles"`
}

// New registers the roles under name. IAM is global, so the region of the
// provider in opts does not matter.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Pipeline, error) {
	p, err := newPipeline(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("pipeline %q: %w", name, err)
	}
	return p, nil
}

func newPipeline(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Pipeline, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	p := &Pipeline{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"repository": pulumi.String(a.Repository),
	}, p, opts...); err != nil {
		return nil, err
	}
	b := &builder{ctx: ctx, name: name, args: a, parent: p}
	if err := b.provider(); err != nil {
		return nil, err
	}
	read, err := b.policy("read", "What a preview and an update look at", a.reads())
	if err != nil {
		return nil, err
	}
	if p.PreviewRole, err = b.look(a.preview(), read); err != nil {
		return nil, err
	}
	if p.DriftRole, err = b.look(a.drift(), read); err != nil {
		return nil, err
	}
	if p.RecordRole, err = b.record(); err != nil {
		return nil, err
	}
	arns := pulumi.StringMap{}
	for _, home := range a.Homes {
		if err := b.bound(home); err != nil {
			return nil, err
		}
		if arns[string(home.Home)], err = b.deploy(home, read); err != nil {
			return nil, err
		}
	}
	p.DeployRoles = arns.ToStringMapOutput()
	return p, ctx.RegisterResourceOutputs(p, pulumi.Map{
		"previewRole": p.PreviewRole, "driftRole": p.DriftRole, "recordRole": p.RecordRole,
		"deployRoles": p.DeployRoles,
	})
}

// builder is what the parts of one Pipeline share.
type builder struct {
	ctx    *pulumi.Context
	name   string
	args   Args
	parent *Pipeline
	// before is what the roles wait for: the provider that they trust, unless it is adopted.
	before []pulumi.Resource
}

// provider makes AWS know GitHub, unless it does. AWS needs no thumbprint: it trusts GitHub's certificate by
// its authority (https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_providers_create_oidc_verify-thumbprint.html).
func (b *builder) provider() error {
	if b.args.AdoptProvider != "" {
		return nil
	}
	made, err := iam.NewOpenIdConnectProvider(b.ctx, b.name+"-github", &iam.OpenIdConnectProviderArgs{
		Url: pulumi.String("https://" + issuer), ClientIdLists: pulumi.ToStringArray([]string{audience}),
	}, pulumi.Parent(b.parent))
	b.before = []pulumi.Resource{made}
	return err
}

var repositoryForm = regexp.MustCompile(`^[A-Za-z0-9-]+/[A-Za-z0-9._-]+$`)

func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	var errs []error
	add := func(format string, values ...any) { errs = append(errs, fmt.Errorf(format, values...)) }
	if a.Scope.System == "" || len(a.Scope.Account) != 12 {
		add("scope is %+v, want a system and an account", a.Scope)
	}
	if a.Scope.Home != "" {
		add("scope names the home %q, want none: the pipeline belongs to both", a.Scope.Home)
	}
	if !repositoryForm.MatchString(a.Repository) {
		add("repository is %q, want OWNER/NAME", a.Repository)
	}
	if a.Project == "" || len(a.StateBuckets) == 0 || slices.Contains(a.StateBuckets, "") {
		add("project is %q and state buckets are %q, want names", a.Project, a.StateBuckets)
	}
	if want := a.providerArn(); a.AdoptProvider != "" && a.AdoptProvider != want {
		add("adopted provider is %q, want %s", a.AdoptProvider, want)
	}
	return a, errors.Join(append(errs, a.checkHomes()...)...)
}

// checkHomes holds that no two homes share what tells their roles apart.
func (a Args) checkHomes() []error {
	var errs []error
	if len(a.Homes) == 0 {
		errs = append(errs, errors.New("homes are empty"))
	}
	for n, h := range a.Homes {
		if !h.Home.Valid() || h.Region == "" || h.System != a.Scope.System || h.Account != a.Scope.Account {
			errs = append(errs, fmt.Errorf("home is %+v, want a home of the system with its region", h))
		}
		if slices.ContainsFunc(a.Homes[:n], func(b naming.Scope) bool { return b.Home == h.Home || b.Region == h.Region }) {
			errs = append(errs, fmt.Errorf("home %s in %q: its name or region is used twice", h.Home, h.Region))
		}
	}
	return errs
}

// role names one of the pipeline's roles. It ends in no region, so that no
// home's role is called so and no deploy role can change it.
func (a Args) role(part string, home system.Home) string {
	return naming.Join(naming.RoleMax, a.Scope.System, "pipeline", part, string(home))
}

// policy makes a policy that roles share or that is too long to stand in one.
func (b *builder) policy(part, why string, doc iampolicy.Document) (*iam.Policy, error) {
	text, err := doc.Checked()
	if err != nil {
		return nil, fmt.Errorf("policy %s: %w", part, err)
	}
	return iam.NewPolicy(b.ctx, b.name+"-"+part+"-policy", &iam.PolicyArgs{
		Name:        pulumi.String(naming.Join(naming.PolicyMax, b.args.Scope.System, "pipeline", part)),
		Description: pulumi.String(why), Policy: pulumi.String(text),
	}, pulumi.Parent(b.parent))
}
