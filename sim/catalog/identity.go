package catalog

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/kms"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/secretsmanager"
)

var identityRows = []row{
	{"aws:iam/role:Role", "aws_iam_role", iam.RoleArgs{}, iam.RoleState{}},
	{"aws:iam/rolePolicy:RolePolicy", "aws_iam_role_policy", iam.RolePolicyArgs{}, iam.RolePolicyState{}},
	{"aws:iam/rolePolicyAttachment:RolePolicyAttachment", "aws_iam_role_policy_attachment", iam.RolePolicyAttachmentArgs{}, iam.RolePolicyAttachmentState{}},
	{"aws:iam/policy:Policy", "aws_iam_policy", iam.PolicyArgs{}, iam.PolicyState{}},
	{"aws:kms/key:Key", "aws_kms_key", kms.KeyArgs{}, kms.KeyState{}},
	{"aws:kms/replicaKey:ReplicaKey", "aws_kms_replica_key", kms.ReplicaKeyArgs{}, kms.ReplicaKeyState{}},
	{"aws:kms/alias:Alias", "aws_kms_alias", kms.AliasArgs{}, kms.AliasState{}},
	{"aws:secretsmanager/secret:Secret", "aws_secretsmanager_secret", secretsmanager.SecretArgs{}, secretsmanager.SecretState{}},
	{"aws:secretsmanager/secretVersion:SecretVersion", "aws_secretsmanager_secret_version", secretsmanager.SecretVersionArgs{}, secretsmanager.SecretVersionState{}},
}
