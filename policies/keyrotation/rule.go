// Package keyrotation holds the rule key-rotation.
package keyrotation

import "redoubt/policies/rule"

// Rule is the rule key-rotation.
var Rule = rule.Rule{
	ID:    "key-rotation",
	Title: "A key rotates by itself, in both homes at once",
	Why: "A rotation by hand makes a new key, which replicas, copies and the policies of both homes must " +
		"learn of.",
	Source:   "https://docs.aws.amazon.com/kms/latest/developerguide/rotate-keys.html",
	Severity: rule.Medium,
	Remedy:   "Set enableKeyRotation to true.",
	Resource: rule.Mended("enableKeyRotation", true, "aws:kms/key:Key"),
}
