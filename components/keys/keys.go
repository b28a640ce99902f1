// Package keys builds the encryption keys of one home: multi-region KMS keys,
// one for each purpose, so that what either home wrote can be read in the other
// without a call across regions.
package keys

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
	"redoubt/system"
)

// Type is part of every URN below a Keys. Changing it replaces live keys
// unless New also gains an alias for the old type.
const Type = "redoubt:keys:Keys"

// Args configures the keys of one home.
type Args struct {
	// Scope is the home that the keys belong to.
	Scope naming.Scope
	// Peer is the primary home as last seen. The secondary home requires it, because
	// its keys are replicas; the primary home has no use for it.
	Peer *Peer
	// Purposes are the keys to make. Nil means all of them.
	Purposes []string
	// DeletionWindowDays is how long a deleted key can still be restored: 7 to
	// 30. Zero means 30.
	DeletionWindowDays int
	// CopyAccount is the id of the account that copies of backups go to, which
	// must be able to read them. Empty when there is none.
	CopyAccount string
	// Protect makes the engine refuse to delete or replace a key: what it
	// encrypted would be lost with it.
	Protect bool
}

// Peer is what the secondary home must know of the primary's keys.
type Peer struct {
	// KeyArns are the primary's keys by purpose.
	KeyArns map[string]string
}

// Keys is one home's copy of every key.
type Keys struct {
	pulumi.ResourceState

	// Arns are the keys to use in this home, by purpose.
	Arns map[string]pulumi.StringOutput
	// ArnMap is Arns as one output.
	ArnMap pulumi.StringMapOutput `pulumi:"arns"`
}

// New registers the keys under name. The region comes from the AWS provider in
// opts, which the children inherit through their parent.
//
// Creating a replica calls the primary's region (the one exception that AWS
// makes here to home isolation); nothing on the path of a recovery creates a key.
func New(ctx *pulumi.Context, name string, args *Args, opts ...pulumi.ResourceOption) (*Keys, error) {
	k, err := newKeys(ctx, name, args, opts)
	if err != nil {
		return nil, fmt.Errorf("keys %q: %w", name, err)
	}
	return k, nil
}

func newKeys(ctx *pulumi.Context, name string, args *Args, opts []pulumi.ResourceOption) (*Keys, error) {
	a, err := args.resolve()
	if err != nil {
		return nil, err
	}
	k := &Keys{}
	if err := ctx.RegisterComponentResourceV2(Type, name, a.inputs(), k, opts...); err != nil {
		return nil, err
	}
	k.Arns = map[string]pulumi.StringOutput{}
	arns := pulumi.StringMap{}
	for _, purpose := range a.Purposes {
		arn, err := a.newKey(ctx, k, name, purpose)
		if err != nil {
			return nil, err
		}
		k.Arns[purpose], arns[purpose] = arn, arn
	}
	k.ArnMap = arns.ToStringMapOutput()
	return k, ctx.RegisterResourceOutputs(k, pulumi.Map{"arns": k.ArnMap})
}

// newKey registers the key of one purpose, or its replica, and its alias.
func (a Args) newKey(ctx *pulumi.Context, k *Keys, name, purpose string) (pulumi.StringOutput, error) {
	none := pulumi.StringOutput{}
	policy, err := Policy(a.Scope, purpose, a.CopyAccount).Checked()
	if err != nil {
		return none, fmt.Errorf("policy of %q: %w", purpose, err)
	}
	arn, id, err := a.register(ctx, name+"-"+purpose, purpose, policy, pulumi.Parent(k), pulumi.Protect(a.Protect))
	if err != nil {
		return none, err
	}
	_, err = kms.NewAlias(ctx, name+"-"+purpose+"-alias", &kms.AliasArgs{
		Name:        pulumi.String(a.Scope.Alias(purpose)),
		TargetKeyId: id,
	}, pulumi.Parent(k))
	return arn, err
}

// register makes a multi-region key in the primary home and a replica of it
// in the secondary. Their policies differ, because a policy names its region.
func (a Args) register(ctx *pulumi.Context, name, purpose, policy string, opts ...pulumi.ResourceOption,
) (arn, id pulumi.StringOutput, err error) {
	description := pulumi.String(fmt.Sprintf("%s: %s", a.Scope.System, descriptions[purpose]))
	tags := pulumi.StringMap{"Name": pulumi.String(naming.Join(256, a.Scope.System, string(a.Scope.Home), purpose))}
	if a.Scope.Home == system.Primary {
		key, err := kms.NewKey(ctx, name, &kms.KeyArgs{
			Description:          description,
			MultiRegion:          pulumi.Bool(true),
			EnableKeyRotation:    pulumi.Bool(true),
			DeletionWindowInDays: pulumi.Int(a.DeletionWindowDays),
			Policy:               pulumi.String(policy),
			Tags:                 tags,
		}, opts...)
		if err != nil {
			return arn, id, err
		}
		return key.Arn, key.KeyId, nil
	}
	// A replica takes its rotation and its material from the primary's key.
	replica, err := kms.NewReplicaKey(ctx, name, &kms.ReplicaKeyArgs{
		Description:          description,
		PrimaryKeyArn:        pulumi.String(a.Peer.KeyArns[purpose]),
		DeletionWindowInDays: pulumi.Int(a.DeletionWindowDays),
		Policy:               pulumi.String(policy),
		Tags:                 tags,
	}, opts...)
	if err != nil {
		return arn, id, err
	}
	return replica.Arn, replica.KeyId, nil
}

// Arn returns this home's key for a purpose. A purpose that the keys were not
// made for is a programmer's error.
func (k *Keys) Arn(purpose string) pulumi.StringOutput {
	arn, ok := k.Arns[purpose]
	if !ok {
		panic(fmt.Sprintf("keys: there is no key for %q", purpose))
	}
	return arn
}

// PeerArn returns the other home's key for a purpose, which lives in region.
// Nothing may use it before the other home has it.
func (k *Keys) PeerArn(purpose, region string) pulumi.StringOutput {
	return InRegion(k.Arn(purpose), region)
}
