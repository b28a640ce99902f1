// Package agentcapacity holds the rule agent-capacity.
package agentcapacity

import (
	"redoubt/policies/rule"
	"redoubt/system"
)

const (
	deployment = "kubernetes:apps/v1:Deployment"
	group      = "aws:eks/nodeGroup:NodeGroup"
	spreads    = "spec.template.spec.topologySpreadConstraints"
	zone       = "topology.kubernetes.io/zone"
)

// Rule is the rule agent-capacity.
var Rule = rule.Rule{
	ID:    "agent-capacity",
	Title: "What is left of a critical agent when a zone is lost carries its declared load",
	Why: "Replicas that have to be started after the loss compete for the machines that everybody asks for at " +
		"that moment; those that run are there.",
	Source:   "https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/static-stability.html",
	Severity: rule.High,
	Remedy: "Let Deployment and scaler begin with what components/agents declares, and wait for room in the right " +
		"zone.",
	Stack: &rule.StackRule{Check: check},
}

// scaler is a type of scaler and its ends.
type scaler struct{ typ, least, most string }

var scalers = []scaler{
	{"kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "spec.minReplicas", "spec.maxReplicas"},
	{"kubernetes:keda.sh/v1alpha1:ScaledObject", "spec.minReplicaCount", "spec.maxReplicaCount"},
}

func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, a := range g.System.Agents {
		tier, _ := g.System.Tier(a.Tier)
		if !tier.Critical || a.PerReplica < 1 {
			continue
		}
		g.About("agent %q", a.Name)
		d := g.Get(deployment, "agents-"+a.Name+"-deployment")
		if d == nil {
			continue // agent-place
		}
		c := carried{g: g, agent: a, zones: len(g.OfType(group))}
		c.whole = g.Home == system.Secondary && tier.Strategy == system.WarmStandby
		if c.zones < 3 {
			out = append(out, g.NotJudged("%d groups of nodes are too few to lose a zone (nodes-per-zone)", c.zones))
			continue
		}
		out = append(out, c.replicas(d)...)
		if !waits(d) {
			out = append(out, g.ViolationAt(d, "its pods start in any zone (whenUnsatisfiable over %s), want DoNotSchedule: "+
				"one zone may hold more than its share", zone))
		}
	}
	return out
}

// carried judges the numbers of one agent in this home.
type carried struct {
	g     *rule.Graph
	agent system.Agent
	zones int
	// whole is true where the replicas that wait need only carry the load with every zone there: a plan adds the rest.
	whole bool
}

// replicas judges what the Deployment begins with and the ends of its scaler.
func (c carried) replicas(d *rule.Resource) []rule.Finding {
	var out []rule.Finding
	if first := d.Int("spec.replicas"); first > 0 { // one that waits with none is started by a plan
		out = append(out, c.holds(d, "spec.replicas", first, c.whole)...)
	}
	for _, s := range scalers {
		r := c.g.Get(s.typ, "agents-"+c.agent.Name+"-scaler")
		if r == nil {
			continue
		}
		out = append(out, c.holds(r, s.least, r.Int(s.least), c.whole && d.Int("spec.replicas") > 0)...)
		if r.Int(s.most) > r.Int(s.least) { // scaler-bounds
			out = append(out, c.holds(r, s.most, r.Int(s.most), false)...)
		}
	}
	return out
}

// holds judges one number: what is left of it in all zones but the fullest.
func (c carried) holds(r *rule.Resource, path string, n int, whole bool) []rule.Finding {
	left, when := n-(n+c.zones-1)/c.zones, "the loss of one of %d zones leaves %d"
	if whole {
		left, when = n, "%d zones have %d"
	}
	if left*c.agent.PerReplica >= c.agent.Load {
		return nil
	}
	return []rule.Finding{c.g.ViolationAt(r, "%s is %s: "+when+", for %d of %d requests a second",
		path, r.At(path), c.zones, left, left*c.agent.PerReplica, c.agent.Load)}
}

// waits reports whether a pod of the Deployment starts in no zone that has its
// share already; that it is spread over zones at all is held by workload-spread.
func waits(d *rule.Resource) bool {
	spread := false
	for _, s := range d.List(spreads) {
		if s.At("topologyKey").Text() == zone {
			if s.At("whenUnsatisfiable").Text() == "DoNotSchedule" {
				return true
			}
			spread = true
		}
	}
	return !spread
}
