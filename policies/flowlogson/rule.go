// Package flowlogson holds the rule flow-logs-on.
package flowlogson

import "redoubt/policies/rule"

const (
	network = "aws:ec2/vpc:Vpc"
	flowLog = "aws:ec2/flowLog:FlowLog"
)

// Rule is the rule flow-logs-on.
var Rule = rule.Rule{
	ID:       "flow-logs-on",
	Title:    "The traffic of a network is logged",
	Why:      "Whether a home is dead or cut off is seen in what its network still carries.",
	Source:   "https://docs.aws.amazon.com/vpc/latest/userguide/flow-logs.html",
	Severity: rule.Low,
	Remedy:   "Declare a flow log of the network for all traffic.",
	Stack:    rule.Each("network", look, network),
}

func look(g *rule.Graph, n *rule.Resource, _ rule.Config) []rule.Finding {
	logged := n.Read // an adopted network is logged by whoever made it
	for _, l := range g.OfType(flowLog) {
		logged = logged || l.Parent == n.Parent && l.Text("trafficType") == "ALL"
	}
	if logged {
		return nil
	}
	return []rule.Finding{g.ViolationAt(n, "no flow log beside it takes all traffic, want one")}
}
