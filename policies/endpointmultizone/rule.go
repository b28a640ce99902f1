// Package endpointmultizone holds the rule endpoint-multi-zone.
package endpointmultizone

import (
	"fmt"

	"redoubt/policies/rule"
)

const (
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
	Resource: &rule.ResourceRule{Types: []string{"aws:ec2/vpcEndpoint:VpcEndpoint"}, Check: check},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	if r.Text("vpcEndpointType") != "Interface" {
		return nil // a gateway endpoint stands in the route tables
	}
	least := c.Int(leastZones)
	return r.Want(subnets, r.At(subnets).Len() >= least, fmt.Sprintf("at least %d", least))
}
