// Package secretplace holds the rule secret-place.
package secretplace

import (
	"strings"

	"redoubt/policies/rule"
	"redoubt/policies/stores"
)

const secret = "aws:secretsmanager/secret:Secret"

// Rule is the rule secret-place.
var Rule = rule.Rule{
	ID:    "secret-place",
	Title: "Each home has the secret of every dependency, of its own",
	Why: "An agent that starts in the other home has no key to what it needs when the only secret lies in the " +
		"lost region. A replica would do to read, and cannot be changed while the first is lost.",
	Source:   "https://docs.aws.amazon.com/secretsmanager/latest/userguide/standalone-secret.html",
	Severity: rule.High,
	Remedy:   "Declare components/secrets in both homes.",
	Stack:    &rule.StackRule{Check: check},
}

var part = stores.Part{What: "secret", Types: []string{secret}, Name: "secrets-%s"}

func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, d := range g.System.Dependencies {
		g.About("dependency %q", d.Name)
		out = append(out, stores.Missing(g, d.Name, part)...)
		if s := g.Get(secret, "secrets-"+d.Name); s != nil && !strings.Contains(s.Text("name"), "/"+string(g.Home)+"/") {
			out = append(out, g.ViolationAt(s, "name is %s, want one of the %s home: two homes cannot share it",
				s.At("name"), g.Home))
		}
	}
	return out
}
