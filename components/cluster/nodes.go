package cluster

import (
	"fmt"
	"strconv"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/ec2"
	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/internal/naming"
)

// volumeGiB is a node's disk: images, logs and scratch space. Nothing of the
// system's data is kept on it.
const volumeGiB = 80

// nodePolicies are the least a managed node needs: to join, to pull images, and
// to give pods addresses. The last could hang on a pod instead of the node; it stands here so that a new
// node needs no second service to be answered before it is ready. No agent can borrow
// it, because the hop limit keeps pods from the node's credentials.
var nodePolicies = []string{
	"AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonEKS_CNI_Policy",
}

// least and ceiling are the ends of every node group, in which no update ever
// changes anything. EKS refuses a least above the number that runs, which plans and the autoscaler decide, and the
// upstream provider sends that number as the state last knew it with every change of an end. So a home that grows
// tells its numbers to the autoscaler alone (components/controllers), which keeps between Size.Running and Size.Most.
// The ceiling is what AWS allows without asking: https://docs.aws.amazon.com/eks/latest/userguide/service-quotas.html
const (
	least   = 1
	ceiling = 450
)

// nodes registers a launch template and a node group for each zone, so that a
// shortage or a shift of one zone stays there and each can be scaled alone. Each zone has a template of its own
// because a reservation of capacity belongs to one zone. Groups get their names from
// Pulumi: a group that is replaced stands beside its successor until that one runs.
func (b *builder) nodes() error {
	role, attached, err := b.role("nodes", "Lets nodes join the cluster, pull images and give pods addresses",
		"ec2.amazonaws.com", nodePolicies...)
	if err != nil {
		return err
	}
	b.groups, b.scaling = pulumi.StringMap{}, pulumi.StringMap{}
	before := append(attached, b.plumbing...)
	for n, zone := range b.args.Zones {
		letter := zone[len(b.args.Scope.Region):]
		template, err := b.template(zone, letter)
		if err != nil {
			return err
		}
		group, err := eks.NewNodeGroup(b.ctx, b.name+"-nodes-"+letter, &eks.NodeGroupArgs{
			ClusterName: b.cluster.Name,
			NodeRoleArn: role.Arn,
			SubnetIds:   pulumi.StringArray{b.args.SubnetIDs.ToStringArrayOutput().Index(pulumi.Int(n))},
			Version:     pulumi.String(b.args.Version), // after the control plane, which the name waits for
			AmiType:     pulumi.String("AL2023_x86_64_STANDARD"),
			// Spot capacity is taken away when others need it, which is when this home needs it.
			CapacityType:  pulumi.String("ON_DEMAND"),
			InstanceTypes: pulumi.ToStringArray([]string{b.args.Size.InstanceType}),
			LaunchTemplate: &eks.NodeGroupLaunchTemplateArgs{
				Id: template.ID().ToStringOutput(),
				Version: template.LatestVersion.ApplyT(func(v int) string {
					return strconv.Itoa(v)
				}).(pulumi.StringOutput),
			},
			ScalingConfig: &eks.NodeGroupScalingConfigArgs{
				MinSize: pulumi.Int(least), DesiredSize: pulumi.Int(b.args.Size.Running),
				MaxSize: pulumi.Int(max(ceiling, b.args.Size.Most())),
			},
			UpdateConfig:     &eks.NodeGroupUpdateConfigArgs{MaxUnavailable: pulumi.Int(1)},
			NodeRepairConfig: &eks.NodeGroupNodeRepairConfigArgs{Enabled: pulumi.Bool(true)},
			Tags:             b.tags("nodes-" + letter),
		}, b.child(
			pulumi.DependsOn(before),
			// Plans scale a home that takes over, the autoscaler one that grows; an update must not undo that.
			pulumi.IgnoreChanges([]string{"scalingConfig.desiredSize"}),
			pulumi.Timeouts(&pulumi.CustomTimeouts{Create: "60m", Update: "60m", Delete: "60m"}))...)
		if err != nil {
			return err
		}
		b.groups[zone] = group.NodeGroupName
		b.scaling[zone] = behind(group)
		b.running = append(b.running, group)
	}
	return nil
}

// behind is the Auto Scaling group that EKS made for a node group.
func behind(group *eks.NodeGroup) pulumi.StringOutput {
	return pulumi.All(group.NodeGroupName, group.Resources).ApplyT(func(v []any) (string, error) {
		for _, made := range v[1].([]eks.NodeGroupResource) {
			for _, g := range made.AutoscalingGroups {
				if g.Name != nil {
					return *g.Name, nil
				}
			}
		}
		return "", fmt.Errorf("node group %s has no Auto Scaling group", v[0])
	}).(pulumi.StringOutput)
}

// reservation keeps machines of a zone for its nodes. It counts those that run
// as well: a template that points at a reservation launches inside it only, and a machine
// that runs in a reservation is paid for once. Others cannot take what is targeted. Where the zone is short of
// machines the update fails here, which is the time to know it
// (https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/capacity-reservations-using.html).
func (b *builder) reservation(zone, letter string) (ec2.LaunchTemplateCapacityReservationSpecificationPtrInput, error) {
	if b.args.Size.Reserved == 0 {
		return nil, nil
	}
	kept, err := ec2.NewCapacityReservation(b.ctx, b.name+"-reservation-"+letter, &ec2.CapacityReservationArgs{
		AvailabilityZone: pulumi.String(zone), InstanceType: pulumi.String(b.args.Size.InstanceType),
		InstanceCount: pulumi.Int(b.args.Size.Reserved), InstancePlatform: pulumi.String("Linux/UNIX"),
		InstanceMatchCriteria: pulumi.String("targeted"), EndDateType: pulumi.String("unlimited"),
		Tags: b.tags("nodes-" + letter),
	}, b.child()...)
	if err != nil {
		return nil, err
	}
	return &ec2.LaunchTemplateCapacityReservationSpecificationArgs{
		CapacityReservationTarget: &ec2.LaunchTemplateCapacityReservationSpecificationCapacityReservationTargetArgs{
			CapacityReservationId: kept.ID().ToStringOutput(),
		},
	}, nil
}

// template says what every node of a zone is like.
func (b *builder) template(zone, letter string) (*ec2.LaunchTemplate, error) {
	reserved, err := b.reservation(zone, letter)
	if err != nil {
		return nil, err
	}
	return ec2.NewLaunchTemplate(b.ctx, b.name+"-template-"+letter, &ec2.LaunchTemplateArgs{
		Description: pulumi.String("Nodes of the cluster in one zone"),
		BlockDeviceMappings: ec2.LaunchTemplateBlockDeviceMappingArray{&ec2.LaunchTemplateBlockDeviceMappingArgs{
			DeviceName: pulumi.String("/dev/xvda"), // the root of Amazon Linux 2023
			Ebs: &ec2.LaunchTemplateBlockDeviceMappingEbsArgs{
				Encrypted: pulumi.String("true"), KmsKeyId: b.args.VolumeKeyArn.ToStringOutput(),
				VolumeSize: pulumi.Int(volumeGiB), VolumeType: pulumi.String("gp3"),
				DeleteOnTermination: pulumi.String("true"),
			},
		}},
		// One hop reaches the node and what shares its network; a pod is two hops away.
		MetadataOptions: &ec2.LaunchTemplateMetadataOptionsArgs{
			HttpEndpoint: pulumi.String("enabled"), HttpTokens: pulumi.String("required"),
			HttpPutResponseHopLimit: pulumi.Int(1),
		},
		CapacityReservationSpecification: reserved,
		TagSpecifications:                b.tagged("instance", "volume"), // the provider's default tags do not get here
		Tags:                             b.tags("nodes-" + letter),
	}, b.child()...)
}

// tagged are the tags of what a launch makes.
func (b *builder) tagged(kinds ...string) ec2.LaunchTemplateTagSpecificationArray {
	s, out := b.args.Scope, ec2.LaunchTemplateTagSpecificationArray{}
	for _, kind := range kinds {
		out = append(out, &ec2.LaunchTemplateTagSpecificationArgs{
			ResourceType: pulumi.String(kind),
			Tags: pulumi.StringMap{
				"Name":           pulumi.String(naming.Join(256, s.System, string(s.Home), "node")),
				"redoubt:system": pulumi.String(s.System), "redoubt:home": pulumi.String(s.Home),
			},
		})
	}
	return out
}
