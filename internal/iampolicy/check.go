package iampolicy

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
)

// sidForm is what every service takes as a Sid:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_sid.html
var sidForm = regexp.MustCompile(`^[A-Za-z0-9]*$`)

// Check returns every fault of the document: what AWS refuses, and what grants
// more than a reason was given for.
func (d Document) Check() error {
	if len(d.Statements) == 0 {
		return errors.New("policy has no statement")
	}
	var errs []error
	seen := map[string]bool{}
	for n, s := range d.Statements {
		name := fmt.Sprintf("statement %d", n+1)
		if s.Sid != "" {
			name = fmt.Sprintf("statement %q", s.Sid)
			if seen[s.Sid] {
				errs = append(errs, fmt.Errorf("%s: the sid is used twice", name))
			}
			seen[s.Sid] = true
		}
		for _, err := range s.faults() {
			errs = append(errs, fmt.Errorf("%s: %w", name, err))
		}
	}
	return errors.Join(errs...)
}

func (s Statement) faults() []error {
	var errs []error
	add := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	if !sidForm.MatchString(s.Sid) {
		add("sid has characters other than letters and digits")
	}
	if e := s.effect(); e != Allow && e != Deny {
		add("effect is %q, want %s or %s", e, Allow, Deny)
	}
	if (len(s.Actions) == 0) == (len(s.NotActions) == 0) {
		add("want either actions or not-actions")
	}
	if len(s.Resources) > 0 && len(s.NotResources) > 0 {
		add("want either resources or not-resources")
	}
	if s.effect() == Allow {
		errs = append(errs, s.grants()...)
	}
	for operator, keys := range s.Conditions {
		if len(keys) == 0 {
			add("condition %s has no key", operator)
		}
		for key, values := range keys {
			if len(values) == 0 {
				add("condition %s of %s has no value", operator, key)
			}
		}
	}
	return append(errs, s.blanks()...)
}

// grants returns how an allowing statement gives more than it says why.
func (s Statement) grants() []error {
	var errs []error
	for _, a := range s.Actions {
		if !anyAction(a) {
			continue
		}
		if !s.AllowAnyAction {
			errs = append(errs, fmt.Errorf("action %q allows everything; name the actions", a))
		} else if s.Reason == "" {
			errs = append(errs, fmt.Errorf("action %q allows everything without a reason", a))
		}
	}
	if len(s.NotActions) > 0 && !(s.AllowAnyAction && s.Reason != "") {
		errs = append(errs, errors.New("not-actions allow everything else; name the actions"))
	}
	if len(s.NotResources) > 0 {
		errs = append(errs, errors.New("not-resources allow it on everything else; name the resources"))
	}
	if s.everyone() && len(s.Conditions) == 0 {
		errs = append(errs, errors.New("anybody is allowed without a condition"))
	}
	return errs
}

func (s Statement) blanks() []error {
	var errs []error
	check := func(what string, values []string) {
		for _, v := range values {
			if strings.TrimSpace(v) == "" {
				errs = append(errs, fmt.Errorf("%s has an empty element", what))
			}
		}
	}
	check("action", s.Actions)
	check("resource", s.Resources)
	check("not-resource", s.NotResources)
	for kind, names := range s.Principals {
		if len(names) == 0 && kind != Everyone {
			errs = append(errs, fmt.Errorf("principal %s has no name", kind))
		}
		check("principal "+kind, names)
	}
	return errs
}

// anyAction reports whether an action stands for all of a service or of AWS.
func anyAction(action string) bool {
	_, verb, named := strings.Cut(action, ":")
	return action == "*" || named && verb == "*"
}
