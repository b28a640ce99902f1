package differential

import (
	_ "embed"
	"fmt"

	"gopkg.in/yaml.v3"
)

//go:embed known.yaml
var rawKnown []byte

// Known is a disagreement that stands, with its reason. Token, At, Value and
// Kind are patterns: a star stands for anything, an empty pattern for any value.
type Known struct {
	Token  string `yaml:"token"`
	At     string `yaml:"at"`
	Kind   string `yaml:"kind"`
	Value  string `yaml:"value"`
	Reason string `yaml:"reason"`
	// Upstream and Simulator are the verdicts that differ; empty means any.
	Upstream  string `yaml:"upstream"`
	Simulator string `yaml:"simulator"`
}

// Knowns returns the list of known.yaml.
func Knowns() ([]Known, error) {
	var out []Known
	if err := yaml.Unmarshal(rawKnown, &out); err != nil {
		return nil, fmt.Errorf("known.yaml: %w", err)
	}
	for i, k := range out {
		if k.Reason == "" {
			return nil, fmt.Errorf("known.yaml: entry %d has no reason", i+1)
		}
	}
	return out, nil
}

// reasonFor returns the reason of the first entry that covers the case.
func reasonFor(known []Known, c Case) string {
	for _, k := range known {
		if fits(k.Token, c.Token) && fits(k.At, c.Pattern) && fits(k.Kind, c.Kind) && fits(k.Value, c.Value) &&
			(k.Upstream == "" || k.Upstream == c.Upstream.Says) &&
			(k.Simulator == "" || k.Simulator == c.Simulator.Says) {
			return k.Reason
		}
	}
	return ""
}

// fits matches a pattern against a whole text.
func fits(pattern, s string) bool { return pattern == "" || glob(pattern, s) }

func glob(pattern, s string) bool {
	for i := range len(pattern) {
		if pattern[i] == '*' {
			for j := i; j <= len(s); j++ {
				if glob(pattern[i+1:], s[j:]) {
					return true
				}
			}
			return false
		}
		if i >= len(s) || pattern[i] != s[i] {
			return false
		}
	}
	return len(pattern) == len(s)
}
