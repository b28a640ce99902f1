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
	d.object(s.args, old, new, upstreamProps(token), place{top: true})
	slices.SortStableFunc(d.changes, func(a, b change) int { return strings.Compare(a.path, b.path) })
	return d.changes, nil
}

// place is where in the resource a comparison stands.
type place struct {
	// path is shown to people, with indices; pattern is the same without them.
	path, pattern string
	// replace is true when a change here replaces the resource.
	replace bool
	// block is true when what is inside says for itself whether it replaces.
	block, top bool
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
	p.path = fmt.Sprintf("%s[%d]", p.path, i)
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
		if internalKey(name) || s.at(name) == nil || (at.top && d.spec.silent(name)) {
			continue
		}
		d.value(s.at(name), old[key], new[key], up[name], at.in(name, up[name]))
	}
	for _, key := range old.StableKeys() {
		name := string(key)
		if given(new, name) || s.at(name) == nil || internalKey(name) || (at.top && d.spec.silent(name)) {
			continue
		}
		if _, listed := new[key]; !listed {
			d.absent(name, old[key], up[name], at.in(name, up[name]))
		}
	}
}

// absent handles a property that the state holds and the inputs leave out: one
// that AWS may fill in stays, any other is removed.
func (d *differ) absent(name string, old resource.PropertyValue, up *schema.Prop, at place) {
	old, _ = bare(old)
	if up == nil || up.Computed || !up.Optional || zero(old) || d.isDefault(at.pattern, old) {
		return
	}
	d.add(at, removed)
}

func (d *differ) isDefault(pattern string, v resource.PropertyValue) bool {
	def, ok := d.spec.defaults[pattern]
	return ok && v.DeepEquals(resource.NewPropertyValue(def))
}

func (d *differ) value(s *shape, old, new resource.PropertyValue, up *schema.Prop, at place) {
	old, _ = bare(old)
	new, known := bare(new)
	switch {
	case !known:
		d.add(at, kindOf(old, added, changed))
	case new.IsNull():
		d.absent("", old, up, at)
	case old.IsNull():
		if !zero(new) && !d.isDefault(at.pattern, new) {
			d.add(at, added)
		}
	case old.IsArray() && new.IsArray():
		d.list(s, old.ArrayValue(), new.ArrayValue(), up, at)
	case old.IsObject() && new.IsObject():
		d.entries(s, old.ObjectValue(), new.ObjectValue(), up, at)
	case !d.same(at.pattern, old, new):
		d.add(at, changed)
	}
}

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
	if d.spec.isSet(at.pattern) {
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

// unmatched drops the elements that both sides hold, whatever their order.
func (d *differ) unmatched(s *shape, old, new []resource.PropertyValue, up *schema.Prop, at place,
) (restOld, restNew []resource.PropertyValue) {
	taken := make([]bool, len(old))
	for _, n := range new {
		found := -1
		for i, o := range old {
			probe := differ{token: d.token, spec: d.spec}
			if !taken[i] {
				if probe.value(elemShape(s), o, n, up, at); len(probe.changes) == 0 {
					found = i
					break
				}
			}
		}
		if found < 0 {
			restNew = append(restNew, n)
		} else {
			taken[found] = true
		}
	}
	for i, o := range old {
		if !taken[i] {
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
