// Package reservationopenended holds the rule reservation-open-ended.
package reservationopenended

import "redoubt/policies/rule"

// Rule is the rule reservation-open-ended.
var Rule = rule.Rule{
	ID:       "reservation-open-ended",
	Title:    "Reserved capacity has no end, and waits for the nodes that it is for",
	Why:      "A reservation that ends is missing on the day, and an open one is taken by whatever starts first.",
	Source:   "https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/capacity-reservations-create.html",
	Severity: rule.High,
	Remedy:   "Set endDateType to unlimited and instanceMatchCriteria to targeted.",
	Resource: &rule.ResourceRule{Types: []string{"aws:ec2/capacityReservation:CapacityReservation"}, Check: check},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	ends := "endDateType"
	out := r.Want(ends, !r.Exists(ends) || r.Text(ends) == "unlimited", `"unlimited"`)
	return append(out, r.WantFixed("instanceMatchCriteria", "targeted")...)
}
