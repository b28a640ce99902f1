package state

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
)

// windowDays is how long a deleted key can be had back: the longest that KMS
// knows, because a state whose key is gone is gone.
const windowDays = 30

// key declares a multi-region key, or its replica, and its alias, which is
// called alike in both regions. The empty name is the key of the bucket.
func (a Args) key(ctx *pulumi.Context, name, of string, parent pulumi.Resource) (pulumi.StringOutput, error) {
	none := pulumi.StringOutput{}
	part, what := name+"-key", "the Pulumi state of "+a.Scope.System
	if of != "" {
		part, what = name+"-key-"+of, fmt.Sprintf("the secrets in the state of the stack %s of %s", of, a.Scope.System)
	}
	policy, err := a.policy().Checked()
	if err != nil {
		return none, err
	}
	arn, id, err := a.register(ctx, part, of, what, policy, parent)
	if err != nil {
		return none, err
	}
	_, err = kms.NewAlias(ctx, part+"-alias", &kms.AliasArgs{
		Name: pulumi.String(a.Scope.StateAlias(of)), TargetKeyId: id,
	}, pulumi.Parent(parent))
	return arn, err
}

func (a Args) register(ctx *pulumi.Context, part, of, what, policy string, parent pulumi.Resource,
) (arn, id pulumi.StringOutput, err error) {
	child := pulumi.Parent(parent)
	if a.Of != nil {
		k, err := kms.NewReplicaKey(ctx, part, &kms.ReplicaKeyArgs{
			Description: pulumi.String(what), PrimaryKeyArn: a.Of[of], Policy: pulumi.String(policy),
			DeletionWindowInDays: pulumi.Int(windowDays),
		}, child)
		if err != nil {
			return arn, id, err
		}
		return k.Arn, k.KeyId, nil
	}
	k, err := kms.NewKey(ctx, part, &kms.KeyArgs{
		Description: pulumi.String(what), MultiRegion: pulumi.Bool(true), EnableKeyRotation: pulumi.Bool(true),
		Policy: pulumi.String(policy), DeletionWindowInDays: pulumi.Int(windowDays),
	}, child)
	if err != nil {
		return arn, id, err
	}
	return k.Arn, k.KeyId, nil
}

// policy leaves the keys to the account's IAM policies: whoever updates stacks
// needs kms:Decrypt and kms:GenerateDataKey of that of the bucket, and kms:Encrypt and kms:Decrypt of the stack's own
// (https://www.pulumi.com/docs/iac/concepts/secrets/#aws-key-management-service-kms).
func (a Args) policy() iampolicy.Document {
	return iampolicy.Document{Statements: []iampolicy.Statement{{
		Sid:        "Account",
		Principals: map[string][]string{"AWS": {fmt.Sprintf("arn:aws:iam::%s:root", a.Scope.Account)}},
		Actions:    []string{"kms:*"}, Resources: []string{"*"}, AllowAnyAction: true,
		Reason: "the account keeps control of its key; KMS refuses a policy that locks everybody out: " +
			"https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html",
	}}}
}
