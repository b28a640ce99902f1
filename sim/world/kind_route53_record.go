package world

import "strings"

const kindRecord = "AWS::Route53::RecordSet"

var recordKinds = []Kind{{
	Name: kindRecord, Service: "route53", Source: route53Doc + "resource-record-sets-values.html", Global: true,
	NotFound: "NoSuchRecord", Required: []string{"ZoneId", "Name", "Type"}, Fixed: []string{"ZoneId", "Name"},
	Setting: true, // AllowOverwrite decides; see recordTaken
	Refs: []Link{
		link("ZoneId", kindZone, "NoSuchHostedZone", ""),
		link("HealthCheckId", kindHealthCheck, "InvalidChangeBatch", ""),
	},
	id: recordID, checks: []check{recordTaken, recordShape, recordRouting, recordAlias}, computed: recordComputed,
}}

// recordName is the record's full name without the last dot: a name that does
// not end in the zone's is relative to it.
func recordName(t *tx, e *Entity) string {
	name := strings.ToLower(strings.TrimSuffix(str(e.In, "Name"), "."))
	zone := ""
	if z := t.get(kindZone, Global, str(e.In, "ZoneId")); z != nil {
		zone = strings.ToLower(strings.TrimSuffix(str(z.In, "Name"), "."))
	}
	switch {
	case name == "":
		return zone
	case name == zone || strings.HasSuffix(name, "."+zone) || zone == "":
		return name
	}
	return name + "." + zone
}

func recordID(t *tx, e *Entity) string {
	id := str(e.In, "ZoneId") + "_" + recordName(t, e) + "_" + str(e.In, "Type")
	if s := str(e.In, "SetIdentifier"); s != "" {
		id += "_" + s
	}
	return id
}

func (t *tx) recordsOf(zone string) []*Entity {
	var out []*Entity
	for _, r := range t.list(kindRecord, Global) {
		if str(r.In, "ZoneId") == zone {
			out = append(out, r)
		}
	}
	return out
}

func recordTaken(t *tx, e, old *Entity) error {
	if old == nil && !yes(e.In, "AllowOverwrite") && t.get(kindRecord, Global, e.ID) != nil {
		return refuse("InvalidChangeBatch", "tried to create resource record set %s but it already exists", e.ID)
	}
	return nil
}

func recordShape(t *tx, e, _ *Entity) error {
	alias, values := has(e.In, "Aliases"), has(e.In, "Records")
	switch {
	case alias == values:
		return refuse("InvalidChangeBatch", "%s: want Aliases or Records", e.ID)
	case values && !has(e.In, "Ttl"):
		return refuse("InvalidChangeBatch", "%s: Ttl is required with Records", e.ID)
	case alias && has(e.In, "Ttl"):
		return refuse("InvalidChangeBatch", "%s: an alias takes no Ttl", e.ID)
	}
	z := t.get(kindZone, Global, str(e.In, "ZoneId"))
	if str(e.In, "Type") == "CNAME" && recordName(t, e) == strings.TrimSuffix(str(z.In, "Name"), ".") {
		return refuse("InvalidChangeBatch", "%s: CNAME is not permitted at the apex of zone %s", e.ID, z.ID)
	}
	for _, other := range t.recordsOf(z.ID) {
		if other.ID == e.ID || recordName(t, other) != recordName(t, e) {
			continue
		}
		if cname := str(e.In, "Type") == "CNAME"; cname != (str(other.In, "Type") == "CNAME") {
			return refuse("InvalidChangeBatch", "%s: conflicts with %s: a CNAME stands alone", e.ID, other.ID)
		}
	}
	return nil
}

// policies are the routing policies that a record can have.
var policies = []string{
	"FailoverRoutingPolicies", "LatencyRoutingPolicies", "WeightedRoutingPolicies", "GeolocationRoutingPolicies",
	"GeoproximityRoutingPolicy", "CidrRoutingPolicy", "MultivalueAnswerRoutingPolicy",
}

func policyOf(e *Entity) string {
	for _, p := range policies {
		if has(e.In, p) {
			return p
		}
	}
	return ""
}

func recordRouting(t *tx, e, _ *Entity) error {
	policy := policyOf(e)
	if (policy == "") != (str(e.In, "SetIdentifier") == "") {
		return refuse("InvalidInput", "%s: SetIdentifier and a routing policy go together", e.ID)
	}
	side := str(e.In, "FailoverRoutingPolicies.Type")
	if side == "PRIMARY" && !has(e.In, "Aliases") && str(e.In, "HealthCheckId") == "" {
		return refuse("InvalidInput", "%s: a failover PRIMARY that is no alias needs HealthCheckId", e.ID)
	}
	for _, other := range t.recordsOf(str(e.In, "ZoneId")) {
		if other.ID == e.ID || recordName(t, other) != recordName(t, e) || str(other.In, "Type") != str(e.In, "Type") {
			continue
		}
		if policyOf(other) != policy {
			return refuse("InvalidChangeBatch", "%s: the other record %s has another routing policy", e.ID, other.ID)
		}
		if side != "" && str(other.In, "FailoverRoutingPolicies.Type") == side {
			return refuse("InvalidChangeBatch", "%s: %s is %s already", e.ID, other.ID, side)
		}
		region := str(e.In, "LatencyRoutingPolicies.Region")
		if region != "" && str(other.In, "LatencyRoutingPolicies.Region") == region {
			return refuse("InvalidChangeBatch", "%s: %s has region %s already", e.ID, other.ID, region)
		}
	}
	return nil
}

func recordAlias(t *tx, e, _ *Entity) error {
	for _, a := range docs(e.In, "Aliases") {
		target := strings.TrimSuffix(str(a, "Name"), ".")
		if str(a, "ZoneId") == "" || target == "" {
			return refuse("InvalidInput", "%s: an alias has Name and ZoneId", e.ID)
		}
		own := func(zone *Entity) bool { return zone.ID == str(e.In, "ZoneId") }
		if str(a, "ZoneId") == str(e.In, "ZoneId") && len(t.answersFor(own, target, str(e.In, "Type"))) == 0 {
			return refuse("InvalidChangeBatch", "%s: alias target %s does not exist in the zone", e.ID, target)
		}
		if lb := t.loadBalancerAt(target); lb != nil && str(lb.Out, "ZoneId") != str(a, "ZoneId") {
			return refuse("InvalidChangeBatch", "%s: alias target %s does not lie within the target zone %s", e.ID, target,
				str(a, "ZoneId"))
		}
	}
	return nil
}

func recordComputed(t *tx, e *Entity) { e.Out["Fqdn"] = recordName(t, e) }
