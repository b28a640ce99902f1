// Package iamtest decides for tests what policies allow, as IAM does: what nobody allows is denied, and a denial wins
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html). It knows the
// operators of conditions that the program uses and fails on any other.
package iamtest

import (
	"slices"
	"strings"
	"testing"

	"redoubt/internal/iampolicy"
)

// Request is one call to AWS. Keys are what conditions may ask for; a key that is left out is absent.
type Request struct {
	Action, Resource string
	Keys             map[string]string
}

// Allowed reports whether the documents of one role, or one boundary, allow the request. An Allow of what a
// resource's own policy says is not asked.
func Allowed(t testing.TB, r Request, docs ...iampolicy.Document) bool {
	t.Helper()
	allowed := false
	for _, doc := range docs {
		for _, s := range doc.Statements {
			if !meets(t, r, s) {
				continue
			}
			if s.Effect == iampolicy.Deny {
				return false
			}
			allowed = true
		}
	}
	return allowed
}

func meets(t testing.TB, r Request, s iampolicy.Statement) bool {
	t.Helper()
	anyLike := func(patterns []string, value string) bool {
		return slices.ContainsFunc(patterns, func(p string) bool { return like(p, value) })
	}
	if !anyLike(s.Actions, r.Action) || len(s.NotActions) > 0 && anyLike(s.NotActions, r.Action) {
		return false
	}
	if len(s.Resources) > 0 && !anyLike(s.Resources, r.Resource) || anyLike(s.NotResources, r.Resource) {
		return false
	}
	for operator, keys := range s.Conditions {
		for key, want := range keys {
			if !holds(t, operator, r.Keys[key], want) {
				return false
			}
		}
	}
	return true
}

// holds reports whether a condition holds for a value, empty when the key is absent: then only a negated one does
// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html).
func holds(t testing.TB, operator, value string, want []string) bool {
	t.Helper()
	switch operator {
	case "StringEquals", "ArnEquals":
		return value != "" && slices.Contains(want, value)
	case "ForAllValues:StringEquals": // holds without the key: what it restricts then has none
		return value == "" || slices.Contains(want, value)
	case "ForAllValues:StringLike":
		return value == "" || slices.ContainsFunc(want, func(p string) bool { return like(p, value) })
	case "StringNotEquals":
		return !slices.Contains(want, value)
	case "StringLike", "ForAnyValue:StringLike":
		return value != "" && slices.ContainsFunc(want, func(p string) bool { return like(p, value) })
	}
	t.Fatalf("condition operator %q is not known to this judge", operator)
	return false
}

// like reports whether a value fits a pattern in which a star stands for any text.
func like(pattern, value string) bool {
	first, rest, starred := strings.Cut(pattern, "*")
	if !starred {
		return pattern == value
	}
	if !strings.HasPrefix(value, first) {
		return false
	}
	for n := len(first); n <= len(value); n++ {
		if like(rest, value[n:]) {
			return true
		}
	}
	return false
}
