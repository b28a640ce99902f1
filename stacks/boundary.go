package stacks

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/components/control/machine"
	"redoubt/internal/naming"
)

// boundRoles puts a permissions boundary on every role that is declared from now on, whichever component declares it: on
// those that recover the home theirs, on all others the home's. The SDK itself runs a transformation, so it works on mocks too, where a transform of the engine would not
// (docs/decisions/0021-a-boundary-for-the-roles-that-a-home-makes.md).
func boundRoles(ctx *pulumi.Context, s naming.Scope) error {
	return ctx.RegisterStackTransformation(func(a *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		role, is := a.Props.(*iam.RoleArgs)
		if !is {
			return nil
		}
		bounded := *role
		bounded.PermissionsBoundary = pulumi.String(s.Boundary())
		if machine.Recovers(s, role.Name) {
			bounded.PermissionsBoundary = pulumi.String(s.RecoveryBoundary())
		}
		return &pulumi.ResourceTransformationResult{Props: &bounded, Opts: a.Opts}
	})
}
