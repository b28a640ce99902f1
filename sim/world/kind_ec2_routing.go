package world

import (
	"fmt"
	"slices"
	"strings"
)

func oneGateway(t *tx, e, _ *Entity) error {
	for _, other := range t.list(kindIGW, e.Region) {
		if other.ID != e.ID && str(e.In, "VpcId") != "" && str(other.In, "VpcId") == str(e.In, "VpcId") {
			return refuse("InvalidParameterValue", "VPC %s has gateway %s already", str(e.In, "VpcId"), other.ID)
		}
	}
	return nil
}

// gatewayInUse refuses to detach a gateway while public addresses of the VPC
// go through it.
func gatewayInUse(t *tx, e *Entity) error {
	for _, nat := range t.list(kindNAT, e.Region) {
		subnet := t.get(kindSubnet, e.Region, str(nat.In, "SubnetId"))
		if subnet != nil && str(subnet.In, "VpcId") == str(e.In, "VpcId") && str(nat.In, "AllocationId") != "" {
			return refuse("DependencyViolation", "network %s has some mapped public address(es): %s", str(e.In, "VpcId"), nat.ID)
		}
	}
	return nil
}

func eipComputed(t *tx, e *Entity) {
	d := t.digest(e, "address")
	ip := fmt.Sprintf("%d.%d.%d.%d", []byte{3, 18, 34, 52, 54, 63}[int(d[0])%6], d[1], d[2], d[3]%254+1)
	set(e, "AllocationId", e.ID)
	set(e, "PublicIp", ip)
	set(e, "PublicDns", fmt.Sprintf("ec2-%s.%s.compute.amazonaws.com", strings.ReplaceAll(ip, ".", "-"), e.Region))
	set(e, "PublicIpv4Pool", "amazon")
	def(e, "Domain", "vpc")
	def(e, "NetworkBorderGroup", e.Region)
}

func natAllocation(t *tx, e, _ *Entity) error {
	if str(e.In, "ConnectivityType") == "private" {
		return nil
	}
	alloc := str(e.In, "AllocationId")
	if alloc == "" {
		return refuse("MissingParameter", "a public NAT gateway needs AllocationId")
	}
	for _, other := range t.list(kindNAT, e.Region) {
		if other.ID != e.ID && str(other.In, "AllocationId") == alloc {
			return refuse("Resource.AlreadyAssociated", "%s belongs to %s", alloc, other.ID)
		}
	}
	subnet := t.get(kindSubnet, e.Region, str(e.In, "SubnetId"))
	vpc := str(subnet.In, "VpcId")
	if !slices.ContainsFunc(t.list(kindIGW, e.Region), func(g *Entity) bool { return str(g.In, "VpcId") == vpc }) {
		return refuse("Gateway.NotAttached", "network %s has no Internet gateway attached", vpc)
	}
	return nil
}

func natComputed(t *tx, e *Entity) {
	def(e, "ConnectivityType", "public")
	set(e, "NetworkInterfaceId", "eni-0"+t.hex(e, "eni", 16))
	set(e, "AssociationId", "eipassoc-0"+t.hex(e, "assoc", 16))
	if subnet := t.get(kindSubnet, e.Region, str(e.In, "SubnetId")); subnet != nil && !has(e.In, "PrivateIp") {
		set(e, "PrivateIp", t.hostIn(e, str(subnet.In, "CidrBlock")))
	}
	if eip := t.get(kindEIP, e.Region, str(e.In, "AllocationId")); eip != nil {
		set(e, "PublicIp", str(eip.Out, "PublicIp"))
	}
}

// hostIn invents an address inside a block; AWS keeps the first four.
func (t *tx) hostIn(e *Entity, block string) string {
	p, err := prefix(block)
	if err != nil {
		return ""
	}
	room := uint32(1)<<(32-p.Bits()) - 6
	d := t.digest(e, "host")
	at := p.Addr()
	for range 4 + (uint32(d[0])<<8|uint32(d[1]))%room {
		at = at.Next()
	}
	return at.String()
}

// removeRouteTable takes the table's own routes along.
func removeRouteTable(t *tx, e *Entity) error {
	for _, r := range t.list(kindRoute, e.Region) {
		if str(r.In, "RouteTableId") == e.ID {
			t.drop(r)
		}
	}
	t.drop(e)
	return nil
}

var routeTargets = []string{
	"GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "VpcEndpointId",
	"EgressOnlyGatewayId", "NetworkInterfaceId", "LocalGatewayId", "CarrierGatewayId", "CoreNetworkArn",
}

func routeDestination(e *Entity) string {
	for _, p := range []string{"DestinationCidrBlock", "DestinationIpv6CidrBlock", "DestinationPrefixListId"} {
		if s := str(e.In, p); s != "" {
			return s
		}
	}
	return ""
}

func routeID(t *tx, e *Entity) string {
	table := str(e.In, "RouteTableId")
	sum := t.hex(&Entity{Kind: kindRoute, Region: e.Region, Token: routeDestination(e)}, table, 10)
	return "r-" + table + sum
}

func routeTarget(t *tx, e, _ *Entity) error {
	var given []string
	for _, p := range routeTargets {
		if str(e.In, p) != "" {
			given = append(given, p)
		}
	}
	if len(given) != 1 {
		return refuse("InvalidParameterCombination", "a route has exactly one target, got %d %v", len(given), given)
	}
	table := t.get(kindRouteTable, e.Region, str(e.In, "RouteTableId"))
	vpc := str(table.In, "VpcId")
	if igw := t.get(kindIGW, e.Region, str(e.In, "GatewayId")); igw != nil && str(igw.In, "VpcId") != vpc {
		return refuse("InvalidParameterValue", "route table %s and gateway %s belong to different networks", table.ID, igw.ID)
	}
	if c := t.get(kindPeering, e.Region, str(e.In, "VpcPeeringConnectionId")); c != nil {
		return peeringRoutable(c, vpc)
	}
	return nil
}

func routeRange(t *tx, e, _ *Entity) error {
	dest := routeDestination(e)
	if dest == "" {
		return refuse("MissingParameter", "a route needs a destination")
	}
	if strings.HasPrefix(dest, "pl-") {
		return nil
	}
	p, err := prefix(dest)
	if err != nil {
		return refuse("InvalidParameterValue", "destination %q is not a block", dest)
	}
	table := t.get(kindRouteTable, e.Region, str(e.In, "RouteTableId"))
	vpc := t.get(kindVPC, e.Region, str(table.In, "VpcId"))
	if vpc != nil && str(vpc.In, "CidrBlock") == p.String() {
		return refuse("InvalidParameterValue", "the route to the VPC's own %s is local and cannot be created", p)
	}
	return nil
}

func routeComputed(_ *tx, e *Entity) { set(e, "Origin", "CreateRoute") }

// routeSeen shows a route whose target is gone, or whose peering is not active, as AWS does.
func routeSeen(t *tx, e *Entity) {
	e.Out["State"] = "active"
	for p, kind := range map[string]string{"GatewayId": kindIGW, "NatGatewayId": kindNAT,
		"VpcPeeringConnectionId": kindPeering} {
		id := str(e.In, p)
		if id == "" {
			continue
		}
		target := t.get(kind, e.Region, id)
		if target == nil || kind == kindPeering && str(target.Out, "AcceptStatus") != "active" {
			e.Out["State"] = "blackhole"
		}
	}
}

func oneAssociation(t *tx, e, _ *Entity) error {
	if has(e.In, "SubnetId") == has(e.In, "GatewayId") {
		return refuse("InvalidParameterCombination", "an association has SubnetId or GatewayId")
	}
	for _, other := range t.list(kindRTA, e.Region) {
		if other.ID == e.ID {
			continue
		}
		for _, p := range []string{"SubnetId", "GatewayId"} {
			if v := str(e.In, p); v != "" && v == str(other.In, p) {
				return refuse("Resource.AlreadyAssociated", "%s is associated with %s", v, str(other.In, "RouteTableId"))
			}
		}
	}
	if subnet := t.get(kindSubnet, e.Region, str(e.In, "SubnetId")); subnet != nil {
		table := t.get(kindRouteTable, e.Region, str(e.In, "RouteTableId"))
		if str(subnet.In, "VpcId") != str(table.In, "VpcId") {
			return refuse("InvalidParameterValue", "%s and %s belong to different networks", subnet.ID, table.ID)
		}
	}
	return nil
}

// gatewayServices are those that a gateway endpoint reaches:
// https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
var gatewayServices = []string{"s3", "dynamodb"}

func endpointShape(t *tx, e, _ *Entity) error {
	service := str(e.In, "ServiceName")
	name, ok := strings.CutPrefix(service, "com.amazonaws."+e.Region+".")
	if strings.HasPrefix(service, "com.amazonaws.") && !ok && service != "com.amazonaws.s3-global.accesspoint" {
		return refuse("InvalidServiceName", "the VPC endpoint service %s does not exist in %s", service, e.Region)
	}
	kind := str(e.In, "VpcEndpointType")
	switch {
	case kind == "" || kind == "Gateway":
		if !slices.Contains(gatewayServices, name) {
			return refuse("InvalidParameter", "%s has no gateway endpoint", service)
		}
		if has(e.In, "SubnetIds") {
			return refuse("InvalidParameter", "a gateway endpoint takes no SubnetIds")
		}
	case kind == "Interface" && yes(e.In, "PrivateDnsEnabled"):
		vpc := t.get(kindVPC, e.Region, str(e.In, "VpcId"))
		dns := !has(vpc.In, "EnableDnsSupport") || yes(vpc.In, "EnableDnsSupport")
		if !dns || !yes(vpc.In, "EnableDnsHostnames") {
			return refuse("InvalidParameter", "private DNS needs enableDnsSupport and enableDnsHostnames on %s", vpc.ID)
		}
	}
	return endpointSubnets(t, e)
}

func endpointSubnets(t *tx, e *Entity) error {
	seen := map[string]string{}
	for _, id := range strs(e.In, "SubnetIds") {
		subnet := t.get(kindSubnet, e.Region, id)
		zone := zoneOf(subnet)
		if str(subnet.In, "VpcId") != str(e.In, "VpcId") {
			return refuse("InvalidParameter", "%s is not in %s", id, str(e.In, "VpcId"))
		}
		if other := seen[zone]; other != "" {
			return refuse("DuplicateSubnetsInSameZone", "%s and %s are both in %s", other, id, zone)
		}
		seen[zone] = id
	}
	for _, id := range strs(e.In, "RouteTableIds") {
		if table := t.get(kindRouteTable, e.Region, id); str(table.In, "VpcId") != str(e.In, "VpcId") {
			return refuse("InvalidParameter", "%s is not in %s", id, str(e.In, "VpcId"))
		}
	}
	return nil
}

func zoneOf(subnet *Entity) string {
	if z := str(subnet.In, "AvailabilityZone"); z != "" {
		return z
	}
	return str(subnet.Out, "AvailabilityZone")
}

func endpointComputed(t *tx, e *Entity) {
	owned(t, e)
	set(e, "State", "available")
	def(e, "VpcEndpointType", "Gateway")
	def(e, "Policy", `{"Statement":[{"Action":"*","Effect":"Allow","Principal":"*","Resource":"*"}],"Version":"2008-10-17"}`)
	set(e, "RequesterManaged", false)
	enis, names := []any{}, []any{}
	for _, subnet := range strs(e.In, "SubnetIds") {
		enis = append(enis, "eni-0"+t.hex(e, subnet, 16))
	}
	if str(e.In, "VpcEndpointType") == "Interface" {
		service := str(e.In, "ServiceName")
		host := fmt.Sprintf("%s-%s.%s.%s.vpce.amazonaws.com", e.ID, t.letters(e, "dns", lower, 8),
			service[strings.LastIndex(service, ".")+1:], e.Region)
		names = append(names, Document{"DnsName": host,
			"HostedZoneId": "Z" + t.letters(&Entity{Region: e.Region}, "vpce", upper, 13)})
	}
	e.Out["NetworkInterfaceIds"], e.Out["DnsEntries"] = enis, names
	set(e, "PrefixListId", "pl-"+t.hex(&Entity{Region: e.Region, Token: str(e.In, "ServiceName")}, "pl", 8))
}

func flowLogShape(t *tx, e, _ *Entity) error {
	sources := 0
	for _, p := range []string{"VpcId", "SubnetId", "EniId", "TransitGatewayId", "TransitGatewayAttachmentId"} {
		if str(e.In, p) != "" {
			sources++
		}
	}
	switch {
	case sources != 1:
		return refuse("InvalidParameter", "a flow log has exactly one source, got %d", sources)
	case str(e.In, "TrafficType") == "" && str(e.In, "TransitGatewayId") == "":
		return refuse("MissingParameter", "TrafficType is required")
	}
	if kind := str(e.In, "LogDestinationType"); kind != "" && kind != "cloud-watch-logs" {
		return nil
	}
	dest := str(e.In, "LogDestination")
	if str(e.In, "IamRoleArn") == "" {
		return refuse("InvalidParameter", "IamRoleArn is required for cloud-watch-logs")
	}
	if group := t.arn(strings.TrimSuffix(dest, ":*")); group == nil || group.Kind != kindLogGroup ||
		group.Region != e.Region {
		return refuse("InvalidParameter", "LogDestination %q is not a log group of %s", dest, e.Region)
	}
	return nil
}

func flowLogComputed(_ *tx, e *Entity) {
	def(e, "LogDestinationType", "cloud-watch-logs")
	def(e, "MaxAggregationInterval", float64(600))
	def(e, "LogFormat", "${version} ${account-id} ${interface-id} ${srcaddr} ${dstaddr} ${srcport} ${dstport} "+
		"${protocol} ${packets} ${bytes} ${start} ${end} ${action} ${log-status}")
	if dest := str(e.In, "LogDestination"); dest != "" {
		e.Out["LogGroupName"] = dest[strings.LastIndex(dest, ":")+1:]
	}
}
