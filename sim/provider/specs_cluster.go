package provider

var specsOfCluster = map[string]spec{
	"aws:lambda/function:Function": {kind: "AWS::Lambda::Function", name: byName(64)},

	"aws:eks/cluster:Cluster": {kind: "AWS::EKS::Cluster", name: &naming{property: "name", max: 100}},
	"aws:eks/nodeGroup:NodeGroup": {kind: "AWS::EKS::Nodegroup",
		name: &naming{property: "nodeGroupName", prefix: "nodeGroupNamePrefix", max: 63}},
	"aws:eks/addon:Addon":                                     {kind: "AWS::EKS::Addon"},
	"aws:eks/accessEntry:AccessEntry":                         {kind: "AWS::EKS::AccessEntry"},
	"aws:eks/accessPolicyAssociation:AccessPolicyAssociation": {kind: "AWS::EKS::AccessPolicyAssociation"},
	"aws:eks/podIdentityAssociation:PodIdentityAssociation":   {kind: "AWS::EKS::PodIdentityAssociation"},
	"aws:ec2/launchTemplate:LaunchTemplate":                   {kind: "AWS::EC2::LaunchTemplate", name: byName(125)},
	"aws:ec2/capacityReservation:CapacityReservation":         {kind: "AWS::EC2::CapacityReservation"},
}
