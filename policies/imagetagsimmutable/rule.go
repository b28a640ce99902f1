// Package imagetagsimmutable holds the rule image-tags-immutable.
package imagetagsimmutable

import "redoubt/policies/rule"

// Rule is the rule image-tags-immutable.
var Rule = rule.Rule{
	ID:       "image-tags-immutable",
	Title:    "The tag of an image always means the same image",
	Why:      "What a tag meant here when it was tested is what it must mean there when the other home starts it.",
	Source:   "https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html",
	Severity: rule.Medium,
	Remedy:   "Set imageTagMutability to IMMUTABLE.",
	Resource: rule.Mended("imageTagMutability", "IMMUTABLE",
		"aws:ecr/repository:Repository", "aws:ecr/repositoryCreationTemplate:RepositoryCreationTemplate"),
}
