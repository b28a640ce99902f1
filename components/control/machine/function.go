package machine

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ecr"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/lambda"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/vpc"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/recovery/conduct"
)

const (
	// atOnce is how many turns are taken at once: as many as a state of the machine walks
	// (https://docs.aws.amazon.com/step-functions/latest/dg/state-map-inline.html). They are reserved, so that whatever else
	// runs in the account cannot keep a recovery waiting. An account that may run 100 or fewer at once cannot reserve any:
	// https://docs.aws.amazon.com/lambda/latest/dg/configuration-concurrency.html
	atOnce = 40
	// memoryMiB is assumed to be ample: a turn holds a plan, two inventories and one answer.
	memoryMiB = 512
)

// network lets the function out to AWS and to the home's entry, and in to the cluster's API server, which answers inside
// the network alone unless the settings open it. Nobody gets in to the function.
func (b *builder) network() error {
	group, err := ec2.NewSecurityGroup(b.ctx, b.name+"-group", &ec2.SecurityGroupArgs{
		Description: pulumi.String("The function that recovers the home: nobody in, TLS out"), VpcId: b.args.VpcID,
	}, b.child()...)
	if err != nil {
		return err
	}
	b.group = group.ID().ToStringOutput()
	if _, err := vpc.NewSecurityGroupEgressRule(b.ctx, b.name+"-out", &vpc.SecurityGroupEgressRuleArgs{
		SecurityGroupId: b.group, Description: pulumi.String("AWS in both regions, API servers, and the home's entry"),
		CidrIpv4: pulumi.String("0.0.0.0/0"), IpProtocol: pulumi.String("tcp"), FromPort: pulumi.Int(443), ToPort: pulumi.Int(443),
	}, b.child()...); err != nil {
		return err
	}
	_, err = vpc.NewSecurityGroupIngressRule(b.ctx, b.name+"-cluster", &vpc.SecurityGroupIngressRuleArgs{
		SecurityGroupId: b.args.ClusterGroupID, Description: pulumi.String("The function that recovers the home"),
		ReferencedSecurityGroupId: b.group, IpProtocol: pulumi.String("tcp"), FromPort: pulumi.Int(443), ToPort: pulumi.Int(443),
	}, b.child()...)
	return err
}

// function declares the function, its role and its log. Its environment holds no secret, so that it needs no key to start.
func (b *builder) function() error {
	s := b.args.Scope
	role, allowed, err := b.role("function", part, "Makes the calls of plans that recover the home",
		iampolicy.Trust("lambda.amazonaws.com"), b.args.may())
	if err != nil {
		return err
	}
	b.component.FunctionRoleArn = role.Arn
	logs, err := cloudwatch.NewLogGroup(b.ctx, b.name+"-logs", &cloudwatch.LogGroupArgs{
		Name: pulumi.String(b.args.logGroup()), KmsKeyId: b.args.LogKeyArn.ToStringOutput(), RetentionInDays: pulumi.Int(b.args.LogDays),
	}, b.child(pulumi.DeleteBeforeReplace(true))...)
	if err != nil {
		return err
	}
	pulled, err := b.pulled()
	if err != nil {
		return err
	}
	b.invoked, err = lambda.NewFunction(b.ctx, b.name+"-function", &lambda.FunctionArgs{
		Name: pulumi.String(s.Function(part)), Description: pulumi.String("Takes one turn of a recovery"),
		PackageType: pulumi.String("Image"), ImageUri: pulumi.String(s.Image(b.args.Image)),
		Architectures: pulumi.ToStringArray([]string{"x86_64"}), Role: role.Arn,
		Timeout: pulumi.Int(conduct.FunctionSeconds), MemorySize: pulumi.Int(memoryMiB), ReservedConcurrentExecutions: pulumi.Int(atOnce),
		Environment: &lambda.FunctionEnvironmentArgs{Variables: pulumi.StringMap{
			"REDOUBT_HOME": pulumi.String(s.Home), "REDOUBT_BUCKET": b.args.Bucket,
		}},
		VpcConfig: &lambda.FunctionVpcConfigArgs{SubnetIds: b.args.SubnetIDs, SecurityGroupIds: pulumi.StringArray{b.group}},
	}, b.child(pulumi.DependsOn([]pulumi.Resource{allowed, logs, pulled}), pulumi.DeleteBeforeReplace(true))...)
	return err
}

// pulled lets Lambda pull the image, for the home's functions alone:
// https://docs.aws.amazon.com/lambda/latest/dg/images-create.html#gettingstarted-images-permissions
func (b *builder) pulled() (pulumi.Resource, error) {
	s := b.args.Scope
	text, err := iampolicy.Document{Statements: []iampolicy.Statement{iampolicy.Statement{
		Sid: "Pull", Principals: map[string][]string{"Service": {"lambda.amazonaws.com"}},
		Actions: []string{"ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"},
	}.With(iampolicy.SourceArn(s.ARN("lambda", "function:*")))}}.Checked()
	if err != nil {
		return nil, err
	}
	return ecr.NewRepositoryPolicy(b.ctx, b.name+"-pull", &ecr.RepositoryPolicyArgs{
		Repository: pulumi.String(s.Repository(b.args.Image)), Policy: pulumi.String(text),
	}, b.child()...)
}
