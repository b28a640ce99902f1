package world

const (
	kindPeering        = "AWS::EC2::VPCPeeringConnection"
	kindPeeringAccept  = "AWS::EC2::VPCPeeringConnectionAccepter"
	kindPeeringOptions = "AWS::EC2::VPCPeeringConnectionOptions"

	peeringDoc = "https://docs.aws.amazon.com/vpc/latest/peering/vpc-peering-basics.html"
)

// A peering connection has one id and is seen from both regions: the
// requester's entity holds the truth and the peer's is its shadow.
var peeringKinds = []Kind{
	{
		Name: kindPeering, Service: "ec2", Source: peeringDoc, NotFound: "InvalidVpcPeeringConnectionID.NotFound",
		Required: []string{"VpcId", "PeerVpcId"}, Fixed: []string{"VpcId", "PeerVpcId", "PeerRegion", "PeerOwnerId"},
		Refs: []Link{link("VpcId", kindVPC, "InvalidVpcID.NotFound", "")},
		id:   prefixed("pcx"), checks: []check{peeringShape}, computed: peeringComputed, after: peeringShadow,
		endpoints: peeringEndpoints, remove: removePeering,
	},
	{
		Name: kindPeeringAccept, Service: "ec2", Source: peeringDoc, NotFound: "InvalidVpcPeeringConnectionID.NotFound",
		Setting: true, Required: []string{"VpcPeeringConnectionId"},
		Refs: []Link{link("VpcPeeringConnectionId", kindPeering, "InvalidVpcPeeringConnectionID.NotFound", "")},
		id:   named("VpcPeeringConnectionId"), checks: []check{acceptSide}, after: accept, seen: acceptSeen,
	},
	{
		Name: kindPeeringOptions, Service: "ec2", Source: peeringDoc, NotFound: "InvalidVpcPeeringConnectionID.NotFound",
		Setting: true, Required: []string{"VpcPeeringConnectionId"},
		Refs: []Link{link("VpcPeeringConnectionId", kindPeering, "InvalidVpcPeeringConnectionID.NotFound", "")},
		id:   named("VpcPeeringConnectionId"), checks: []check{peeringActive},
	},
}

// peeringEndpoints: the request is made in the requester's region; AWS looks
// for the peer's VPC itself (assumed to need that region).
func peeringEndpoints(region string, in Document) []string {
	if peer := str(in, "PeerRegion"); peer != "" && peer != region {
		return []string{region, peer}
	}
	return []string{region}
}

func peerRegion(e *Entity) string {
	if r := str(e.In, "PeerRegion"); r != "" {
		return r
	}
	return e.Region
}

func peeringShape(t *tx, e, old *Entity) error {
	if old != nil {
		return nil
	}
	if yes(e.In, "AutoAccept") && peerRegion(e) != e.Region {
		return refuse("InvalidParameterCombination", "a peering between regions cannot accept itself")
	}
	mine := t.get(kindVPC, e.Region, str(e.In, "VpcId"))
	peer := t.get(kindVPC, peerRegion(e), str(e.In, "PeerVpcId"))
	if peer == nil {
		return missing("InvalidVpcID.NotFound", "PeerVpcId %s does not exist in %s", str(e.In, "PeerVpcId"), peerRegion(e))
	}
	a, err1 := prefix(str(mine.In, "CidrBlock"))
	b, err2 := prefix(str(peer.In, "CidrBlock"))
	if err1 == nil && err2 == nil && a.Overlaps(b) {
		return refuse("InvalidParameterValue", "the CIDRs %s of %s and %s of %s overlap", a, mine.ID, b, peer.ID)
	}
	for _, other := range t.list(kindPeering, e.Region) {
		pair := [2]string{str(other.In, "VpcId"), str(other.In, "PeerVpcId")}
		if other.ID != e.ID && (pair == [2]string{mine.ID, peer.ID} || pair == [2]string{peer.ID, mine.ID}) {
			return refuse("VpcPeeringConnectionAlreadyExists", "%s joins %s and %s already", other.ID, mine.ID, peer.ID)
		}
	}
	return nil
}

func peeringComputed(t *tx, e *Entity) {
	def(e, "PeerOwnerId", t.cfg.Account)
	def(e, "PeerRegion", e.Region)
	if yes(e.In, "AutoAccept") {
		e.Out["AcceptStatus"] = "active"
	}
	set(e, "AcceptStatus", "pending-acceptance")
}

// peeringShadow shows the connection in the peer's region.
func peeringShadow(t *tx, e, _ *Entity) error {
	if peerRegion(e) == e.Region || yes(e.Out, "Shadow") {
		return nil
	}
	s := e.clone()
	s.Region, s.Token = peerRegion(e), ""
	s.In = Document{"VpcId": e.In["PeerVpcId"], "PeerVpcId": e.In["VpcId"], "PeerRegion": e.Region}
	s.Out = Document{"AcceptStatus": e.Out["AcceptStatus"], "PeerOwnerId": t.cfg.Account, "Shadow": true}
	t.save(s)
	return nil
}

// removePeering ends the connection on both sides; routes through it become black holes.
func removePeering(t *tx, e *Entity) error {
	for _, c := range t.list(kindPeering, "") {
		if c.ID == e.ID {
			t.drop(c)
		}
	}
	return nil
}

func acceptSide(t *tx, e, _ *Entity) error {
	c := t.get(kindPeering, e.Region, e.ID)
	if !yes(c.Out, "Shadow") && peerRegion(c) != e.Region {
		return refuse("OperationNotPermitted", "%s must be accepted in %s, not by its requester", e.ID, peerRegion(c))
	}
	return nil
}

func accept(t *tx, e, _ *Entity) error {
	if !yes(e.In, "AutoAccept") {
		return nil
	}
	for _, c := range t.list(kindPeering, "") {
		if c.ID == e.ID {
			t.edit(c).Out["AcceptStatus"] = "active"
		}
	}
	return nil
}

func acceptSeen(t *tx, e *Entity) {
	c := t.get(kindPeering, e.Region, e.ID)
	if c == nil {
		return
	}
	e.Out["AcceptStatus"] = str(c.Out, "AcceptStatus")
	e.Out["VpcId"], e.Out["PeerVpcId"] = str(c.In, "VpcId"), str(c.In, "PeerVpcId")
	e.Out["PeerRegion"], e.Out["PeerOwnerId"] = peerRegion(c), t.cfg.Account
}

func peeringActive(t *tx, e, _ *Entity) error {
	if c := t.get(kindPeering, e.Region, e.ID); str(c.Out, "AcceptStatus") != "active" {
		return refuse("OperationNotPermitted", "%s is %s, want active", e.ID, str(c.Out, "AcceptStatus"))
	}
	return nil
}

// peeringRoutable refuses a route through a connection that is not the VPC's or not active.
func peeringRoutable(c *Entity, vpc string) error {
	if str(c.In, "VpcId") != vpc && str(c.In, "PeerVpcId") != vpc {
		return refuse("InvalidParameterValue", "%s does not join %s", c.ID, vpc)
	}
	if status := str(c.Out, "AcceptStatus"); status != "active" && status != "pending-acceptance" {
		return missing("InvalidVpcPeeringConnectionID.NotFound", "%s is %s", c.ID, status)
	}
	return nil
}
