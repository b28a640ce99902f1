package network

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
)

// flowLogs records every connection of the VPC, accepted or refused, each
// minute: after an event they tell a cut line from a dead peer.
func (b *builder) flowLogs() error {
	groupName := b.args.Scope.Path("network", "flow")
	group, err := cloudwatch.NewLogGroup(b.ctx, b.name+"-flow-logs", &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(groupName),
		KmsKeyId:        b.args.LogKeyArn.ToStringOutput(),
		RetentionInDays: pulumi.Int(b.args.FlowLogDays),
		Tags:            b.tags("flow-logs"),
	}, b.child)
	if err != nil {
		return err
	}
	role, policy, err := b.flowLogsRole(groupName)
	if err != nil {
		return err
	}
	// AWS refuses a second flow log of the same traffic to the same group, so a
	// replacement comes after the old one is gone.
	_, err = ec2.NewFlowLog(b.ctx, b.name+"-flow-log", &ec2.FlowLogArgs{
		VpcId:                  b.network.VpcID,
		TrafficType:            pulumi.String("ALL"),
		LogDestinationType:     pulumi.String("cloud-watch-logs"),
		LogDestination:         group.Arn,
		IamRoleArn:             role.Arn,
		MaxAggregationInterval: pulumi.Int(60),
		Tags:                   b.tags("flow-log"),
	}, b.child, pulumi.DependsOn([]pulumi.Resource{policy}), pulumi.DeleteBeforeReplace(true))
	return err
}

// flowLogsRole lets the flow logs of this account and region write into the
// one group and list groups; it cannot make one:
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
func (b *builder) flowLogsRole(groupName string) (*iam.Role, *iam.RolePolicy, error) {
	s := b.args.Scope
	trust, err := iampolicy.Trust("vpc-flow-logs.amazonaws.com",
		iampolicy.SourceAccount(s.Account), iampolicy.SourceArn(s.ARN("ec2", "vpc-flow-log/*"))).Checked()
	if err != nil {
		return nil, nil, fmt.Errorf("trust of the flow logs: %w", err)
	}
	group := s.ARN("logs", "log-group:"+groupName)
	allow, err := iampolicy.Document{Statements: []iampolicy.Statement{
		{
			Sid:       "Write",
			Actions:   []string{"logs:CreateLogStream", "logs:DescribeLogStreams", "logs:PutLogEvents"},
			Resources: []string{group, group + ":*"},
		},
		// No resource can be named for this action:
		// https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazoncloudwatchlogs.html
		{Sid: "List", Actions: []string{"logs:DescribeLogGroups"}, Resources: []string{"*"}},
	}}.Checked()
	if err != nil {
		return nil, nil, fmt.Errorf("policy of the flow logs: %w", err)
	}
	role, err := iam.NewRole(b.ctx, b.name+"-flow-logs-role", &iam.RoleArgs{
		Name:             pulumi.String(s.Role("flow-logs")),
		Description:      pulumi.String("Lets VPC flow logs write into their log group"),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             b.tags("flow-logs"),
	}, b.child)
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(b.ctx, b.name+"-flow-logs-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String("write-flow-logs"),
		Role:   role.Name,
		Policy: pulumi.String(allow),
	}, b.child)
	return role, policy, err
}
