// Package balancerzonalshift holds the rule balancer-zonal-shift.
package balancerzonalshift

import "redoubt/policies/rule"

const shift = "enableZonalShift"

// Rule is the rule balancer-zonal-shift.
var Rule = rule.Rule{
	ID:    "balancer-zonal-shift",
	Title: "A zone can be shifted away from a load balancer",
	Why: "A zone that is ill and not dead passes its checks; only a shift takes the traffic away, and it must " +
		"be allowed before.",
	Source:   "https://docs.aws.amazon.com/r53recovery/latest/dg/arc-zonal-shift.html",
	Severity: rule.Medium,
	Remedy:   "Set enableZonalShift to true.",
	Resource: &rule.ResourceRule{
		Types:     []string{"aws:lb/loadBalancer:LoadBalancer"},
		Check:     check,
		Remediate: remediate,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	return r.Want(shift, r.True(shift), "true")
}

func remediate(r *rule.Resource, _ rule.Config) map[string]any {
	return rule.Mend(r.True(shift), shift, true)
}
