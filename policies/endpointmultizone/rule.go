// Package endpointmultizone holds the rule endpoint-multi-zone.
package endpointmultizone

import "redoubt/policies/rule"

// Rule is the rule endpoint-multi-zone.
var Rule = rule.Rule{
	ID:    "endpoint-multi-zone",
	Title: "An interface endpoint stands in three zones",
	Why: "With an endpoint in one zone the loss of that zone cuts every pod from the service, in the zones " +
		"that live too.",
	Source:   "https://docs.aws.amazon.com/vpc/latest/privatelink/create-interface-endpoint.html",
	Severity: rule.Medium,
	Remedy:   "List the private subnet of each zone in subnetIds.",
	Options:  rule.ZonesOption(),
	Stack:    rule.Each("endpoint", look, "aws:ec2/vpcEndpoint:VpcEndpoint"),
}

func look(g *rule.Graph, e *rule.Resource, c rule.Config) []rule.Finding {
	if e.Text("vpcEndpointType") != "Interface" {
		return nil // a gateway endpoint stands in the route tables
	}
	return g.WantZones(e, "subnetIds", c)
}
