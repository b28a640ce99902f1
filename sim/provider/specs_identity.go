package provider

var specsOfIdentity = map[string]spec{
	"aws:iam/role:Role": {kind: "AWS::IAM::Role", name: byName(64), sets: []string{
		"managedPolicyArns", "inlinePolicies"}, defaults: map[string]any{"path": "/", "maxSessionDuration": 3600.0}},
	"aws:iam/rolePolicy:RolePolicy":                     {kind: "AWS::IAM::RolePolicy", name: byName(128)},
	"aws:iam/rolePolicyAttachment:RolePolicyAttachment": {kind: "AWS::IAM::RolePolicyAttachment"},
	"aws:iam/policy:Policy": {kind: "AWS::IAM::ManagedPolicy", name: byName(128),
		defaults: map[string]any{"path": "/"}},

	"aws:kms/key:Key": {kind: "AWS::KMS::Key", defaults: map[string]any{"isEnabled": true,
		"customerMasterKeySpec": "SYMMETRIC_DEFAULT", "keyUsage": "ENCRYPT_DECRYPT"}},
	"aws:kms/replicaKey:ReplicaKey": {kind: "AWS::KMS::ReplicaKey", defaults: map[string]any{"enabled": true}},
	"aws:kms/alias:Alias": {kind: "AWS::KMS::Alias", name: &naming{property: "name", prefix: "namePrefix", max: 256,
		start: "alias/"}},
}
