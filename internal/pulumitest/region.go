package pulumitest

import "github.com/pulumi/pulumi/sdk/v3/go/common/resource"

// KeyARN is how a multi-region key in a region, such as eu-west-1, is named by WithRegion.
func KeyARN(region string) string {
	return "arn:aws:kms:" + region + ":123456789012:key/mrk-0123456789abcdef0123456789abcdef"
}

// WithRegion answers like a region, such as eu-west-1: keys are multi-region keys, a certificate tells the record that
// validates it, and a node group what is behind it.
func WithRegion(region string) Option {
	key := resource.PropertyMap{"arn": resource.NewStringProperty(KeyARN(region))}
	certificate := resource.NewPropertyMapFromMap(map[string]any{"domainValidationOptions": []any{map[string]any{
		"domainName":          "agents.example.com",
		"resourceRecordName":  "_0123.agents.example.com.",
		"resourceRecordType":  "CNAME",
		"resourceRecordValue": "_4567.acm-validations.aws.",
	}}})
	nodes := resource.NewPropertyMapFromMap(map[string]any{
		"nodeGroupName": "nodes-0123",
		"resources":     []any{map[string]any{"autoscalingGroups": []any{map[string]any{"name": "eks-nodes-0123"}}}},
	})
	return func(r *Recorder) {
		WithOutputs("aws:kms/key:Key", key)(r)
		WithOutputs("aws:kms/replicaKey:ReplicaKey", key)(r)
		WithOutputs("aws:acm/certificate:Certificate", certificate)(r)
		WithOutputs("aws:eks/nodeGroup:NodeGroup", nodes)(r)
	}
}
