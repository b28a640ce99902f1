package world

import "slices"

const kindZoneAssociation = "AWS::Route53::HostedZoneVPCAssociation"

var privateZoneKinds = []Kind{{
	Name: kindZoneAssociation, Service: "route53", Global: true, NotFound: "VPCAssociationNotFound",
	Source: "https://docs.aws.amazon.com/Route53/latest/APIReference/API_AssociateVPCWithHostedZone.html",
	Exists: "ConflictingDomainExists", Required: []string{"ZoneId", "VpcId"}, Fixed: []string{"ZoneId", "VpcId", "VpcRegion"},
	Refs:   []Link{link("ZoneId", kindZone, "NoSuchHostedZone", "")},
	id:     func(_ *tx, e *Entity) string { return str(e.In, "ZoneId") + ":" + str(e.In, "VpcId") },
	checks: []check{associationShape}, computed: func(t *tx, e *Entity) { e.Out["OwningAccount"] = t.cfg.Account },
}}

func associationShape(t *tx, e, old *Entity) error {
	zone := t.get(kindZone, Global, str(e.In, "ZoneId"))
	vpc, region := str(e.In, "VpcId"), str(e.In, "VpcRegion")
	switch {
	case !private(zone):
		return refuse("PublicZoneVPCAssociation", "zone %s is public", zone.ID)
	case t.get(kindVPC, region, vpc) == nil:
		return refuse("InvalidVPCId", "VPC %s does not exist in %q", vpc, region)
	case old == nil && slices.Contains(t.networksOf(zone), vpc):
		return refuse("ConflictingDomainExists", "VPC %s is associated with %s already", vpc, zone.ID)
	}
	return nil
}

// private reports whether a zone answers only inside networks: one that was
// made with a network.
func private(zone *Entity) bool { return len(docs(zone.In, "Vpcs")) > 0 }

// networksOf lists the networks that a private zone answers in.
func (t *tx) networksOf(zone *Entity) []string {
	out := strs(zone.In, "Vpcs.VpcId")
	for _, a := range t.list(kindZoneAssociation, Global) {
		if id := str(a.In, "VpcId"); str(a.In, "ZoneId") == zone.ID && !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

// zoneNetworks lists every network of a private zone, as AWS does, whoever
// associated it.
func zoneNetworks(t *tx, e *Entity) {
	if !private(e) {
		return
	}
	var all []any
	for _, v := range docs(e.In, "Vpcs") {
		all = append(all, v)
	}
	for _, a := range t.list(kindZoneAssociation, Global) {
		if str(a.In, "ZoneId") == e.ID && !slices.Contains(strs(e.In, "Vpcs.VpcId"), str(a.In, "VpcId")) {
			all = append(all, Document{"VpcId": str(a.In, "VpcId"), "VpcRegion": str(a.In, "VpcRegion")})
		}
	}
	e.In["Vpcs"] = all
}

// asker is who asks a DNS name: a client near a region, and inside a network
// when vpc is given.
type asker struct{ region, vpc string }

// sees reports whether a zone answers the asker. A network without DNS support
// or DNS host names does not ask private zones:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/hosted-zone-private-considerations.html
func (t *tx) sees(by asker, zone *Entity) bool {
	if !private(zone) {
		return true
	}
	vpc := t.get(kindVPC, by.region, by.vpc)
	return vpc != nil && yes(vpc.In, "EnableDnsHostnames") && !off(vpc.In, "EnableDnsSupport") &&
		slices.Contains(t.networksOf(zone), by.vpc)
}

// off reports whether a property that AWS switches on by itself is false.
func off(d Document, name string) bool { return has(d, name) && !yes(d, name) }
