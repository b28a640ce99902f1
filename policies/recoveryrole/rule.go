// Package recoveryrole holds the rule recovery-role.
package recoveryrole

import (
	"regexp"
	"slices"

	"redoubt/internal/iampolicy"
	"redoubt/policies/rule"
	"redoubt/recovery/rights"
)

// Rule is the rule recovery-role.
var Rule = rule.Rule{
	ID:    "recovery-role",
	Title: "The role that recovers may do what the plans call, and nothing else",
	Why: "A role that may do less stops a recovery in its middle; one that may do more is the best target in " +
		"the account.",
	Source:   "https://docs.aws.amazon.com/step-functions/latest/dg/procedure-create-iam-role.html",
	Severity: rule.High,
	Remedy:   "Let components/control/machine make the policy; what a call needs stands in recovery/rights.",
	Resource: &rule.ResourceRule{Types: []string{"aws:iam/rolePolicy:RolePolicy"}, Check: check},
}

// recovers is the name of the role of the function that recovers a home: SYSTEM-recover-REGION.
var recovers = regexp.MustCompile(`-recover-[a-z]{2}(-[a-z]+)+-[0-9]+$`)

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	if !recovers.MatchString(r.Text("role")) {
		return nil
	}
	doc, err := iampolicy.Parse(r.Text("policy"))
	if err != nil {
		if !r.At("policy").Known() {
			return nil // the keys' ARNs are not there yet
		}
		return []rule.Finding{r.Violation("policy cannot be read: %v", err)}
	}
	var allowed []string
	for _, s := range doc.Statements {
		if s.Effect != iampolicy.Deny {
			allowed = append(allowed, s.Actions...)
		}
	}
	var out []rule.Finding
	want := rights.OfFunction()
	for _, action := range want {
		if !slices.Contains(allowed, action) {
			out = append(out, r.Violation("policy lacks %q: a plan would stop there", action))
		}
	}
	slices.Sort(allowed)
	for _, action := range slices.Compact(allowed) {
		if !slices.Contains(want, action) && !slices.Contains(rights.Automatic(), action) {
			out = append(out, r.Violation("policy allows %q, which no call of a plan needs", action))
		}
	}
	return out
}
