// Package workloadspread holds the rule workload-spread.
package workloadspread

import "redoubt/policies/rule"

const (
	zone     = "topology.kubernetes.io/zone"
	mostSkew = "mostSkew"
)

// Rule is the rule workload-spread.
var Rule = rule.Rule{
	ID:       "workload-spread",
	Title:    "The pods of a workload stand in all zones",
	Why:      "Pods that the scheduler put in one zone are all gone with it.",
	Source:   "https://kubernetes.io/docs/concepts/scheduling-eviction/topology-spread-constraints/",
	Severity: rule.High,
	Remedy: "Give the pods a topologySpreadConstraint over topology.kubernetes.io/zone with a maxSkew of at most " +
		"mostSkew.",
	Options: []rule.Option{
		{Name: mostSkew, Kind: rule.Integer, Default: 1, Min: 1, Max: 100,
			Describes: "The most pods that a zone may have more than another."},
	},
	Resource: &rule.ResourceRule{Types: []string{"kubernetes:apps/v1:Deployment"}, Check: check},
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	for _, spread := range r.List("spec.template.spec.topologySpreadConstraints") {
		if spread.At("topologyKey").Text() == zone && spread.At("maxSkew").Int() <= c.Int(mostSkew) {
			return nil
		}
	}
	return []rule.Finding{r.Violation("its pods are not spread over %s with a skew of at most %d", zone, c.Int(mostSkew))}
}
