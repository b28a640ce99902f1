// Package imagepinned holds the rule image-pinned.
package imagepinned

import (
	"strings"

	"redoubt/policies/rule"
)

// Rule is the rule image-pinned.
var Rule = rule.Rule{
	ID:    "image-pinned",
	Title: "An image is named by a version",
	Why: "What latest means is decided when the pod starts: in a recovery that is another program than was " +
		"tested.",
	Source:   "https://kubernetes.io/docs/concepts/containers/images/",
	Severity: rule.Medium,
	Remedy:   "Name the image with a tag that is not latest, or with a digest.",
	Resource: &rule.ResourceRule{
		Types: []string{"kubernetes:apps/v1:Deployment", "kubernetes:batch/v1:CronJob"},
		Check: check,
	},
}

func check(r *rule.Resource, _ rule.Config) []rule.Finding {
	var out []rule.Finding
	for _, at := range []string{"spec.template.spec", "spec.jobTemplate.spec.template.spec"} {
		for _, container := range append(r.List(at+".containers"), r.List(at+".initContainers")...) {
			if image := container.At("image").Text(); !pinned(image) {
				out = append(out, r.Violation("container %s has the image %q, want a version", container.At("name").Text(), image))
			}
		}
	}
	return out
}

func pinned(image string) bool {
	if strings.Contains(image, "@sha256:") {
		return true
	}
	_, tag, tagged := strings.Cut(image[strings.LastIndex(image, "/")+1:], ":")
	return tagged && tag != "" && tag != "latest"
}
