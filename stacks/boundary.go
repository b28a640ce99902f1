package stacks

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// boundRoles puts the permissions boundary on every role that is declared from now on, whichever component
// declares it. The SDK itself runs a transformation, so it works on mocks too, where a transform of the engine would not
// (docs/decisions/0021-a-boundary-for-the-roles-that-a-home-makes.md).
func boundRoles(ctx *pulumi.Context, boundary string) error {
	return ctx.RegisterStackTransformation(func(a *pulumi.ResourceTransformationArgs) *pulumi.ResourceTransformationResult {
		role, is := a.Props.(*iam.RoleArgs)
		if !is {
			return nil
		}
		bounded := *role
		bounded.PermissionsBoundary = pulumi.String(boundary)
		return &pulumi.ResourceTransformationResult{Props: &bounded, Opts: a.Opts}
	})
}
