package programs

import (
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/podaccess"
)

// own selects the program's pods.
func (b *builder) own() pulumi.StringMap {
	return pulumi.StringMap{"app.kubernetes.io/name": pulumi.String(b.who.Called)}
}

// reads reports whether the program reads anything of the cluster.
func (b *builder) reads() bool { return len(b.args.Inside)+len(b.args.Wide) > 0 }

// access declares who the program is to the cluster and to AWS, and what it may read.
func (b *builder) access() error {
	account, err := b.who.Declare()
	if err != nil {
		return err
	}
	bound, err := b.who.Reads(b.args.Inside, b.args.Wide)
	if err != nil {
		return err
	}
	arn, identity, err := b.who.Has(podaccess.Role{
		Name:        b.args.Scope.Role(b.args.Part),
		Description: pulumi.Sprintf("What the %s may do in the %s home", b.args.Part, b.args.Scope.Home),
		Policy:      b.args.checked(), Cluster: b.args.Cluster,
	})
	b.component.RoleArn = arn
	b.before = append(append(b.before, account, identity), bound...)
	return err
}
