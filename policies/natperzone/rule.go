// Package natperzone holds the rule nat-per-zone.
package natperzone

import (
	"strings"

	"redoubt/policies/rule"
)

const (
	subnet  = "aws:ec2/subnet:Subnet"
	gateway = "aws:ec2/natGateway:NatGateway"
	route   = "aws:ec2/route:Route"
)

// Rule is the rule nat-per-zone.
var Rule = rule.Rule{
	ID:       "nat-per-zone",
	Title:    "The pods of a zone reach the world through a gateway of their own zone",
	Why:      "Zones that share a gateway lose the world together when its zone is lost, model endpoints included.",
	Source:   "https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html",
	Severity: rule.High,
	Remedy:   "Declare a NAT gateway in each zone, and send the default route of its private subnet there.",
	Stack:    rule.Each("subnet", look, subnet),
}

func look(g *rule.Graph, s *rule.Resource, _ rule.Config) []rule.Finding {
	network, zone, private := strings.Cut(s.Name, "-private-")
	if !private {
		return nil
	}
	nat, way := network+"-nat-"+zone, network+"-route-private-"+zone+"-internet"
	switch r := g.Get(route, way); {
	case !g.Has(gateway, nat):
		return []rule.Finding{g.ViolationAt(s, "its zone has no gateway, want %s", nat)}
	case r == nil:
		return []rule.Finding{g.ViolationAt(s, "has no default route, want %s", way)}
	case !g.Uses(r, "natGatewayId", gateway, nat):
		return []rule.Finding{g.ViolationAt(r, "does not lead to %s, the gateway of its zone", nat)}
	}
	return nil
}
