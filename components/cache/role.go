package cache

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
)

// role declares a role that a service of the account may assume, and what must
// stand before it is used.
func (b *builder) role(part, service string, policy iampolicy.Document) (*iam.Role, pulumi.Resource, error) {
	text, err := policy.Checked()
	if err != nil {
		return nil, nil, fmt.Errorf("role %s: %w", part, err)
	}
	trust := iampolicy.Trust(service, iampolicy.SourceAccount(b.args.Scope.Account))
	role, err := iam.NewRole(b.ctx, b.name+"-"+part+"-role", &iam.RoleArgs{
		Name:             pulumi.String(b.args.Scope.Role(b.args.Store.Name + "-" + part)),
		Description:      pulumi.String("Exports and restores the snapshots of the cache " + b.args.Store.Name),
		AssumeRolePolicy: pulumi.String(trust.JSON()),
		Tags:             b.tags(),
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	allowed, err := iam.NewRolePolicy(b.ctx, b.name+"-"+part+"-policy", &iam.RolePolicyArgs{
		Role: role.Name, Policy: pulumi.String(text),
	}, b.child()...)
	return role, allowed, err
}

// machinePolicy lets the state machine look, export, and make and delete the
// one restored group. Which actions AWS checks beside the called ones:
// docs.aws.amazon.com/service-authorization/latest/reference/list_amazonelasticache.html and
// docs.aws.amazon.com/AmazonElastiCache/latest/dg/backups-exporting.html. The
// key lets callers of the account use it through ElastiCache and S3.
func (b *builder) machinePolicy() iampolicy.Document {
	s := b.args.Scope
	cache := func(resource string) string { return s.ARN("elasticache", resource) }
	network := func(resource string) string { return s.ARN("ec2", resource+"/*") }
	bucket := b.snapshotBucketArn()
	test := []string{cache("replicationgroup:" + b.testID()), cache("cluster:" + b.testID() + "-*")}
	return iampolicy.Document{Statements: []iampolicy.Statement{
		{
			Sid: "Look", Actions: []string{"elasticache:DescribeReplicationGroups", "elasticache:DescribeSnapshots"},
			Resources: []string{cache("replicationgroup:*"), cache("snapshot:*")},
		},
		{Sid: "Export", Actions: []string{"elasticache:CopySnapshot"}, Resources: []string{cache("snapshot:*")}},
		{Sid: "Metrics", Actions: []string{"cloudwatch:GetMetricData"}, Resources: []string{"*"}}, // it knows no resources
		{
			Sid:       "Bucket",
			Actions:   []string{"s3:GetBucketAcl", "s3:GetBucketLocation", "s3:ListBucket"},
			Resources: []string{bucket},
		},
		{
			Sid: "Objects", Actions: []string{"s3:DeleteObject", "s3:GetObject", "s3:PutObject"},
			Resources: []string{bucket + "/*"},
		},
		// ElastiCache looks for the bucket among all; on anything less it says that it cannot validate the access.
		{Sid: "Buckets", Actions: []string{"s3:ListAllMyBuckets"}, Resources: []string{"*"}},
		{
			Sid: "Restore", Actions: []string{"elasticache:AddTagsToResource", "elasticache:CreateReplicationGroup"},
			Resources: append([]string{cache("parametergroup:*"), cache("subnetgroup:*")}, test...),
		},
		{Sid: "Sweep", Actions: []string{"elasticache:DeleteReplicationGroup"}, Resources: test},
		{
			Sid:       "Interfaces",
			Actions:   []string{"ec2:CreateNetworkInterface", "ec2:DeleteNetworkInterface"},
			Resources: []string{network("network-interface"), network("security-group"), network("subnet")},
		},
		{
			Sid: "Network", // these know no resources
			Actions: []string{"ec2:DescribeNetworkInterfaces", "ec2:DescribeSecurityGroups", "ec2:DescribeSubnets",
				"ec2:DescribeVpcs"},
			Resources: []string{"*"},
		},
	}}
}
