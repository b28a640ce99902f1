// Package flowlog records the connections of a VPC: after an event they tell a cut line from a dead peer.
package flowlog

import (
	"fmt"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

// Args says whose connections are recorded, and where.
type Args struct {
	// Scope names the role and where it is.
	Scope naming.Scope
	// Group is the log group's name, Days how long it keeps, KeyArn the key that seals it.
	Group  string
	Days   int
	KeyArn pulumi.StringInput
	// VpcID is the network.
	VpcID pulumi.StringInput
	// Tags are those of a part; nil for none.
	Tags func(part string, more ...string) pulumi.StringMap
}

// New records every connection of the VPC, accepted or refused, each minute. Children are options of all that it
// declares: the parent.
func New(ctx *pulumi.Context, name string, args Args, children ...pulumi.ResourceOption) error {
	if args.Tags == nil {
		args.Tags = func(string, ...string) pulumi.StringMap { return nil }
	}
	group, err := cloudwatch.NewLogGroup(ctx, name+"-flow-logs", &cloudwatch.LogGroupArgs{
		Name:            pulumi.String(args.Group),
		KmsKeyId:        args.KeyArn.ToStringOutput(),
		RetentionInDays: pulumi.Int(args.Days),
		Tags:            args.Tags("flow-logs"),
	}, children...)
	if err != nil {
		return err
	}
	role, policy, err := args.role(ctx, name, children)
	if err != nil {
		return err
	}
	// AWS refuses a second flow log of the same traffic to the same group, so a
	// replacement comes after the old one is gone.
	_, err = ec2.NewFlowLog(ctx, name+"-flow-log", &ec2.FlowLogArgs{
		VpcId:                  args.VpcID.ToStringOutput(),
		TrafficType:            pulumi.String("ALL"),
		LogDestinationType:     pulumi.String("cloud-watch-logs"),
		LogDestination:         group.Arn,
		IamRoleArn:             role.Arn,
		MaxAggregationInterval: pulumi.Int(60),
		Tags:                   args.Tags("flow-log"),
	}, append(children, pulumi.DependsOn([]pulumi.Resource{policy}), pulumi.DeleteBeforeReplace(true))...)
	return err
}

// role lets the flow logs of this account and region write into the
// one group and list groups; it cannot make one:
// https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs-iam-role.html
func (args Args) role(ctx *pulumi.Context, name string, children []pulumi.ResourceOption) (*iam.Role, *iam.RolePolicy, error) {
	s := args.Scope
	trust, err := iampolicy.Trust("vpc-flow-logs.amazonaws.com",
		iampolicy.SourceAccount(s.Account), iampolicy.SourceArn(s.ARN("ec2", "vpc-flow-log/*"))).Checked()
	if err != nil {
		return nil, nil, fmt.Errorf("trust of the flow logs: %w", err)
	}
	group := s.ARN("logs", "log-group:"+args.Group)
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
	role, err := iam.NewRole(ctx, name+"-flow-logs-role", &iam.RoleArgs{
		Name:             pulumi.String(s.Role("flow-logs")),
		Description:      pulumi.String("Lets VPC flow logs write into their log group"),
		AssumeRolePolicy: pulumi.String(trust),
		Tags:             args.Tags("flow-logs"),
	}, children...)
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(ctx, name+"-flow-logs-policy", &iam.RolePolicyArgs{
		Name:   pulumi.String("write-flow-logs"),
		Role:   role.Name,
		Policy: pulumi.String(allow),
	}, children...)
	return role, policy, err
}
