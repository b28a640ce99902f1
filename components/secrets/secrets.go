// Package secrets keeps what agents need to call the services outside: one
// secret for each dependency, in each home its own.
//
// A home's secret is no replica of the other's. It can be changed while the
// other region is lost, a bad value or a deletion stays in one home, and its ARN
// outlives failover and failback; a replica must be promoted before it can be
// changed, and cannot be made one again without being deleted
// (https://docs.aws.amazon.com/secretsmanager/latest/userguide/standalone-secret.html).
//
// It has no resource policy: without one nobody outside the account reads it, and
// inside, the agents' roles say who may.
package secrets

import (
	"errors"
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/system"
)

// Type is part of every URN below a Secrets. Changing it replaces live secrets
// unless New also gains an alias for the old type.
const Type = "redoubt:secrets:Secrets"

// windowDays is how long a deleted secret can be restored, AWS's longest:
// https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_DeleteSecret.html
const windowDays = 30

// Args configures a Secrets.
type Args struct {
	// Scope names the home. Required.
	Scope naming.Scope
	// Dependencies are the services outside. Required.
	Dependencies []system.Dependency
	// Values are the keys by dependency, Pulumi secrets. A dependency without one
	// has a secret without a value, for somebody to put.
	Values map[string]pulumi.StringInput
	// KeyArn encrypts them, a key of the home's own region. Required.
	KeyArn pulumi.StringInput
	// Protect keeps them from being deleted; without it they go at once, so that
	// their names are free.
	Protect bool
}

// Secrets is the secrets of one home.
type Secrets struct {
	pulumi.ResourceState

	// Arns maps each dependency to its secret.
	Arns pulumi.StringMapOutput `pulumi:"arns"`
}

// Name names the secret of a dependency.
func Name(s naming.Scope, dependency string) string {
	// The last part has no six characters after its hyphen: that would look like the suffix of an ARN.
	return s.Path("dependencies", dependency, "api-key")
}

// New registers the secrets under name. The region comes from the AWS provider
// in opts, which the children inherit.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Secrets, error) {
	s, err := newSecrets(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("secrets %q: %w", name, err)
	}
	return s, nil
}

func newSecrets(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Secrets, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	s := &Secrets{}
	if err := ctx.RegisterComponentResourceV2(Type, name, pulumi.Map{
		"home": pulumi.String(a.Scope.Home), "dependencies": pulumi.ToStringArray(a.names()),
	}, s, opts...); err != nil {
		return nil, err
	}
	arns := pulumi.StringMap{}
	for _, d := range a.Dependencies {
		secret, err := declare(ctx, s, name+"-"+d.Name, a, d)
		if err != nil {
			return nil, err
		}
		arns[d.Name] = secret.Arn
	}
	s.Arns = arns.ToStringMapOutput()
	return s, ctx.RegisterResourceOutputs(s, pulumi.Map{"arns": s.Arns})
}

func declare(ctx *pulumi.Context, parent *Secrets, name string, a Args, d system.Dependency,
) (*secretsmanager.Secret, error) {
	window := 0
	if a.Protect {
		window = windowDays
	}
	secret, err := secretsmanager.NewSecret(ctx, name, &secretsmanager.SecretArgs{
		Name:                 pulumi.String(Name(a.Scope, d.Name)),
		Description:          pulumi.Sprintf("Opens %s at %s", d.Name, d.Host),
		KmsKeyId:             a.KeyArn,
		RecoveryWindowInDays: pulumi.Int(window),
	}, pulumi.Parent(parent), pulumi.Protect(a.Protect), pulumi.DeleteBeforeReplace(true)) // the name is chosen
	if err != nil {
		return nil, err
	}
	value := a.Values[d.Name]
	if value == nil {
		return secret, nil
	}
	_, err = secretsmanager.NewSecretVersion(ctx, name+"-value", &secretsmanager.SecretVersionArgs{
		SecretId: secret.ID(), SecretString: pulumi.ToSecret(value).(pulumi.StringOutput).ToStringPtrOutput(),
	}, pulumi.Parent(parent))
	return secret, err
}

// resolve returns a checked copy.
func (args *Args) resolve() (Args, error) {
	if args == nil {
		return Args{}, errors.New("args are required")
	}
	a := *args
	var errs []error
	if a.Scope.System == "" || !a.Scope.Home.Valid() {
		errs = append(errs, fmt.Errorf("scope is %+v, want a system and a home", a.Scope))
	}
	if len(a.Dependencies) == 0 {
		errs = append(errs, errors.New("dependencies are required"))
	}
	if a.KeyArn == nil {
		errs = append(errs, errors.New("keyArn is required"))
	}
	for name := range a.Values {
		if !slices.Contains(a.names(), name) {
			errs = append(errs, fmt.Errorf("values has %q, which is no dependency", name))
		}
	}
	return a, errors.Join(errs...)
}

func (args *Args) names() []string {
	var out []string
	for _, d := range args.Dependencies {
		out = append(out, d.Name)
	}
	return out
}
