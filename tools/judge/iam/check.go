package iam

import (
	"fmt"
	"slices"
	"strings"
)

// Place is where the documents of one home apply.
type Place struct {
	// Regions are those whose resources a document may name; Account the only account.
	Regions []string
	Account string
}

// Check returns every fault of the document: its grammar, actions that AWS does
// not have, ARNs that no action of the statement works on, and grants that are
// wider than they need to be.
func (d *Data) Check(kind Kind, raw string, place Place) ([]error, error) {
	doc, faults := Read(kind, raw)
	for i, s := range doc.Statements {
		more, err := d.statement(kind, s, place)
		if err != nil {
			return nil, err
		}
		for _, fault := range more {
			faults = append(faults, fmt.Errorf("%s: %s", s.name(i), fault))
		}
	}
	return faults, nil
}

func (d *Data) statement(kind Kind, s Statement, place Place) ([]string, error) {
	var faults []string
	var granted []grant
	for _, name := range slices.Concat(s.Action, s.NotAction) {
		actions, fault, err := d.actions(name)
		if err != nil {
			return nil, err
		}
		if fault != "" {
			faults = append(faults, fault)
		}
		granted = append(granted, actions...)
	}
	for _, resource := range slices.Concat(s.Resource, s.NotResource) {
		faults = append(faults, place.arn(resource)...)
	}
	faults = append(faults, d.conditions(s, granted)...)
	if s.Effect == "Allow" && kind != Perimeter {
		faults = append(faults, s.wide(kind, granted)...)
	}
	if kind == Identity && s.Effect == "Allow" {
		faults = append(faults, s.misses(granted)...)
	}
	return faults, nil
}

// grant is an action of a service that a statement names.
type grant struct {
	Action
	prefix  string
	service *Service
}

func (g grant) String() string { return g.prefix + ":" + g.Name }

// arns lists the forms of what the action works on.
func (g grant) arns() []string {
	var out []string
	for _, r := range g.Resources {
		if form, ok := g.service.Arns[strings.ToLower(r.Name)]; ok {
			out = append(out, form)
		}
	}
	return out
}

// actions returns the actions that a name with wildcards stands for.
func (d *Data) actions(name string) ([]grant, string, error) {
	if name == "*" {
		return nil, "", nil
	}
	prefix, verb, ok := strings.Cut(name, ":")
	if !ok {
		return nil, fmt.Sprintf("%q is no action", name), nil
	}
	service, err := d.Service(prefix)
	if err != nil || service == nil {
		return nil, fmt.Sprintf("action %s: there is no service %q", name, prefix), err
	}
	if !strings.ContainsAny(verb, "*?") {
		a, known := service.Actions[strings.ToLower(verb)]
		if !known || a.Name != verb {
			return nil, fmt.Sprintf("there is no action %s", name), nil
		}
		return []grant{{a, prefix, service}}, "", nil
	}
	var out []grant
	for _, a := range service.Actions {
		if meet(verb, a.Name) {
			out = append(out, grant{a, prefix, service})
		}
	}
	slices.SortFunc(out, func(a, b grant) int { return strings.Compare(a.Name, b.Name) })
	if out == nil {
		return nil, fmt.Sprintf("no action is like %s", name), nil
	}
	return out, "", nil
}

// arn lists what is wrong with a resource as a name.
func (p Place) arn(resource string) []string {
	if resource == "*" {
		return nil
	}
	parts := strings.SplitN(resource, ":", 6)
	if len(parts) < 6 || parts[0] != "arn" || parts[1] != "aws" {
		return []string{fmt.Sprintf("resource %q is no ARN", resource)}
	}
	var faults []string
	if region := parts[3]; region != "" && region != "*" && !slices.Contains(p.Regions, region) {
		faults = append(faults, fmt.Sprintf("resource %s: region %s is none of %s", resource, region,
			strings.Join(p.Regions, ", ")))
	}
	if account := parts[4]; account != "" && account != "*" && account != "aws" && account != p.Account {
		faults = append(faults, fmt.Sprintf("resource %s: account %s is not %s", resource, account, p.Account))
	}
	return faults
}

// wide lists what an allowing statement gives without need.
func (s Statement) wide(kind Kind, granted []grant) (faults []string) {
	for _, name := range s.Action {
		if _, verb, _ := strings.Cut(name, ":"); (name == "*" || verb == "*") && !s.delegates() {
			faults = append(faults, fmt.Sprintf("action %s allows everything", name))
		}
	}
	if len(s.NotAction) > 0 {
		faults = append(faults, "NotAction allows all else")
	}
	if kind != Identity || !slices.Contains(s.Resource, "*") || len(s.Condition) > 0 {
		return faults
	}
	for _, g := range granted {
		if len(g.arns()) > 0 && !g.Reads() {
			faults = append(faults, fmt.Sprintf("action %s is allowed on every resource; it can be held to %s", g,
				strings.Join(g.arns(), " or ")))
		}
	}
	return faults
}

// delegates reports whether a statement of a resource's policy hands the
// decision to the account's own policies, as AWS recommends for keys:
// https://docs.aws.amazon.com/kms/latest/developerguide/key-policy-default.html
func (s Statement) delegates() bool {
	return strings.Contains(string(s.Principal), ":root\"") && !strings.Contains(string(s.Principal), ",")
}

// misses lists actions that work on none of the statement's resources, so that
// the statement does not allow what it seems to.
func (s Statement) misses(granted []grant) (faults []string) {
	for _, g := range granted {
		forms := g.arns()
		if len(forms) == 0 {
			if !slices.Contains(s.Resource, "*") {
				faults = append(faults, fmt.Sprintf("action %s works on no resource that can be named, want *", g))
			}
			continue
		}
		works := slices.ContainsFunc(s.Resource, func(r string) bool {
			return slices.ContainsFunc(forms, func(form string) bool { return meet(r, open(form)) })
		})
		if !works {
			faults = append(faults, fmt.Sprintf("action %s works on none of %s, but on %s", g,
				strings.Join(s.Resource, ", "), strings.Join(forms, " or ")))
		}
	}
	return faults
}

// conditions lists condition keys that neither AWS as a whole nor a service of
// the statement's actions has.
func (d *Data) conditions(s Statement, granted []grant) (faults []string) {
	for _, keys := range s.Condition {
		for key := range keys {
			lower := strings.ToLower(key)
			known := strings.HasPrefix(lower, "aws:") || s.federates(lower) || slices.ContainsFunc(granted, func(g grant) bool {
				return slices.ContainsFunc(sortedKeys(g.service.Keys), func(form string) bool { return meet(lower, open(form)) })
			})
			if !known {
				faults = append(faults, fmt.Sprintf("no action of the statement has the condition key %s", key))
			}
		}
	}
	return faults
}

// federates reports whether the key, in lower case, is one that an identity provider of the statement's principals
// brings: AWS names it after the provider's host, so no service's list has it. Of what a token says, AWS hands on
// these: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_iam-condition-keys.html#condition-keys-wif
func (s Statement) federates(key string) bool {
	if !slices.Contains(s.Action, "sts:AssumeRoleWithWebIdentity") {
		return false
	}
	host, claim, _ := strings.Cut(key, ":")
	return slices.Contains([]string{"amr", "aud", "email", "oaud", "sub"}, claim) &&
		strings.Contains(string(s.Principal), ":oidc-provider/"+host+"\"")
}
