package provider

var specsOfIdentity = map[string]spec{
	"aws:iam/role:Role":                                 {kind: "AWS::IAM::Role", name: byName(64)},
	"aws:iam/rolePolicy:RolePolicy":                     {kind: "AWS::IAM::RolePolicy", name: byName(128)},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment": {kind: "AWS::IAM::RolePolicyAttachment"},
	"aws:iam/policy:Policy":                             {kind: "AWS::IAM::ManagedPolicy", name: byName(128)},

	"aws:kms/key:Key":               {kind: "AWS::KMS::Key"},
	"aws:kms/replicaKey:ReplicaKey": {kind: "AWS::KMS::ReplicaKey"},
	"aws:kms/alias:Alias": {kind: "AWS::KMS::Alias", name: &naming{property: "name", prefix: "namePrefix", max: 256,
		start: "alias/"}},
}
