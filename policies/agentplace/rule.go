// Package agentplace holds the rule agent-place.
package agentplace

import (
	"redoubt/policies/rule"
	"redoubt/policies/stores"
)

// Rule is the rule agent-place.
var Rule = rule.Rule{
	ID:    "agent-place",
	Title: "Every agent can run in both homes, as itself",
	Why: "An agent that the other home does not know has to be deployed on the day, by the hands that have " +
		"most to do.",
	Source:   "https://docs.aws.amazon.com/wellarchitected/latest/reliability-pillar/rel_planning_for_recovery_config_drift.html",
	Severity: rule.High,
	Remedy:   "Declare it with components/agents, which gives it all of this.",
	Stack:    &rule.StackRule{Check: check},
}

var parts = []stores.Part{
	{What: "deployment", Types: []string{"kubernetes:apps/v1:Deployment"}, Name: "agents-%s-deployment"},
	{What: "identity", Types: []string{"aws:eks/podIdentityAssociation:PodIdentityAssociation"},
		Name: "agents-%s-identity"},
	{What: "disruption budget", Types: []string{"kubernetes:policy/v1:PodDisruptionBudget"}, Name: "agents-%s-budget"},
	{What: "scaler", Types: []string{
		"kubernetes:autoscaling/v2:HorizontalPodAutoscaler", "kubernetes:keda.sh/v1alpha1:ScaledObject",
	}, Name: "agents-%s-scaler"},
}

func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, a := range g.System.Agents {
		g.About("agent %q", a.Name)
		out = append(out, stores.Missing(g, a.Name, parts...)...)
	}
	return out
}
