// Package balancerzonalshift holds the rule balancer-zonal-shift.
package balancerzonalshift

import "redoubt/policies/rule"

// Rule is the rule balancer-zonal-shift.
var Rule = rule.Rule{
	ID:    "balancer-zonal-shift",
	Title: "A zone can be shifted away from a load balancer",
	Why: "A zone that is ill and not dead passes its checks; only a shift takes the traffic away, and it must " +
		"be allowed before.",
	Source:   "https://docs.aws.amazon.com/r53recovery/latest/dg/arc-zonal-shift.html",
	Severity: rule.Medium,
	Remedy:   "Set enableZonalShift to true.",
	Resource: rule.Mended("enableZonalShift", true, "aws:lb/loadBalancer:LoadBalancer"),
}
