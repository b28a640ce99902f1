package iam

import (
	"maps"
	"regexp"
	"slices"
)

var placeholder = regexp.MustCompile(`\$\{[^}]*\}`)

// open makes each placeholder of a form, such as ${BucketName}, a star.
func open(form string) string { return placeholder.ReplaceAllString(form, "*") }

// meet reports whether there is a text that both patterns stand for. A star
// stands for any text, a question mark for any one character.
func meet(a, b string) bool {
	after := make([]bool, len(b)+1) // whether a[i+1:] meets b[j:]
	for i := len(a); i >= 0; i-- {
		here := make([]bool, len(b)+1)
		for j := len(b); j >= 0; j-- {
			switch {
			case i == len(a) && j == len(b):
				here[j] = true
			case i < len(a) && a[i] == '*':
				here[j] = after[j] || j < len(b) && here[j+1]
			case j < len(b) && b[j] == '*':
				here[j] = here[j+1] || i < len(a) && after[j]
			case i < len(a) && j < len(b):
				here[j] = (a[i] == b[j] || a[i] == '?' || b[j] == '?') && after[j+1]
			}
		}
		after = here
	}
	return after[0]
}

func sortedKeys(in map[string]bool) []string { return slices.Sorted(maps.Keys(in)) }
