package provider

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"redoubt/sim/schema"
)

// changeKind is how one property differs.
type changeKind int

const (
	added changeKind = iota
	removed
	changed
)

// change is one difference between a resource as it is and as it is asked for.
type change struct {
	path    string
	kind    changeKind
	replace bool
}

// DiffInputs compares the state of a resource as it was read back with new
// inputs, the way the bridge to the upstream provider does. It reports whether
// anything must be updated and which top-level properties replace the
// resource. It is a pure function.
func DiffInputs(token string, old, new resource.PropertyMap) (update bool, replaces []string, err error) {
	changes, err := diff(token, old, new)
	for _, c := range changes {
		top := topLevel(c.path)
		if c.replace && !slices.Contains(replaces, top) {
			replaces = append(replaces, top)
		}
	}
	slices.Sort(replaces)
	return len(changes) > 0, replaces, err
}

func diff(token string, old, new resource.PropertyMap) ([]change, error) {
	s, err := shapesOf(token)
	if err != nil {
		return nil, err
	}
	d := differ{token: token, spec: specs[token]}
	old, new = d.spec.imply(old), d.spec.imply(new)
	d.object(s.args, old, new, upstreamProps(token), place{top: true})
	slices.SortStableFunc(d.changes, func(a, b change) int { return strings.Compare(a.path, b.path) })
	if token == "aws:lb/loadBalancer:LoadBalancer" {
		replaceNetworkBalancer(d.changes, old, new)
	}
	return d.changes, nil
}

// replaceNetworkBalancer marks what an application load balancer changes in
// place and a network load balancer does not: a subnet that is taken away, and
// the first security group or the last.
func replaceNetworkBalancer(changes []change, old, new resource.PropertyMap) {
	kind, _ := bare(new["loadBalancerType"])
	if !kind.IsString() || kind.StringValue() != "network" {
		return
	}
	for i, c := range changes {
		switch topLevel(c.path) {
		case "subnets":
			changes[i].replace = c.replace || loses(old["subnets"], new["subnets"])
		case "securityGroups":
			changes[i].replace = c.replace || given(old, "securityGroups") != given(new, "securityGroups") ||
				zero(old["securityGroups"]) != zero(new["securityGroups"])
		}
	}
}

// loses reports whether the new list lacks an element of the old one.
func loses(old, new resource.PropertyValue) bool {
	old, _ = bare(old)
	new, known := bare(new)
	if !known || !old.IsArray() || !new.IsArray() {
		return false
	}
	return slices.ContainsFunc(old.ArrayValue(), func(o resource.PropertyValue) bool {
		return !slices.ContainsFunc(new.ArrayValue(), o.DeepEquals)
	})
}

// place is where in the resource a comparison stands.
type place struct {
	// path is shown to people, with indices; pattern is the same without them.
	path, pattern string
	// replace is true when a change here replaces the resource.
	replace bool
	// block is true when what is inside says for itself whether it replaces;
	// element is true in a list.
	block, top, element bool
}

func (p place) in(name string, up *schema.Prop) place {
	in := place{path: join(p.path, name), pattern: join(p.pattern, name)}
	if up != nil {
		in.replace, in.block = up.ForceNew, up.Props != nil
	} else {
		in.replace = p.replace && !p.block
	}
	return in
}

// key is the place of a key of a map, which is data.
func (p place) key(key string) place {
	return place{path: joinKey(p.path, key), pattern: p.pattern, replace: p.replace && !p.block}
}

func (p place) item(i int) place {
	p.path, p.element = fmt.Sprintf("%s[%d]", p.path, i), true
	return p
}

type differ struct {
	token   string
	spec    spec
	changes []change
}

func (d *differ) add(p place, kind changeKind) {
	d.changes = append(d.changes, change{p.path, kind, p.replace})
}

func (d *differ) object(s *shape, old, new resource.PropertyMap, up map[string]*schema.Prop, at place) {
	for _, key := range new.StableKeys() {
		name := string(key)
		if d.ignores(s, name, old, new, at) {
			continue
		}
		d.value(s.at(name), old[key], new[key], up[name], at.in(name, up[name]))
	}
	for _, key := range old.StableKeys() {
		name := string(key)
		if given(new, name) || d.ignores(s, name, old, new, at) {
			continue
		}
		if _, listed := new[key]; !listed {
			d.absent(s.at(name), old[key], up[name], at.in(name, up[name]))
		}
	}
}

// ignores reports whether the comparison of an object leaves a property out.
func (d *differ) ignores(s *shape, name string, old, new resource.PropertyMap, at place) bool {
	return internalKey(name) || s.at(name) == nil || (at.top && d.spec.silent(name)) ||
		d.spec.foreign(join(at.pattern, name), old, new)
}

// absent handles a property that the state holds and the inputs leave out: one
// that AWS may fill in stays, one with a default goes back to it, any other is
// removed.
func (d *differ) absent(s *shape, old resource.PropertyValue, up *schema.Prop, at place) {
	old, _ = bare(old)
	if up == nil || !up.Optional || d.spec.sticks(at.pattern) {
		return
	}
	if def, ok := d.defaultOf(at.pattern, up); ok {
		if !d.same(at.pattern, old, def) {
			d.add(at, removed)
		}
		return
	}
	if up.Computed || (zero(old) && !isBlock(s, old)) {
		return
	}
	d.add(at, removed)
}

// isBlock reports whether the value is an object of the schema, whose presence
// counts even when it says nothing.
func isBlock(s *shape, v resource.PropertyValue) bool {
	return s != nil && s.form == formObject && v.IsObject()
}

// defaultOf is what the upstream provider plans where a property is left out.
func (d *differ) defaultOf(pattern string, up *schema.Prop) (resource.PropertyValue, bool) {
	if def, ok := d.spec.defaults[pattern]; ok {
		return resource.NewPropertyValue(def), true
	}
	if up != nil && up.Default != nil {
		return resource.NewPropertyValue(up.Default), true
	}
	return resource.PropertyValue{}, false
}

func (d *differ) value(s *shape, old, new resource.PropertyValue, up *schema.Prop, at place) {
	old, _ = bare(old)
	new, known := bare(new)
	switch {
	case !known:
		d.add(at, kindOf(old, added, changed))
	case new.IsNull() || emptyText(new) && up != nil && up.Computed && !at.element:
		d.absent(s, old, up, at)
	case old.IsNull():
		d.fresh(s, new, up, at)
	case old.IsArray() && new.IsArray():
		d.list(s, old.ArrayValue(), new.ArrayValue(), up, at)
	case old.IsObject() && new.IsObject():
		d.entries(s, old.ObjectValue(), new.ObjectValue(), up, at)
	case !d.same(at.pattern, old, new):
		d.add(at, changed)
	}
}

// fresh handles a property that the state does not hold.
func (d *differ) fresh(s *shape, new resource.PropertyValue, up *schema.Prop, at place) {
	if def, ok := d.defaultOf(at.pattern, up); ok && d.same(at.pattern, def, new) {
		return
	}
	if !zero(new) || isBlock(s, new) {
		d.add(at, added)
	}
}

func emptyText(v resource.PropertyValue) bool { return v.IsString() && v.StringValue() == "" }

func kindOf(old resource.PropertyValue, fresh, otherwise changeKind) changeKind {
	if old.IsNull() {
		return fresh
	}
	return otherwise
}

// entries compares two objects, or two maps key by key.
func (d *differ) entries(s *shape, old, new resource.PropertyMap, up *schema.Prop, at place) {
	if s.form == formObject {
		d.object(s, old, new, nested(up), at)
		return
	}
	for _, key := range new.StableKeys() {
		if o, had := old[key]; had {
			d.value(elemShape(s), o, new[key], nil, at.key(string(key)))
		} else {
			d.add(at.key(string(key)), added)
		}
	}
	for _, key := range old.StableKeys() {
		if _, kept := new[key]; !kept {
			d.add(at.key(string(key)), removed)
		}
	}
}

func elemShape(s *shape) *shape {
	if s.elem == nil {
		return &shape{}
	}
	return s.elem
}

func (d *differ) list(s *shape, old, new []resource.PropertyValue, up *schema.Prop, at place) {
	if up != nil && up.Set {
		old, new = d.unmatched(s, old, new, up, at)
	}
	for i := range max(len(old), len(new)) {
		switch {
		case i >= len(old):
			d.add(at.item(i), added)
		case i >= len(new):
			d.add(at.item(i), removed)
		default:
			d.value(elemShape(s), old[i], new[i], up, at.item(i))
		}
	}
}

// unmatched drops the elements that both sides hold, whatever their order and
// however often they are repeated.
func (d *differ) unmatched(s *shape, old, new []resource.PropertyValue, up *schema.Prop, at place,
) (restOld, restNew []resource.PropertyValue) {
	matches := func(o, n resource.PropertyValue) bool {
		probe := differ{token: d.token, spec: d.spec}
		probe.value(elemShape(s), o, n, up, at.item(0))
		return len(probe.changes) == 0
	}
	for _, n := range new {
		if !slices.ContainsFunc(old, func(o resource.PropertyValue) bool { return matches(o, n) }) {
			restNew = append(restNew, n)
		}
	}
	for _, o := range old {
		if !slices.ContainsFunc(new, func(n resource.PropertyValue) bool { return matches(o, n) }) {
			restOld = append(restOld, o)
		}
	}
	return restOld, restNew
}

// zero reports whether the value is what the upstream provider cannot tell
// from an absent one.
func zero(v resource.PropertyValue) bool {
	switch {
	case v.IsNull():
		return true
	case v.IsBool():
		return !v.BoolValue()
	case v.IsNumber():
		return v.NumberValue() == 0
	case v.IsString():
		return v.StringValue() == ""
	case v.IsArray():
		return len(v.ArrayValue()) == 0
	case v.IsObject():
		for _, e := range v.ObjectValue() {
			if !zero(e) {
				return false
			}
		}
		return true
	}
	return false
}

// topLevel returns the first name of a path.
func topLevel(path string) string {
	if i := strings.IndexAny(path, ".["); i >= 0 {
		return path[:i]
	}
	return path
}
