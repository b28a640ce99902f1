package world

import "net/netip"

const (
	vpcAPI = "https://docs.aws.amazon.com/AWSEC2/latest/APIReference/"

	kindVPC        = "AWS::EC2::VPC"
	kindSubnet     = "AWS::EC2::Subnet"
	kindIGW        = "AWS::EC2::InternetGateway"
	kindEIP        = "AWS::EC2::EIP"
	kindNAT        = "AWS::EC2::NatGateway"
	kindRouteTable = "AWS::EC2::RouteTable"
	kindRoute      = "AWS::EC2::Route"
	kindRTA        = "AWS::EC2::SubnetRouteTableAssociation"
	kindEndpoint   = "AWS::EC2::VPCEndpoint"
	kindFlowLog    = "AWS::EC2::FlowLog"
)

func vpcLink(inUse string) Link { return link("VpcId", kindVPC, "InvalidVpcID.NotFound", inUse) }

var ec2Kinds = []Kind{
	{
		Name: kindVPC, Service: "ec2", Source: vpcAPI + "API_CreateVpc.html", NotFound: "InvalidVpcID.NotFound",
		Required: []string{"CidrBlock"}, Fixed: []string{"CidrBlock", "InstanceTenancy"},
		id: prefixed("vpc"), arn: arnOf("ec2", "vpc/{id}"), checks: []check{vpcRange}, computed: vpcComputed,
		remove: removeVPC,
	},
	{
		Name: kindSubnet, Service: "ec2", Source: vpcAPI + "API_CreateSubnet.html", NotFound: "InvalidSubnetID.NotFound",
		Required: []string{"VpcId", "CidrBlock"}, Fixed: []string{"VpcId", "CidrBlock", "AvailabilityZone"},
		Refs: []Link{vpcLink("DependencyViolation")},
		id:   prefixed("subnet"), arn: arnOf("ec2", "subnet/{id}"), checks: []check{subnetZone, subnetRange},
		computed: subnetComputed,
	},
	{
		Name: kindIGW, Service: "ec2", Source: vpcAPI + "API_CreateInternetGateway.html",
		NotFound: "InvalidInternetGatewayID.NotFound", Refs: []Link{vpcLink("DependencyViolation")},
		id: prefixed("igw"), arn: arnOf("ec2", "internet-gateway/{id}"), checks: []check{oneGateway}, computed: owned,
		guard: gatewayInUse,
	},
	{
		Name: kindEIP, Service: "ec2", Source: vpcAPI + "API_AllocateAddress.html", NotFound: "InvalidAllocationID.NotFound",
		id: prefixed("eipalloc"), arn: arnOf("ec2", "elastic-ip/{id}"), computed: eipComputed,
	},
	{
		Name: kindNAT, Service: "ec2", Source: vpcAPI + "API_CreateNatGateway.html", NotFound: "NatGatewayNotFound",
		Required: []string{"SubnetId"}, Fixed: []string{"SubnetId", "AllocationId", "ConnectivityType"},
		Refs: []Link{
			link("SubnetId", kindSubnet, "InvalidSubnetID.NotFound", "DependencyViolation"),
			link("AllocationId", kindEIP, "InvalidAllocationID.NotFound", "InvalidIPAddress.InUse"),
		},
		id: prefixed("nat"), checks: []check{natAllocation}, computed: natComputed,
	},
	{
		Name: kindRouteTable, Service: "ec2", Source: vpcAPI + "API_CreateRouteTable.html",
		NotFound: "InvalidRouteTableID.NotFound", Required: []string{"VpcId"}, Fixed: []string{"VpcId"},
		Refs: []Link{vpcLink("DependencyViolation")},
		id:   prefixed("rtb"), arn: arnOf("ec2", "route-table/{id}"), computed: owned, remove: removeRouteTable,
	},
	{
		Name: kindRoute, Service: "ec2", Source: vpcAPI + "API_CreateRoute.html", NotFound: "InvalidRoute.NotFound",
		Exists: "RouteAlreadyExists", Required: []string{"RouteTableId"},
		Refs: []Link{
			link("RouteTableId", kindRouteTable, "InvalidRouteTableID.NotFound", ""),
			link("GatewayId", kindIGW, "InvalidGatewayID.NotFound", ""),
			link("NatGatewayId", kindNAT, "InvalidNatGatewayID.NotFound", ""),
			link("VpcPeeringConnectionId", kindPeering, "InvalidVpcPeeringConnectionID.NotFound", ""),
		},
		id: routeID, checks: []check{routeTarget, routeRange}, computed: routeComputed, seen: routeSeen,
	},
	{
		Name: kindRTA, Service: "ec2", Source: vpcAPI + "API_AssociateRouteTable.html",
		NotFound: "InvalidAssociationID.NotFound", Required: []string{"RouteTableId"},
		Fixed: []string{"SubnetId", "GatewayId"},
		Refs: []Link{
			link("RouteTableId", kindRouteTable, "InvalidRouteTableID.NotFound", "DependencyViolation"),
			link("SubnetId", kindSubnet, "InvalidSubnetID.NotFound", "DependencyViolation"),
			link("GatewayId", kindIGW, "InvalidGatewayID.NotFound", "DependencyViolation"),
		},
		id: prefixed("rtbassoc"), checks: []check{oneAssociation},
	},
	{
		Name: kindEndpoint, Service: "ec2", Source: vpcAPI + "API_CreateVpcEndpoint.html",
		NotFound: "InvalidVpcEndpointId.NotFound", Required: []string{"VpcId", "ServiceName"},
		Fixed: []string{"VpcId", "ServiceName", "VpcEndpointType"},
		Refs: []Link{
			vpcLink("DependencyViolation"),
			link("RouteTableIds", kindRouteTable, "InvalidRouteTableId.NotFound", ""),
			link("SubnetIds", kindSubnet, "InvalidSubnetId.NotFound", "DependencyViolation"),
			link("SecurityGroupIds", kindSG, "InvalidSecurityGroupId.NotFound", "DependencyViolation"),
		},
		id: prefixed("vpce"), arn: arnOf("ec2", "vpc-endpoint/{id}"), checks: []check{endpointShape},
		computed: endpointComputed,
	},
	{
		Name: kindFlowLog, Service: "ec2", Source: vpcAPI + "API_CreateFlowLogs.html", NotFound: "InvalidFlowLogId.NotFound",
		Refs: []Link{
			vpcLink(""),
			link("IamRoleArn", kindRole, "InvalidParameter", ""),
		},
		id: prefixed("fl"), arn: arnOf("ec2", "vpc-flow-log/{id}"), checks: []check{flowLogShape}, computed: flowLogComputed,
	},
}

func vpcRange(_ *tx, e, _ *Entity) error {
	p, err := prefix(str(e.In, "CidrBlock"))
	if err != nil || p.Bits() < 16 || p.Bits() > 28 {
		return refuse("InvalidVpc.Range", "CidrBlock %q must be a block of /16 to /28", str(e.In, "CidrBlock"))
	}
	return nil
}

// prefix parses a block and refuses host bits.
func prefix(s string) (netip.Prefix, error) {
	p, err := netip.ParsePrefix(s)
	if err != nil {
		return p, err
	}
	if p.Masked() != p {
		return p, refuse("InvalidParameterValue", "%s has host bits", s)
	}
	return p, nil
}

func vpcComputed(t *tx, e *Entity) {
	owned(t, e)
	def(e, "InstanceTenancy", "default")
	def(e, "EnableDnsSupport", true)
	def(e, "EnableDnsHostnames", false)
	main := "rtb-0" + t.hex(e, "main", 16)
	set(e, "DefaultRouteTableId", main)
	set(e, "MainRouteTableId", main)
	set(e, "DefaultSecurityGroupId", "sg-0"+t.hex(e, "sg", 16))
	set(e, "DefaultNetworkAclId", "acl-0"+t.hex(e, "acl", 16))
	set(e, "DhcpOptionsId", "dopt-0"+t.hex(e, "dopt", 16))
}

func owned(t *tx, e *Entity) { e.Out["OwnerId"] = t.cfg.Account }

func subnetZone(_ *tx, e, _ *Entity) error {
	if zone := str(e.In, "AvailabilityZone"); zone != "" && !isZone(e.Region, zone) {
		return refuse("InvalidParameterValue", "Value (%s) for parameter availabilityZone is invalid in %s", zone, e.Region)
	}
	return nil
}

func subnetRange(t *tx, e, _ *Entity) error {
	p, err := prefix(str(e.In, "CidrBlock"))
	if err != nil || p.Bits() < 16 || p.Bits() > 28 {
		return refuse("InvalidSubnet.Range", "CidrBlock %q must be a block of /16 to /28", str(e.In, "CidrBlock"))
	}
	vpc := t.get(kindVPC, e.Region, str(e.In, "VpcId"))
	whole, err := prefix(str(vpc.In, "CidrBlock"))
	if err != nil || !whole.Contains(p.Addr()) || p.Bits() < whole.Bits() {
		return refuse("InvalidSubnet.Range", "%s is not inside the VPC's %s", p, str(vpc.In, "CidrBlock"))
	}
	for _, other := range t.list(kindSubnet, e.Region) {
		if other.ID == e.ID || str(other.In, "VpcId") != vpc.ID {
			continue
		}
		if q, err := prefix(str(other.In, "CidrBlock")); err == nil && q.Overlaps(p) {
			return refuse("InvalidSubnet.Conflict", "%s conflicts with %s of %s", p, q, other.ID)
		}
	}
	return nil
}

func subnetComputed(t *tx, e *Entity) {
	owned(t, e)
	zone := str(e.In, "AvailabilityZone")
	if zone == "" {
		all := Zones(e.Region)
		zone = all[int(t.digest(e, "zone")[0])%len(all)]
	}
	def(e, "AvailabilityZone", zone)
	def(e, "AvailabilityZoneId", ZoneID(zone))
	def(e, "MapPublicIpOnLaunch", false)
}

// removeVPC takes along what AWS takes along: peerings, flow logs, the default group (assumed).
func removeVPC(t *tx, e *Entity) error {
	for _, c := range t.list(kindPeering, e.Region) {
		if str(c.In, "VpcId") == e.ID || str(c.In, "PeerVpcId") == e.ID {
			if err := removePeering(t, c); err != nil {
				return err
			}
		}
	}
	for _, kind := range []string{kindFlowLog, kindDefaultSG} {
		for _, f := range t.list(kind, e.Region) {
			if str(f.In, "VpcId") == e.ID {
				t.drop(f)
			}
		}
	}
	t.drop(e)
	return nil
}
