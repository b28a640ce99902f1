// Package targetzonefailover holds the rule target-zone-failover.
package targetzonefailover

import "redoubt/policies/rule"

const cross = "loadBalancingCrossZoneEnabled"

// Rule is the rule target-zone-failover.
var Rule = rule.Rule{
	ID:    "target-zone-failover",
	Title: "A zone without healthy targets gets no traffic",
	Why: "With cross-zone balancing off, a zone whose targets are all gone still answers, with errors, unless " +
		"it leaves the DNS.",
	Source:   "https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health.html",
	Severity: rule.High,
	Remedy:   "Set targetGroupHealth.dnsFailover, or leave loadBalancingCrossZoneEnabled on.",
	Resource: &rule.ResourceRule{Types: []string{"aws:lb/targetGroup:TargetGroup"}, Check: check},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	across := r.At(cross).Text() == "true" || r.At(cross).Text() == "use_load_balancer_configuration"
	if across || !r.Exists(cross) || r.True(cross) {
		return nil // the load balancer balances over all zones
	}
	count := r.Text("targetGroupHealth.dnsFailover.minimumHealthyTargetsCount")
	percent := r.Text("targetGroupHealth.dnsFailover.minimumHealthyTargetsPercentage")
	if on(count) || on(percent) {
		return nil
	}
	return []rule.Finding{r.Violation("%s is %s and targetGroupHealth.dnsFailover is %s, want it on", cross, r.At(cross),
		r.At("targetGroupHealth.dnsFailover"))}
}

func on(least string) bool { return least != "" && least != "off" }
