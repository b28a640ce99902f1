// Package nodesperzone holds the rule nodes-per-zone.
package nodesperzone

import "redoubt/policies/rule"

const group = "aws:eks/nodeGroup:NodeGroup"

// Rule is the rule nodes-per-zone.
var Rule = rule.Rule{
	ID:    "nodes-per-zone",
	Title: "Each zone has a group of nodes of its own",
	Why: "A group over several zones that finds no room in one fills the others, and the shortage of one zone " +
		"becomes that of all.",
	Source:   "https://docs.aws.amazon.com/eks/latest/userguide/managed-node-groups.html",
	Severity: rule.High,
	Remedy:   "Give each group one subnet, and have a group in at least leastZones zones.",
	Options:  rule.ZonesOption(),
	Stack:    rule.Each("cluster", look, "aws:eks/cluster:Cluster"),
}

func look(g *rule.Graph, k *rule.Resource, c rule.Config) []rule.Finding {
	var out []rule.Finding
	groups, least := 0, c.LeastZones()
	for _, n := range g.Children(k.Parent) {
		if n.Type != group {
			continue
		}
		groups++
		if subnets := n.At("subnetIds").Len(); subnets != 1 {
			out = append(out, g.ViolationAt(n, "%s has %d subnets, want one", n.Name, subnets))
		}
	}
	if groups < least {
		out = append(out, g.ViolationAt(k, "has %d groups of nodes, want at least %d", groups, least))
	}
	return out
}
