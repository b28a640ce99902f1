package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

const nodeTrust = `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"Service":"ec2.amazonaws.com"},"Action":"sts:AssumeRole"}]}`

// nodeRole makes a role with AWS's own policies.
func (l *lab) nodeRole(name string, policies ...string) string {
	l.t.Helper()
	r := l.make(ireland, name, "AWS::IAM::Role", doc{"Name": name, "AssumeRolePolicy": nodeTrust})
	for _, p := range policies {
		l.make(ireland, name+p, "AWS::IAM::RolePolicyAttachment", doc{"Role": name, "PolicyArn": "arn:aws:iam::aws:policy/" + p})
	}
	return r.ARN
}

func (l *lab) clusterIn() doc {
	return doc{
		"Name": "agora", "RoleArn": l.arn(ireland, "control"), "Version": "1.35", "BootstrapSelfManagedAddons": false,
		"AccessConfig":            doc{"AuthenticationMode": "API", "BootstrapClusterCreatorAdminPermissions": false},
		"EnabledClusterLogTypes":  []any{"api"},
		"KubernetesNetworkConfig": doc{"ServiceIpv4Cidr": "172.20.0.0/16"},
		"ZonalShiftConfig":        doc{"Enabled": true},
		"VpcConfig": doc{"EndpointPrivateAccess": true, "EndpointPublicAccess": false,
			"SubnetIds": []any{l.id(ireland, "subnet0"), l.id(ireland, "subnet1"), l.id(ireland, "subnet2")}},
	}
}

func (l *lab) groupIn(subnet string, nodes int) doc {
	return doc{
		"ClusterName": "agora", "NodeGroupName": "nodes-" + subnet, "NodeRoleArn": l.arn(ireland, "nodes"),
		"SubnetIds": []any{l.id(ireland, subnet)}, "InstanceTypes": []any{"m6i.xlarge"},
		"ScalingConfig": doc{"MinSize": nodes, "DesiredSize": nodes, "MaxSize": 6},
	}
}

// kubernetes builds a cluster with one node group a zone.
func (l *lab) kubernetes() *world.Entity {
	l.t.Helper()
	l.network(ireland, 40)
	l.nodeRole("control", "AmazonEKSClusterPolicy")
	l.nodeRole("nodes", "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
	c := l.make(ireland, "cluster", "AWS::EKS::Cluster", l.clusterIn())
	l.make(ireland, "cni", "AWS::EKS::Addon", doc{"ClusterName": "agora", "AddonName": "vpc-cni"})
	for _, subnet := range []string{"subnet0", "subnet1", "subnet2"} {
		l.make(ireland, "group-"+subnet, "AWS::EKS::Nodegroup", l.groupIn(subnet, 2))
	}
	return c
}

func TestCluster_refusesWhatEKSRefuses(t *testing.T) {
	t.Parallel()
	l := newLab(t, 11)
	c := l.kubernetes()
	refused := func(name, kind string, in doc, want string) {
		_, err := l.Create(ireland, kind, name, in)
		assert.Equal(t, want, code(err), name)
	}
	entry := doc{"ClusterName": "agora", "PrincipalArn": "arn:aws:iam::" + account + ":role/ann"}
	l.make(ireland, "ann", "AWS::EKS::AccessEntry", entry)
	refused("an entry twice", "AWS::EKS::AccessEntry", entry, "ResourceInUseException")
	refused("an entry of the nodes, which EKS makes", "AWS::EKS::AccessEntry",
		with(entry, "PrincipalArn", l.arn(ireland, "nodes"), "Type", "EC2_LINUX"), "ResourceInUseException")
	refused("groups of a node", "AWS::EKS::AccessEntry", with(entry, "PrincipalArn", "arn:aws:iam::"+account+":role/bo",
		"Type", "EC2_LINUX", "KubernetesGroups", []any{"admins"}), "InvalidParameterException")
	refused("a policy for nobody", "AWS::EKS::AccessPolicyAssociation", doc{"ClusterName": "agora",
		"PrincipalArn": "arn:aws:iam::" + account + ":role/bo", "AccessScope": doc{"Type": "cluster"},
		"PolicyArn": "arn:aws:eks::aws:cluster-access-policy/AmazonEKSViewPolicy"}, "ResourceNotFoundException")
	refused("nodes newer than the control plane", "AWS::EKS::Nodegroup",
		with(l.groupIn("subnet0", 1), "NodeGroupName", "new", "Version", "1.36"), "InvalidParameterException")
	refused("desired above max", "AWS::EKS::Nodegroup",
		with(l.groupIn("subnet0", 9), "NodeGroupName", "big"), "InvalidParameterException")
	refused("services over the network", "AWS::EKS::Cluster", with(l.clusterIn(), "Name", "other",
		"KubernetesNetworkConfig", doc{"ServiceIpv4Cidr": "10.40.0.0/16"}), "InvalidParameterException")
	refused("one zone", "AWS::EKS::Cluster", with(l.clusterIn(), "Name", "other",
		"VpcConfig", doc{"SubnetIds": []any{l.id(ireland, "subnet0")}}), "InvalidParameterException")

	_, err := l.Update(ireland, "AWS::EKS::Cluster", c.ID, with(l.clusterIn(), "Version", "1.34"))
	assert.Equal(t, "InvalidParameterException", code(err), "no version goes back")
	_, err = l.Update(ireland, "AWS::EKS::Cluster", c.ID, with(l.clusterIn(), "AccessConfig",
		doc{"AuthenticationMode": "CONFIG_MAP"}))
	assert.Equal(t, "InvalidParameterException", code(err), "authentication moves one way")
	assert.Equal(t, "ResourceInUseException", code(l.remove(ireland, "cluster")), "it has node groups")
}

func TestCluster_addonsWaitForNodesAndNodesForTheNetwork(t *testing.T) {
	t.Parallel()
	l := newLab(t, 12)
	l.network(ireland, 40)
	l.nodeRole("control", "AmazonEKSClusterPolicy")
	l.nodeRole("nodes", "AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly")
	l.make(ireland, "cluster", "AWS::EKS::Cluster", l.clusterIn())
	_, err := l.Create(ireland, "AWS::EKS::Nodegroup", "early", l.groupIn("subnet0", 1))
	assert.Equal(t, "NodeCreationFailure", code(err))
	_, err = l.Create(ireland, "AWS::EKS::Addon", "dns", doc{"ClusterName": "agora", "AddonName": "coredns"})
	assert.Equal(t, "InsufficientNumberOfReplicas", code(err))
	l.make(ireland, "cni", "AWS::EKS::Addon", doc{"ClusterName": "agora", "AddonName": "vpc-cni"})
	l.make(ireland, "group", "AWS::EKS::Nodegroup", l.groupIn("subnet0", 1))
	l.make(ireland, "dns", "AWS::EKS::Addon", doc{"ClusterName": "agora", "AddonName": "coredns"})
}

func TestCluster_logGroupThatNobodyMadeStaysBehind(t *testing.T) {
	t.Parallel()
	l := newLab(t, 13)
	l.kubernetes()
	_, err := l.Create(ireland, "AWS::Logs::LogGroup", "late", doc{"Name": "/aws/eks/agora/cluster"})
	assert.Equal(t, "ResourceAlreadyExistsException", code(err))
}

func TestCluster_readsBackWhoIsAdministrator(t *testing.T) {
	t.Parallel()
	l := newLab(t, 14)
	l.network(ireland, 40)
	l.nodeRole("control", "AmazonEKSClusterPolicy")
	c := l.make(ireland, "cluster", "AWS::EKS::Cluster", with(l.clusterIn(), "AccessConfig", nil))
	assert.Equal(t, doc{"AuthenticationMode": "CONFIG_MAP", "BootstrapClusterCreatorAdminPermissions": true},
		c.Out["AccessConfig"])
}

func scaleTo(nodes int) doc {
	return doc{"clusterName": "agora", "nodegroupName": "nodes-subnet0", "scalingConfig": doc{"desiredSize": nodes}}
}

func (l *lab) group() doc {
	out := l.call(ireland, "eks", "DescribeNodegroup", doc{"clusterName": "agora", "nodegroupName": "nodes-subnet0"})
	return out["nodegroup"].(doc)
}

func TestNodes_comeAfterTheirLaunch(t *testing.T) {
	t.Parallel()
	l := newLab(t, 15)
	l.kubernetes()
	l.call(ireland, "eks", "UpdateNodegroupConfig", scaleTo(4))
	assert.Equal(t, "UPDATING", l.group()["status"])
	l.Advance(l.Now().Add(3 * time.Minute))
	assert.Equal(t, "ACTIVE", l.group()["status"])
	assert.Equal(t, 4.0, l.group()["scalingConfig"].(doc)["desiredSize"])
	_, err := l.Call(world.Request{Region: ireland, Service: "eks", Operation: "UpdateNodegroupConfig", Input: scaleTo(7)})
	assert.Equal(t, "InvalidParameterException", code(err), "more than its maximum")
}

// autoscaler puts the cluster autoscaler into the lab with what it is told of the first group.
func (l *lab) autoscaler(args ...any) {
	l.t.Helper()
	l.clusterObject("apps/v1", "Deployment", "cluster-autoscaler", doc{"spec": doc{"template": doc{"spec": doc{
		"containers": []any{doc{"command": append([]any{"./cluster-autoscaler"}, args...)}}}}}})
}

func TestAutoscaler_bringsAGroupToItsLeast(t *testing.T) {
	t.Parallel()
	enforced := "--enforce-node-group-min-size=true"
	for name, tt := range map[string]struct {
		flag  string
		least string
		want  float64
	}{
		"the least is more than there are": {enforced, "4:6:", 4},
		"there are more than the least":    {enforced, "1:6:", 2},
		"nothing makes it hold the least":  {"--v=4", "4:6:", 2},
		"more than the group allows":       {enforced, "9:9:", 6},
		"another group":                    {enforced, "4:6:x", 2},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, 15)
			l.kubernetes()
			behind := l.made[ireland+"/group-subnet0"].Out["Resources"].([]any)[0].(doc)["AutoscalingGroups"].([]any)[0].(doc)
			l.autoscaler(tt.flag, "--nodes="+tt.least+behind["Name"].(string))
			now := l.group()
			assert.Equal(t, tt.want, now["scalingConfig"].(doc)["desiredSize"])
			assert.Equal(t, "ACTIVE", now["status"], "EKS takes a change of the group's size for none of its own")
			nodes := func() any {
				g, err := l.Read(ireland, "AWS::EKS::Nodegroup", "agora:nodes-subnet0")
				require.NoError(t, err)
				return g.Out["Nodes"]
			}
			assert.Equal(t, 2.0, nodes(), "a machine takes its time")
			l.Advance(l.Now().Add(3 * time.Minute))
			assert.Equal(t, tt.want, nodes())
		})
	}
}

func TestNodes_aShortZoneGivesOnlyWhatIsReserved(t *testing.T) {
	t.Parallel()
	for name, tt := range map[string]struct {
		fault    string
		reserved int
		want     string
	}{
		"nothing reserved":  {"capacity-short eu-west-1a", 0, "UPDATING"},
		"too few reserved":  {"capacity-short eu-west-1a", 3, "UPDATING"},
		"enough reserved":   {"capacity-short eu-west-1a", 4, "ACTIVE"},
		"the zone is gone":  {"zone-down eu-west-1a", 4, "UPDATING"},
		"another is short":  {"capacity-short eu-west-1b", 0, "ACTIVE"},
		"nothing is broken": {"", 0, "ACTIVE"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := newLab(t, 16)
			l.kubernetes()
			in := doc{"Name": "nodes"}
			if tt.reserved > 0 {
				r := l.make(ireland, "reservation", "AWS::EC2::CapacityReservation", doc{"AvailabilityZone": "eu-west-1a",
					"InstanceCount": tt.reserved, "InstancePlatform": "Linux/UNIX", "InstanceType": "m6i.xlarge"})
				in["CapacityReservationSpecification"] = doc{"CapacityReservationTarget": doc{"CapacityReservationId": r.ID}}
			}
			lt := l.make(ireland, "template", "AWS::EC2::LaunchTemplate", in)
			require.NoError(t, l.remove(ireland, "group-subnet0"))
			l.make(ireland, "again", "AWS::EKS::Nodegroup",
				with(l.groupIn("subnet0", 2), "LaunchTemplate", doc{"Id": lt.ID, "Version": "1"}))
			if tt.fault != "" {
				l.inject(tt.fault)
			}
			l.call(ireland, "eks", "UpdateNodegroupConfig", scaleTo(4))
			l.Advance(l.Now().Add(5 * time.Minute))
			assert.Equal(t, tt.want, l.group()["status"])
			assert.Equal(t, tt.want == "UPDATING", len(l.group()["health"].(doc)["issues"].([]any)) > 0)
		})
	}
}

func TestNodes_comeWhenTheZoneHasMachinesAgain(t *testing.T) {
	t.Parallel()
	l := newLab(t, 17)
	l.kubernetes()
	l.inject("capacity-short eu-west-1a")
	l.call(ireland, "eks", "UpdateNodegroupConfig", scaleTo(4))
	l.Advance(l.Now().Add(time.Hour))
	assert.Equal(t, "UPDATING", l.group()["status"])
	_, err := l.Create(ireland, "AWS::EC2::CapacityReservation", "late", doc{"AvailabilityZone": "eu-west-1a",
		"InstanceCount": 1, "InstancePlatform": "Linux/UNIX", "InstanceType": "m6i.xlarge"})
	assert.Equal(t, "InsufficientInstanceCapacity", code(err), "a reservation is made before the shortage or not at all")
	l.inject("capacity-back eu-west-1a")
	l.Advance(l.Now().Add(2 * time.Minute))
	assert.Equal(t, "ACTIVE", l.group()["status"])
}

func TestZonalShift_keepsNodesOutOfTheZoneUntilItEnds(t *testing.T) {
	t.Parallel()
	l := newLab(t, 18)
	c := l.kubernetes()
	in := doc{"resourceIdentifier": c.ARN, "awayFrom": "euw1-az1", "expiresIn": "30m", "comment": "drill"}
	shift := l.call(ireland, "arc-zonal-shift", "StartZonalShift", in)
	again := world.Request{Region: ireland, Service: "arc-zonal-shift", Operation: "StartZonalShift", Input: in}
	_, err := l.Call(again)
	assert.Equal(t, "ConflictException", code(err))
	l.call(ireland, "eks", "UpdateNodegroupConfig", scaleTo(3))
	l.Advance(l.Now().Add(10 * time.Minute))
	assert.Equal(t, "UPDATING", l.group()["status"])
	out := l.call(ireland, "arc-zonal-shift", "CancelZonalShift", doc{"zonalShiftId": shift["zonalShiftId"]})
	assert.Equal(t, "CANCELED", out["status"])
	l.Advance(l.Now().Add(2 * time.Minute))
	assert.Equal(t, "ACTIVE", l.group()["status"])

	l.call(ireland, "arc-zonal-shift", "StartZonalShift", in)
	l.Advance(l.Now().Add(31 * time.Minute))
	active := l.call(ireland, "arc-zonal-shift", "ListZonalShifts", doc{"status": "ACTIVE"})
	assert.Empty(t, active["items"], "a shift ends by itself")
	for name, bad := range map[string]doc{
		"no such thing":  with(in, "resourceIdentifier", c.ARN+"x"),
		"a zone's name":  with(in, "awayFrom", "eu-west-1a"),
		"for ever":       with(in, "expiresIn", "100h"),
		"without reason": with(in, "comment", nil),
	} {
		again.Input = bad
		_, err := l.Call(again)
		assert.Error(t, err, name)
	}
}

func TestKubernetesObjects_needTheirCluster(t *testing.T) {
	t.Parallel()
	l := newLab(t, 19)
	_, err := l.Create(ireland, "Kubernetes::Object", "x", doc{"Id": "ABC/v1:Namespace/agora", "Object": doc{}})
	assert.Equal(t, "Unreachable", code(err))
	c := l.kubernetes()
	host := c.Out["Endpoint"].(string)[len("https://"):][:32]
	l.make(ireland, "namespace", "Kubernetes::Object", doc{"Id": host + "/v1:Namespace/agora", "Object": doc{}})
	l.inject("region-down eu-west-1")
	_, err = l.Create(ireland, "Kubernetes::Object", "y", doc{"Id": host + "/v1:Namespace/more", "Object": doc{}})
	assert.Equal(t, "RequestError", code(err))
	l.inject("region-up eu-west-1")
	for _, name := range []string{"group-subnet0", "group-subnet1", "group-subnet2", "cluster"} {
		require.NoError(t, l.remove(ireland, name))
	}
	assert.Empty(t, l.Find("", "Kubernetes::Object", nil), "what lived in a cluster goes with it")
}

func TestCluster_needsItsRoleToGo(t *testing.T) {
	t.Parallel()
	l := newLab(t, 20)
	l.kubernetes()
	for _, name := range []string{"group-subnet0", "group-subnet1", "group-subnet2", "controlAmazonEKSClusterPolicy"} {
		require.NoError(t, l.remove(ireland, name))
	}
	assert.Equal(t, "InvalidRequestException", code(l.remove(ireland, "cluster")))
}
