package controllers

import (
	"fmt"
	"slices"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
)

// who is a controller that calls AWS.
type who struct {
	part, namespace, account string
	allowed                  pulumi.StringInput
}

// identities gives each controller that calls AWS a role that only its own pods
// can have. What is returned must stand before the pods.
func (b *builder) identities() ([]pulumi.Resource, error) {
	var out []pulumi.Resource
	roles := pulumi.StringMap{}
	autoscaler, err := b.autoscaler().Checked()
	if err != nil {
		return nil, err
	}
	for _, w := range []who{
		{"load-balancer", "kube-system", "load-balancer", b.over(b.args.TargetGroupArns, loadBalancer)},
		{"autoscaler", "kube-system", "cluster-autoscaler", pulumi.String(autoscaler)},
		{"queue-scaler", "keda", "keda-operator", b.over(b.args.QueueArns, queueScaler)},
	} {
		if w.part == "queue-scaler" && len(b.args.QueueArns) == 0 {
			continue
		}
		role, association, err := b.identity(w)
		if err != nil {
			return nil, err
		}
		roles[w.part] = role.Arn
		out = append(out, association)
	}
	b.component.RoleArns = roles.ToStringMapOutput()
	return out, nil
}

func (b *builder) identity(w who) (*iam.Role, pulumi.Resource, error) {
	name := b.name + "-" + w.part
	role, err := iam.NewRole(b.ctx, name+"-role", &iam.RoleArgs{
		Name:             pulumi.String(b.args.Scope.Role(w.part)),
		Description:      pulumi.Sprintf("What %s may do in the %s home", w.account, b.args.Scope.Home),
		AssumeRolePolicy: pulumi.String(iampolicy.PodTrust(w.namespace, w.account).JSON()),
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	policy, err := iam.NewRolePolicy(b.ctx, name+"-allowed", &iam.RolePolicyArgs{
		Name: pulumi.String("allowed"), Role: role.Name, Policy: w.allowed,
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	association, err := eks.NewPodIdentityAssociation(b.ctx, name+"-identity", &eks.PodIdentityAssociationArgs{
		ClusterName: b.args.Cluster, Namespace: pulumi.String(w.namespace),
		ServiceAccount: pulumi.String(w.account), RoleArn: role.Arn,
	}, b.child(pulumi.DependsOn([]pulumi.Resource{policy}))...)
	return role, association, err
}

// over builds a policy over ARNs that AWS tells.
func (b *builder) over(arns map[string]pulumi.StringInput, policy func([]string) iampolicy.Document,
) pulumi.StringInput {
	return toStrings(arns).ToStringMapOutput().ApplyT(func(v map[string]string) (string, error) {
		var all []string
		for _, arn := range v {
			all = append(all, arn)
		}
		slices.Sort(all)
		return policy(all).Checked()
	}).(pulumi.StringOutput)
}

func toStrings(in map[string]pulumi.StringInput) pulumi.StringMap {
	out := pulumi.StringMap{}
	for k, v := range in {
		out[k] = v
	}
	return out
}

// loadBalancer may register pods in the entry's target groups. What it
// describes has no resource that could be named:
// https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html
func loadBalancer(groups []string) iampolicy.Document {
	return iampolicy.Document{Statements: []iampolicy.Statement{
		{Sid: "Look", Resources: []string{"*"}, Actions: []string{
			"ec2:DescribeAvailabilityZones", "ec2:DescribeInstances", "ec2:DescribeNetworkInterfaces",
			"ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs",
			"elasticloadbalancing:DescribeTags", "elasticloadbalancing:DescribeTargetGroupAttributes",
			"elasticloadbalancing:DescribeTargetGroups", "elasticloadbalancing:DescribeTargetHealth",
		}},
		{Sid: "Register", Resources: groups, Actions: []string{
			"elasticloadbalancing:DeregisterTargets", "elasticloadbalancing:RegisterTargets",
		}},
	}}
}

// queueScaler may ask how long the queues are.
func queueScaler(queues []string) iampolicy.Document {
	return iampolicy.Document{Statements: []iampolicy.Statement{
		{Sid: "Length", Actions: []string{"sqs:GetQueueAttributes"}, Resources: queues},
	}}
}

// autoscaler may change the size of the groups that carry the cluster's own
// tag, which EKS puts on the groups of its node groups:
// https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html
func (b *builder) autoscaler() iampolicy.Document {
	s := b.args.Scope
	resize := iampolicy.Statement{
		Sid:     "Resize",
		Actions: []string{"autoscaling:SetDesiredCapacity", "autoscaling:TerminateInstanceInAutoScalingGroup"},
		Resources: []string{fmt.Sprintf("arn:aws:autoscaling:%s:%s:autoScalingGroup:*:autoScalingGroupName/eks-*",
			s.Region, s.Account)},
	}.With(iampolicy.Condition{Operator: "StringEquals",
		Key: "aws:ResourceTag/k8s.io/cluster-autoscaler/" + b.args.ClusterName, Values: []string{"owned"}})
	return iampolicy.Document{Statements: []iampolicy.Statement{
		{Sid: "Look", Resources: []string{"*"}, Actions: []string{
			"autoscaling:DescribeAutoScalingGroups", "autoscaling:DescribeAutoScalingInstances",
			"autoscaling:DescribeLaunchConfigurations", "autoscaling:DescribeScalingActivities",
			"ec2:DescribeImages", "ec2:DescribeInstanceTypes", "ec2:DescribeLaunchTemplateVersions",
		}},
		{Sid: "NodeGroups", Actions: []string{"eks:DescribeNodegroup"},
			Resources: []string{s.ARN("eks", "nodegroup/"+b.args.ClusterName+"/*/*")}},
		resize,
	}}
}
