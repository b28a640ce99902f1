package discovery

import (
	"errors"
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ssm"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/inventory/directory"
)

// DirectoryType is part of every URN below a Directory. Changing it replaces a
// live parameter unless NewDirectory also gains an alias for the old type.
const DirectoryType = "redoubt:discovery:Directory"

// DirectoryArgs configures a Directory.
type DirectoryArgs struct {
	// Scope names the home. Required.
	Scope naming.Scope
	// Text is the home's directory, as directory.Encode writes it. Required.
	Text pulumi.StringInput
	// Protect keeps the parameter from being deleted.
	Protect bool
}

// Directory is what the agents of one home look up, in one parameter. SSM keeps
// the versions that it had.
//
// A plan step of a restore writes it too. It writes what directory.Of makes of the
// inventory that the restore leaves, which is what the next update makes of it, so
// nothing is ignored here and a preview after the restore is empty.
type Directory struct {
	pulumi.ResourceState

	// Parameter is the parameter's name, the same in both homes.
	Parameter pulumi.StringOutput `pulumi:"parameter"`
	// Arn is its ARN, for the agents' roles.
	Arn pulumi.StringOutput `pulumi:"arn"`
}

// NewDirectory registers the directory under name. The region comes from the AWS
// provider in opts, which the child inherits.
func NewDirectory(ctx *pulumi.Context, name string, args *DirectoryArgs, opts ...pulumi.ResourceOption,
) (*Directory, error) {
	d, err := newDirectory(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("directory %q: %w", name, err)
	}
	return d, nil
}

func newDirectory(ctx *pulumi.Context, name string, args *DirectoryArgs, opts []pulumi.ResourceOption,
) (*Directory, error) {
	if args == nil {
		return nil, errors.New("args are required")
	}
	var errs []error
	if args.Scope.System == "" || !args.Scope.Home.Valid() {
		errs = append(errs, fmt.Errorf("scope is %+v, want a system and a home", args.Scope))
	}
	if args.Text == nil {
		errs = append(errs, errors.New("text is required"))
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	d := &Directory{}
	if err := ctx.RegisterComponentResourceV2(DirectoryType, name, pulumi.Map{
		"home": pulumi.String(args.Scope.Home),
	}, d, opts...); err != nil {
		return nil, err
	}
	parameter, err := ssm.NewParameter(ctx, name+"-parameter", &ssm.ParameterArgs{
		Name:        pulumi.String(directory.Parameter(args.Scope.System)),
		Description: pulumi.String("Where the agents of this home find their stores"),
		Type:        pulumi.String("String"),
		Tier:        pulumi.String(directory.Tier),
		// It names secrets and holds none; shown in previews, it tells what changes for the agents.
		InsecureValue: checked(*args),
	}, pulumi.Parent(d), pulumi.Protect(args.Protect), pulumi.DeleteBeforeReplace(true)) // the name is chosen
	if err != nil {
		return nil, err
	}
	d.Parameter, d.Arn = parameter.Name, parameter.Arn
	return d, ctx.RegisterResourceOutputs(d, pulumi.Map{"parameter": d.Parameter, "arn": d.Arn})
}

// checked passes the text on only if it is the directory of this home.
func checked(args DirectoryArgs) pulumi.StringOutput {
	return args.Text.ToStringOutput().ApplyT(func(text string) (string, error) {
		doc, err := directory.Decode(text)
		if err == nil && (doc.Home != args.Scope.Home || doc.System != args.Scope.System) {
			err = fmt.Errorf("directory is of the %s home of %q, want %s of %q", doc.Home, doc.System, args.Scope.Home,
				args.Scope.System)
		}
		return text, err
	}).(pulumi.StringOutput)
}
