// Package rule is what a rule of the policy pack is made of: its text, its
// options, and a check of one resource or of the whole graph of a home. It
// knows neither Pulumi nor a wire, so a rule is judged in a test as in a preview.
package rule

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"redoubt/assess"
)

// Severity says how much a recovery suffers from a violation.
type Severity string

// The severities. High and Medium refuse a change, Low warns.
const (
	High   Severity = "high"
	Medium Severity = "medium"
	Low    Severity = "low"
)

// Rule is one rule. It has exactly one of Resource, Stack and Pending.
type Rule struct {
	// ID is the rule's name for ever, in words with hyphens; its package is the id without them.
	ID string
	// Title says what holds, as a sentence without a full stop.
	Title string
	// Why says what a violation costs on the day of a recovery.
	Why string
	// Source is the https address that the rule stands on, or begins with "assumed" or "decision".
	Source   string
	Severity Severity
	// Remedy says what to do about a violation.
	Remedy string
	// Options are what may be set for the rule.
	Options []Option
	// Pending says which later issue brings what the rule is about, such as "#12: the mesh".
	Pending string

	Resource *ResourceRule
	Stack    *StackRule
}

// ResourceRule judges one resource on what the program declares of it.
type ResourceRule struct {
	// Types are the type tokens that it judges.
	Types []string
	Check func(*Resource, Config) []Finding
	// Remediate returns the inputs to change, by path, so that the check passes; nil changes nothing. It is there
	// only where the change is safe for whoever runs.
	Remediate func(*Resource, Config) map[string]any
}

// StackRule judges everything that one home declares.
type StackRule struct {
	Check func(*Graph, Config) []Finding
	// WithoutSystem is true for a rule that also judges when the file of the system cannot be read.
	WithoutSystem bool
	// Forecasts is what a rule about promises asks of Graph.Forecast; nil for the others. Whoever serves the rule
	// begins it early, because it takes seconds.
	Forecasts func(Config) assess.Options
}

// Kind is what a finding says.
type Kind string

// The kinds of findings.
const (
	// Violation is what the rule refuses.
	Violation Kind = "violation"
	// NotJudged is what the rule could not look at yet: a value that only an update brings, or a home that is not there.
	NotJudged Kind = "not judged"
)

// Finding is one thing that a rule found.
type Finding struct {
	Kind Kind
	// Subject is what it is about: the name of a resource, or such as: store "tasks".
	Subject string
	// URN is the resource that it is shown at; empty is the whole stack.
	URN string
	// Message says what is the matter, with got and want.
	Message string
}

// String is the finding on one line.
func (f Finding) String() string { return f.Subject + ": " + f.Message }

var idForm = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)

// Package is the name of the rule's package.
func (r Rule) Package() string { return strings.ReplaceAll(r.ID, "-", "") }

// Validate reports every fault of the rule's text and form.
func (r Rule) Validate() error {
	var errs []error
	bad := func(format string, args ...any) {
		errs = append(errs, fmt.Errorf("rule %q: "+format, append([]any{r.ID}, args...)...))
	}
	if !idForm.MatchString(r.ID) {
		bad("the id is in no such form as store-has-backup")
	}
	for _, text := range []struct{ what, value string }{
		{"title", r.Title}, {"why", r.Why}, {"remedy", r.Remedy},
	} {
		if strings.TrimSpace(text.value) == "" {
			bad("has no %s", text.what)
		}
	}
	if strings.HasSuffix(r.Title, ".") {
		bad("the title ends in a full stop")
	}
	if !sourced(r.Source) {
		bad("the source is %q, want an https address, assumed or decision", r.Source)
	}
	switch r.Severity {
	case High, Medium, Low:
	default:
		bad("the severity is %q, want high, medium or low", r.Severity)
	}
	errs = append(errs, r.form()...)
	for _, o := range r.Options {
		if err := o.validate(); err != nil {
			bad("%w", err)
		}
	}
	return errors.Join(errs...)
}

// form checks that the rule is of exactly one kind.
func (r Rule) form() []error {
	kinds := 0
	var errs []error
	if r.Resource != nil {
		kinds++
		if len(r.Resource.Types) == 0 || r.Resource.Check == nil {
			errs = append(errs, fmt.Errorf("rule %q: a resource rule needs types and a check", r.ID))
		}
	}
	if r.Stack != nil {
		kinds++
		if r.Stack.Check == nil {
			errs = append(errs, fmt.Errorf("rule %q: a stack rule needs a check", r.ID))
		}
	}
	if r.Pending != "" {
		kinds++
	}
	if kinds != 1 {
		errs = append(errs, fmt.Errorf("rule %q: is of %d kinds, want one of resource, stack and pending", r.ID, kinds))
	}
	return errs
}

func sourced(s string) bool {
	for _, prefix := range []string{"https://", "assumed", "decision"} {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}
