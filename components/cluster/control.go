package cluster

import (
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/cloudwatch"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/iam"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/iampolicy"
	"redoubt/internal/naming"
)

// logTypes are all that a control plane can log:
// https://docs.aws.amazon.com/eks/latest/userguide/control-plane-logs.html
var logTypes = []string{"api", "audit", "authenticator", "controllerManager", "scheduler"}

// control registers the control plane. Role and log group come before it and
// go after it: without the role EKS could not take its interfaces and its security group out of
// the network, and a log group that EKS had to make itself would stay for ever.
func (b *builder) control() error {
	role, attached, err := b.role("control", "Lets EKS run the control plane of the cluster", "eks.amazonaws.com",
		"AmazonEKSClusterPolicy")
	if err != nil {
		return err
	}
	name := b.args.Scope.Kubernetes()
	logs, err := cloudwatch.NewLogGroup(b.ctx, b.name+"-logs", &cloudwatch.LogGroupArgs{
		Name:            pulumi.String("/aws/eks/" + name + "/cluster"), // the name is EKS's own
		KmsKeyId:        b.args.LogKeyArn.ToStringOutput(),
		RetentionInDays: pulumi.Int(b.args.LogDays),
		Tags:            b.tags("logs"),
	}, b.child()...)
	if err != nil {
		return err
	}
	b.cluster, err = eks.NewCluster(b.ctx, b.name+"-control", &eks.ClusterArgs{
		Name:    pulumi.String(name),
		Version: pulumi.String(b.args.Version),
		RoleArn: role.Arn,
		// Both are written out and never touched again: EKS reads them back, and a
		// program that left them out would replace the cluster.
		AccessConfig: &eks.ClusterAccessConfigArgs{
			AuthenticationMode:                      pulumi.String("API"),
			BootstrapClusterCreatorAdminPermissions: pulumi.Bool(false),
		},
		BootstrapSelfManagedAddons: pulumi.Bool(false), // network and services declare them
		EnabledClusterLogTypes:     pulumi.ToStringArray(logTypes),
		EncryptionConfig: &eks.ClusterEncryptionConfigArgs{
			Provider:  &eks.ClusterEncryptionConfigProviderArgs{KeyArn: b.args.SecretKeyArn.ToStringOutput()},
			Resources: pulumi.ToStringArray([]string{"secrets"}),
		},
		KubernetesNetworkConfig: &eks.ClusterKubernetesNetworkConfigArgs{
			IpFamily:        pulumi.String("ipv4"),
			ServiceIpv4Cidr: pulumi.String(b.args.ServiceCIDR.String()),
		},
		VpcConfig: b.vpc(),
		// With extended support the version changes when the program says so, for a year longer: an upgrade that EKS
		// forces leaves a program that plans a downgrade, which EKS refuses. It costs more once it is used.
		UpgradePolicy: &eks.ClusterUpgradePolicyArgs{SupportType: pulumi.String("EXTENDED")},
		// Lets a zone be shifted away from; the shift itself is a call of a plan.
		ZonalShiftConfig: &eks.ClusterZonalShiftConfigArgs{Enabled: pulumi.Bool(true)},
		Tags:             b.tags("cluster"),
	}, b.child(pulumi.DependsOn(append(attached, logs)), pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "60m"}))...)
	return err
}

// vpc places the control plane. Nodes always reach it without leaving the network.
func (b *builder) vpc() *eks.ClusterVpcConfigArgs {
	vpc := &eks.ClusterVpcConfigArgs{
		SubnetIds:             b.args.SubnetIDs,
		EndpointPrivateAccess: pulumi.Bool(true),
		EndpointPublicAccess:  pulumi.Bool(len(b.args.CallerCIDRs) > 0),
	}
	if len(b.args.CallerCIDRs) > 0 {
		vpc.PublicAccessCidrs = pulumi.ToStringArray(b.args.CallerCIDRs)
	}
	return vpc
}

// The policies of EKS for those who may enter. The one to view knows neither
// secrets nor what has no namespace: https://docs.aws.amazon.com/eks/latest/userguide/access-policy-permissions.html
const (
	adminPolicy = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSClusterAdminPolicy"
	viewPolicy  = "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"
)

// access lets the administrators and the viewers in and nobody else. An entry stays bound to the
// role that it was made for: a role that is deleted and made again under its old name needs a new entry
// (github.com/terraform-aws-modules/terraform-aws-eks/issues/3329).
func (b *builder) access() error {
	for _, arn := range b.args.Admins {
		if err := b.enter("admin", arn, adminPolicy, nil); err != nil {
			return err
		}
	}
	for _, arn := range b.args.Viewers {
		if err := b.enter("viewer", arn, viewPolicy, pulumi.ToStringArray([]string{ViewerGroup})); err != nil {
			return err
		}
	}
	return nil
}

// enter lets one role in, with a policy for the whole cluster and as a member of the groups.
func (b *builder) enter(as, arn, policy string, groups pulumi.StringArrayInput) error {
	part := b.name + "-" + as + "-" + naming.Last(arn)
	entry, err := eks.NewAccessEntry(b.ctx, part, &eks.AccessEntryArgs{
		ClusterName: b.cluster.Name, PrincipalArn: pulumi.String(arn), Type: pulumi.String("STANDARD"),
		KubernetesGroups: groups,
	}, b.child()...)
	if err != nil {
		return err
	}
	_, err = eks.NewAccessPolicyAssociation(b.ctx, part+"-policy", &eks.AccessPolicyAssociationArgs{
		ClusterName: b.cluster.Name, PrincipalArn: pulumi.String(arn), PolicyArn: pulumi.String(policy),
		AccessScope: &eks.AccessPolicyAssociationAccessScopeArgs{Type: pulumi.String("cluster")},
	}, b.child(pulumi.DependsOn([]pulumi.Resource{entry}))...)
	return err
}

// role makes a role with policies that AWS keeps.
func (b *builder) role(part, why, service string, policies ...string) (*iam.Role, []pulumi.Resource, error) {
	trust := iampolicy.Trust(service)
	role, err := iam.NewRole(b.ctx, b.name+"-"+part+"-role", &iam.RoleArgs{
		Name:             pulumi.String(b.args.Scope.Role("cluster-" + part)),
		Description:      pulumi.String(why),
		AssumeRolePolicy: pulumi.String(trust.JSON()),
		Tags:             b.tags(part),
	}, b.child()...)
	if err != nil {
		return nil, nil, err
	}
	var attached []pulumi.Resource
	for _, policy := range policies {
		at, err := iam.NewRolePolicyAttachment(b.ctx, b.name+"-"+part+"-"+policy, &iam.RolePolicyAttachmentArgs{
			Role: role.Name, PolicyArn: pulumi.String("arn:aws:iam::aws:policy/" + policy),
		}, b.child()...)
		if err != nil {
			return nil, nil, err
		}
		attached = append(attached, at)
	}
	return role, attached, nil
}

// tags names one part in the console.
func (b *builder) tags(part string) pulumi.StringMap {
	s := b.args.Scope
	return pulumi.StringMap{"Name": pulumi.String(naming.Join(256, s.System, string(s.Home), "cluster", part))}
}
