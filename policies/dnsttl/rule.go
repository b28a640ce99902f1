// Package dnsttl holds the rule dns-ttl.
package dnsttl

import (
	"fmt"
	"slices"

	"redoubt/policies/rule"
	"redoubt/timings"
)

const maximumSeconds = "maximumSeconds"

// Rule is the rule dns-ttl.
var Rule = rule.Rule{
	ID:    "dns-ttl",
	Title: "The answer about a name that moves is soon forgotten",
	Why: "Clients call the lost home until their answer is old: that time is added to every recovery, and no " +
		"step of a plan can shorten it.",
	Source:   timings.Get(timings.R53TTL).Source,
	Severity: rule.High,
	Remedy:   "Set ttl to at most maximumSeconds.",
	Options: []rule.Option{{Name: maximumSeconds, Kind: rule.Integer, Default: budget(), Min: 1, Max: 3600,
		Describes: "The most seconds that an answer is kept; the default is the budget that forecasts count with."}},
	Resource: &rule.ResourceRule{Types: []string{"aws:route53/record:Record"}, Check: check, Remediate: mend},
}

// budget is what a recovery counts with for answers that are kept.
func budget() int {
	typical, known := timings.Get(timings.R53TTL).Typical()
	if !known {
		panic("the timing " + string(timings.R53TTL) + " has no typical value: this is a bug")
	}
	return int(typical.Seconds())
}

// policies are what makes a name have more than one answer.
var policies = []string{
	"failoverRoutingPolicies", "latencyRoutingPolicies", "weightedRoutingPolicies", "geolocationRoutingPolicies",
	"geoproximityRoutingPolicy", "multivalueAnswerRoutingPolicy", "cidrRoutingPolicy",
}

// forgotten reports whether the answer is: a name that does not move may be
// kept, and an alias has the time of what it stands for, of a load balancer one
// minute (https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resource-record-sets-choosing-alias-non-alias.html).
func forgotten(r *rule.Resource, most int) bool {
	moves := slices.ContainsFunc(policies, r.Exists)
	return !moves || r.At("aliases").Len() > 0 || r.Exists("ttl") && r.Int("ttl") <= most
}

func check(r *rule.Resource, c rule.Config) []rule.Finding {
	most := c.Int(maximumSeconds)
	return r.Want("ttl", forgotten(r, most), fmt.Sprintf("at most %d", most))
}

func mend(r *rule.Resource, c rule.Config) map[string]any {
	most := c.Int(maximumSeconds)
	return rule.Mend(forgotten(r, most), "ttl", float64(most))
}
