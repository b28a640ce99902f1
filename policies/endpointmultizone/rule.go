// Package endpointmultizone holds the rule endpoint-multi-zone.
package endpointmultizone

import "redoubt/policies/rule"

const (
	endpoint   = "aws:ec2/vpcEndpoint:VpcEndpoint"
	subnets    = "subnetIds"
	leastZones = "leastZones"
)

// Rule is the rule endpoint-multi-zone.
var Rule = rule.Rule{
	ID:    "endpoint-multi-zone",
	Title: "An interface endpoint stands in three zones",
	Why: "With an endpoint in one zone the loss of that zone cuts every pod from the service, in the zones " +
		"that live too.",
	Source:   "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
	Severity: rule.Medium,
	Remedy:   "List the private subnet of each zone in subnetIds.",
	Options: []rule.Option{
		{Name: leastZones, Kind: rule.Integer, Default: 3, Min: 2, Max: 6,
			Describes: "The fewest availability zones."},
	},
	Stack: &rule.StackRule{Check: check, WithoutSystem: true},
}

func check(g *rule.Graph, c rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, e := range g.OfType(endpoint) {
		g.About("%s", e.Name)
		e = g.ByURN(e.URN)
		if e.Text("vpcEndpointType") != "Interface" {
			continue // a gateway endpoint stands in the route tables
		}
		if zones, least := g.Zones(e, subnets), c.Int(leastZones); zones < least {
			out = append(out, g.ViolationAt(e, "%s stand in %d zones, want at least %d", subnets, zones, least))
		}
	}
	return out
}
