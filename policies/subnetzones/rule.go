// Package subnetzones holds the rule subnet-zones.
package subnetzones

import "redoubt/policies/rule"

const (
	network    = "aws:ec2/vpc:Vpc"
	subnet     = "aws:ec2/subnet:Subnet"
	leastZones = "leastZones"
)

// Rule is the rule subnet-zones.
var Rule = rule.Rule{
	ID:       "subnet-zones",
	Title:    "The subnets of a network stand in three zones",
	Why:      "What is placed in a network fails over to no other zones than its subnets have.",
	Source:   "https://docs.aws.amazon.com/vpc/latest/userguide/configure-subnets.html",
	Severity: rule.High,
	Remedy:   "Declare a subnet of each kind in each of at least leastZones zones.",
	Options: []rule.Option{
		{Name: leastZones, Kind: rule.Integer, Default: 3, Min: 2, Max: 6,
			Describes: "The fewest availability zones."},
	},
	Stack: &rule.StackRule{Check: check, WithoutSystem: true},
}

func check(g *rule.Graph, c rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, n := range g.OfType(network) {
		if n.Read {
			continue // an adopted network has its own subnets
		}
		g.About("network %q", n.Name)
		zones := map[string]bool{}
		for _, s := range g.Children(n.Parent) {
			if s.Type == subnet && s.Exists("availabilityZone") {
				zones[s.Text("availabilityZone")] = true
			}
		}
		if least := c.Int(leastZones); len(zones) < least {
			out = append(out, g.ViolationAt(n, "its subnets stand in %d zones, want at least %d", len(zones), least))
		}
	}
	return out
}
