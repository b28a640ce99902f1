package registry

import (
	"encoding/json"
	"fmt"
	"slices"
)

const (
	// kept is how many other tagged images a repository keeps: enough to go back,
	// and for a home that was not updated for a while.
	kept = 100
	// never is more images than a repository takes:
	// https://docs.aws.amazon.com/AmazonECR/latest/userguide/service-quotas.html
	never = 1_000_000
)

// lifecycle is the policy that lets old images go but none that a home runs.
//
// How ECR decides helps: an image that a rule selects by its tag is never expired
// by a later one
// (https://docs.aws.amazon.com/AmazonECR/latest/userguide/LifecyclePolicies.html).
// So each tag that the system names has a rule of its own that expires nothing,
// and the last rule cannot touch it however much was pushed since. It selects by
// prefix, which spares 2.8.10 beside 2.8.1: too much, and never too little.
//
// Images without a tag stay: they are the parts of those for more than one
// architecture. Where an image is named by digest alone no rule could spare it, so
// that repository has no policy.
func (r repository) lifecycle() (string, error) {
	if r.byDigest {
		return "", nil
	}
	var rules []rule
	for _, tag := range slices.Compact(slices.Clone(r.tags)) {
		rules = append(rules, rule{
			Priority: len(rules) + 1, Description: "The system runs " + tag,
			Selection: selection{Status: "tagged", Prefixes: []string{tag}, CountType: moreThan, Count: never},
			Action:    action{"expire"},
		})
	}
	rules = append(rules, rule{
		Priority: len(rules) + 1, Description: fmt.Sprintf("Keep the last %d others", kept),
		Selection: selection{Status: "tagged", Patterns: []string{"*"}, CountType: moreThan, Count: kept},
		Action:    action{"expire"},
	})
	text, err := json.Marshal(map[string][]rule{"rules": rules})
	if err != nil {
		return "", fmt.Errorf("lifecycle of %s: %w", r.name, err)
	}
	return string(text), nil
}

const moreThan = "imageCountMoreThan"

// rule is one rule of a policy:
// https://docs.aws.amazon.com/AmazonECR/latest/userguide/lifecycle_policy_parameters.html
type rule struct {
	Priority    int       `json:"rulePriority"`
	Description string    `json:"description"`
	Selection   selection `json:"selection"`
	Action      action    `json:"action"`
}

type selection struct {
	Status    string   `json:"tagStatus"`
	Prefixes  []string `json:"tagPrefixList,omitempty"`
	Patterns  []string `json:"tagPatternList,omitempty"`
	CountType string   `json:"countType"`
	Count     int      `json:"countNumber"`
}

type action struct {
	Type string `json:"type"`
}
