package world

import (
	"slices"
	"strconv"
	"strings"
)

const (
	kindNodeGroup      = "AWS::EKS::Nodegroup"
	kindLaunchTemplate = "AWS::EC2::LaunchTemplate"
	kindReservation    = "AWS::EC2::CapacityReservation"
)

var nodeKinds = []Kind{
	{
		Name: kindNodeGroup, Service: "eks", Source: eksAPI + "API_CreateNodegroup.html", Exists: "ResourceInUseException",
		Required: []string{"ClusterName", "NodeGroupName", "NodeRoleArn", "SubnetIds", "ScalingConfig"},
		Fixed:    []string{"ClusterName", "NodeRoleArn", "SubnetIds", "AmiType", "CapacityType", "InstanceTypes", "LaunchTemplate.Id"},
		Refs: []Link{
			clusterLink("ResourceInUseException"),
			link("NodeRoleArn", kindRole, "InvalidParameterException", ""),
			link("SubnetIds", kindSubnet, "InvalidParameterException", "DependencyViolation"),
			link("LaunchTemplate.Id", kindLaunchTemplate, "InvalidParameterException", ""),
		},
		id: pair("ClusterName", "NodeGroupName"), arn: func(t *tx, e *Entity) string {
			return arnOf("eks", "nodegroup/{ClusterName}/{NodeGroupName}/"+t.uuid(e, "arn"))(t, e)
		},
		checks:   []check{groupVersion, groupScaling, groupTemplate, groupRole, groupPlumbing, groupCapacity},
		computed: groupNodesComputed, after: groupEntry, remove: removeNodeGroup,
	},
	{
		Name: kindLaunchTemplate, Service: "ec2", NotFound: "InvalidLaunchTemplateId.NotFound",
		Source: vpcAPI + "API_CreateLaunchTemplate.html", Exists: "InvalidLaunchTemplateName.AlreadyExistsException",
		Refs: []Link{{Path: "BlockDeviceMappings.Ebs.KmsKeyId", Kinds: keyKinds, Code: "InvalidParameterValue"},
			link("CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId", kindReservation,
				"InvalidCapacityReservationId.NotFound", "")},
		id: prefixed("lt"), arn: arnOf("ec2", "launch-template/{id}"), checks: []check{nameLength("Name", 3, 128)},
		computed: func(_ *tx, e *Entity) { set(e, "LatestVersion", 1.0); def(e, "DefaultVersion", 1.0) },
		after:    templateVersion,
	},
	{
		Name: kindReservation, Service: "ec2", NotFound: "InvalidCapacityReservationId.NotFound",
		Source:   vpcAPI + "API_CreateCapacityReservation.html",
		Required: []string{"AvailabilityZone", "InstanceCount", "InstancePlatform", "InstanceType"},
		Fixed:    []string{"AvailabilityZone", "InstancePlatform", "InstanceType", "InstanceMatchCriteria", "Tenancy"},
		id:       prefixed("cr"), arn: arnOf("ec2", "capacity-reservation/{id}"), checks: []check{reservationZone},
		computed: func(t *tx, e *Entity) {
			e.Out["OwnerId"] = t.cfg.Account
			def(e, "InstanceMatchCriteria", "open")
			def(e, "EndDateType", "unlimited")
			def(e, "Tenancy", "default")
		},
	},
}

// groupVersion: nodes are never newer than the control plane, at most three
// minor versions older, and never go back:
// https://docs.aws.amazon.com/eks/latest/userguide/kubernetes-versions.html
func groupVersion(t *tx, e, old *Entity) error {
	c := t.get(kindEKS, e.Region, str(e.In, "ClusterName"))
	control := str(c.Out, "VersionActual")
	v := firstOf(str(e.In, "Version"), control)
	at, of := slices.Index(minors, v), slices.Index(minors, control)
	switch {
	case at < 0 || at > of || of-at > 3:
		return refuse("InvalidParameterException", "nodes of %s with a control plane of %s are not supported", v, control)
	case old != nil && at < slices.Index(minors, str(old.Out, "VersionActual")):
		return refuse("InvalidParameterException", "nodes cannot go back from %s to %s", str(old.Out, "VersionActual"), v)
	}
	return nil
}

func groupScaling(_ *tx, e, _ *Entity) error {
	low, high := numOr(e.In, "ScalingConfig.MinSize", 0), numOr(e.In, "ScalingConfig.MaxSize", 0)
	want := numOr(e.In, "ScalingConfig.DesiredSize", 0)
	if low < 0 || high < 1 || low > want || want > high {
		return refuse("InvalidParameterException", "desired size %v is not between %v and %v", want, low, high)
	}
	return nil
}

// groupTemplate: https://docs.aws.amazon.com/eks/latest/userguide/launch-templates.html
func groupTemplate(t *tx, e, _ *Entity) error {
	id := str(e.In, "LaunchTemplate.Id")
	if id == "" {
		return nil
	}
	lt := t.get(kindLaunchTemplate, e.Region, id)
	v, err := strconv.Atoi(str(e.In, "LaunchTemplate.Version"))
	if err != nil || v < 1 || float64(v) > numOr(lt.Out, "LatestVersion", 1) {
		return refuse("InvalidRequestException", "launch template %s has no version %q", id, str(e.In, "LaunchTemplate.Version"))
	}
	if has(e.In, "DiskSize") || has(e.In, "RemoteAccess") {
		return refuse("InvalidParameterException", "disk size and remote access belong into the launch template")
	}
	if has(lt.In, "InstanceType") && has(e.In, "InstanceTypes") {
		return refuse("InvalidParameterException", "the instance type stands in the launch template and in the group")
	}
	return nil
}

// nodeNeeds are what a node's role must hold before a node can join:
// https://docs.aws.amazon.com/eks/latest/userguide/create-node-role.html
var nodeNeeds = []string{"AmazonEKSWorkerNode", "AmazonEC2ContainerRegistry"}

func groupRole(t *tx, e, old *Entity) error {
	if old != nil {
		return nil
	}
	role := lastPart(str(e.In, "NodeRoleArn"))
	for _, need := range nodeNeeds {
		if !slices.ContainsFunc(t.list(kindAttachment, Global), func(a *Entity) bool {
			return str(a.In, "Role") == role && strings.Contains(str(a.In, "PolicyArn"), "/"+need)
		}) {
			return refuse("NodeCreationFailure", "instances failed to join: role %s holds no %s policy", role, need)
		}
	}
	return nil
}

// groupPlumbing: without a network no node becomes ready:
// https://docs.aws.amazon.com/eks/latest/userguide/troubleshooting.html
func groupPlumbing(t *tx, e, old *Entity) error {
	cluster := str(e.In, "ClusterName")
	c := t.get(kindEKS, e.Region, cluster)
	own := c.In["BootstrapSelfManagedAddons"] != false
	if old == nil && !own && t.get(kindAddon, e.Region, cluster+":vpc-cni") == nil {
		return refuse("NodeCreationFailure", "instances failed to join: cluster %s has no network add-on", cluster)
	}
	return nil
}

// groupCapacity: more nodes than there are need machines in one of the group's zones.
func groupCapacity(t *tx, e, _ *Entity) error {
	if want := int(numOr(e.In, "ScalingConfig.DesiredSize", 0)); want > int(numOr(e.Out, "Nodes", 0)) {
		return t.launchable(e, want)
	}
	return nil
}

// launchable refuses what no zone of the group has machines for. A group whose
// launch template points at a reservation launches inside it and nowhere else:
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/capacity-reservations-using.html
func (t *tx) launchable(g *Entity, want int) error {
	for _, zone := range t.zonesOf(g.Region, strs(g.In, "SubnetIds")) {
		if t.zoneDown(zone) || t.shifted(g.Region, str(g.In, "ClusterName"), zone) {
			continue
		}
		if kept, targeted := t.reserved(g, zone); targeted && kept >= want || !targeted && !t.short(zone) {
			return nil
		}
	}
	return refuse("InsufficientInstanceCapacity", "%s: no zone of it has %d machines", g.ID, want)
}

// reserved is how many machines of the zone are kept for the group.
func (t *tx) reserved(g *Entity, zone string) (kept int, targeted bool) {
	lt := t.get(kindLaunchTemplate, g.Region, str(g.In, "LaunchTemplate.Id"))
	if lt == nil {
		return 0, false
	}
	id := str(lt.In, "CapacityReservationSpecification.CapacityReservationTarget.CapacityReservationId")
	r := t.get(kindReservation, g.Region, id)
	if id == "" {
		return 0, false
	}
	if r == nil || str(r.In, "AvailabilityZone") != zone || !slices.Contains(strs(g.In, "InstanceTypes"), str(r.In, "InstanceType")) {
		return 0, true
	}
	return int(numOr(r.In, "InstanceCount", 0)), true
}

// groupNodesComputed: a declared group has its nodes at once (assumed: a
// creation takes no virtual time); a plan that scales it waits.
func groupNodesComputed(t *tx, e *Entity) {
	e.Out["Nodes"] = numOr(e.In, "ScalingConfig.DesiredSize", 0)
	e.Out["VersionActual"] = firstOf(str(e.In, "Version"),
		str(e.Out, "VersionActual"), str(t.get(kindEKS, e.Region, str(e.In, "ClusterName")).Out, "VersionActual"))
	def(e, "Version", e.Out["VersionActual"])
	def(e, "ReleaseVersion", str(e.Out, "VersionActual")+".0-20260101")
	def(e, "AmiType", "AL2023_x86_64_STANDARD")
	def(e, "CapacityType", "ON_DEMAND")
	def(e, "UpdateConfig", Document{"MaxUnavailable": 1.0})
	e.Out["Status"] = "ACTIVE"
	set(e, "Resources", []any{Document{"AutoscalingGroups": []any{
		Document{"Name": "eks-" + str(e.In, "NodeGroupName") + "-" + t.uuid(e, "group")}}}})
	if lt := t.get(kindLaunchTemplate, e.Region, str(e.In, "LaunchTemplate.Id")); lt != nil {
		filled(e, "LaunchTemplate", Document{"Name": str(lt.In, "Name")})
	}
}

// groupEntry: EKS lets the nodes of a group in by itself:
// https://docs.aws.amazon.com/eks/latest/userguide/access-entries.html
func groupEntry(t *tx, e, _ *Entity) error {
	cluster, role := str(e.In, "ClusterName"), str(e.In, "NodeRoleArn")
	c := t.get(kindEKS, e.Region, cluster)
	if authMode(c) == 0 || t.get(kindAccessEntry, e.Region, cluster+":"+role) != nil {
		return nil
	}
	_, err := kinds[kindAccessEntry].create(t, e.Region, "eks/"+cluster+"/"+role,
		Document{"ClusterName": cluster, "PrincipalArn": role, "Type": "EC2_LINUX"})
	return err
}

// removeNodeGroup takes the entry of the nodes along with their last group (assumed).
func removeNodeGroup(t *tx, e *Entity) error {
	t.drop(e)
	cluster, role := str(e.In, "ClusterName"), str(e.In, "NodeRoleArn")
	for _, g := range t.list(kindNodeGroup, e.Region) {
		if str(g.In, "ClusterName") == cluster && str(g.In, "NodeRoleArn") == role {
			return nil
		}
	}
	if entry := t.get(kindAccessEntry, e.Region, cluster+":"+role); entry != nil {
		t.drop(entry)
	}
	return nil
}

// templateVersion: each change of a launch template is a new version, its tags are not:
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/manage-launch-template-versions.html
func templateVersion(t *tx, e, old *Entity) error {
	if old == nil {
		return nil
	}
	now, was := copyDoc(e.In), copyDoc(old.In)
	for _, d := range []Document{now, was} {
		delete(d, "Tags")
		delete(d, "TagsAll")
	}
	if !same(now, was) {
		t.edit(e).Out["LatestVersion"] = numOr(old.Out, "LatestVersion", 1) + 1
	}
	return nil
}

// reservationZone: a reservation is made of machines that the zone has:
// https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/ec2-capacity-reservations.html
func reservationZone(t *tx, e, old *Entity) error {
	zone := str(e.In, "AvailabilityZone")
	if !isZone(e.Region, zone) {
		return refuse("InvalidParameterValue", "zone %s is not in %s", zone, e.Region)
	}
	had := 0.0
	if old != nil {
		had = numOr(old.In, "InstanceCount", 0)
	}
	if numOr(e.In, "InstanceCount", 0) > had && (t.short(zone) || t.zoneDown(zone)) {
		return refuse("InsufficientInstanceCapacity", "there are not enough machines of %s in %s", str(e.In, "InstanceType"), zone)
	}
	return nil
}
