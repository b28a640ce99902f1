// Package agentimage holds the rule agent-image.
package agentimage

import (
	"strings"

	"redoubt/policies/rule"
	"redoubt/policies/stores"
)

// Rule is the rule agent-image.
var Rule = rule.Rule{
	ID:       "agent-image",
	Title:    "Every agent's image lies in its home's own registry",
	Why:      "A pod that starts on the day pulls its image; from a registry in the lost region it never starts.",
	Source:   "https://docs.aws.amazon.com/AmazonECR/latest/userguide/replication.html",
	Severity: rule.High,
	Remedy:   "Pass the image to components/registry in stacks/.",
	Stack:    &rule.StackRule{Check: check},
}

var repository = stores.Part{What: "repository for its image",
	Types: []string{"aws:ecr/repository:Repository"}, Name: "registry-%s"}

func check(g *rule.Graph, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, a := range g.System.Agents {
		g.About("agent %q", a.Name)
		out = append(out, stores.Missing(g, path(a.Image), repository)...)
	}
	return out
}

// path is an image's path in its registry, without the registry, the tag and the digest.
func path(image string) string {
	out := image[strings.Index(image, "/")+1:]
	out, _, _ = strings.Cut(out, "@")
	out, _, _ = strings.Cut(out, ":")
	return out
}
