package pulumitest

import (
	"reflect"
	"slices"
	"sort"

	"redoubt/sim/schema"
)

// Diff lists what differs between two recordings as "name property",
// "+name" and "-name", and which of these force a replacement. The engine's own
// protection counts as the property "protect".
func Diff(before, after *Recorder) (changed, replaced []string) {
	changed, replaced = []string{}, []string{}
	old, now := index(before), index(after)
	for key, b := range old {
		a, ok := now[key]
		if !ok {
			changed = append(changed, "-"+b.Name)
			continue
		}
		x, y := properties(b), properties(a)
		for _, prop := range union(x, y) {
			if reflect.DeepEqual(x[prop], y[prop]) {
				continue
			}
			entry := b.Name + " " + prop
			changed = append(changed, entry)
			if replaces(b.Type, paths(x[prop], y[prop], prop)) {
				replaced = append(replaced, entry)
			}
		}
	}
	for key, a := range now {
		if _, ok := old[key]; !ok {
			changed = append(changed, "+"+a.Name)
		}
	}
	return sorted(changed), sorted(replaced)
}

// replaces reports whether AWS cannot change one of the paths in place.
func replaces(token string, changed [][]string) bool {
	typ, known := schema.Lookup(token)
	return known && slices.ContainsFunc(changed, func(path []string) bool { return typ.ReplacesAt(path...) })
}

// paths lists where two values differ, by property names without indices. A
// block that is only in one of them counts as a whole.
func paths(x, y any, at ...string) [][]string {
	if reflect.DeepEqual(x, y) {
		return nil
	}
	below := func(name string) []string { return append(slices.Clone(at), name) }
	var out [][]string
	switch a := x.(type) {
	case map[string]any:
		b, ok := y.(map[string]any)
		if !ok {
			break
		}
		for _, name := range union(a, b) {
			out = append(out, paths(a[name], b[name], below(name)...)...)
		}
		return out
	case []any:
		b, ok := y.([]any)
		if !ok || len(a) != len(b) {
			break
		}
		for n := range a {
			out = append(out, paths(a[n], b[n], at...)...)
		}
		return out
	}
	return [][]string{at}
}

// properties are the inputs, and "protect" when the engine guards the resource.
func properties(res *Resource) map[string]any {
	all := res.Values()
	if res.Protected() {
		all["protect"] = true
	}
	return all
}

func index(r *Recorder) map[string]*Resource {
	out := map[string]*Resource{}
	for _, res := range r.All() {
		out[res.URN] = res
	}
	return out
}

func union(a, b map[string]any) []string {
	set := map[string]bool{}
	for k := range a {
		set[k] = true
	}
	for k := range b {
		set[k] = true
	}
	out := make([]string, 0, len(set))
	for k := range set {
		out = append(out, k)
	}
	sort.Strings(out)
	return out
}

func sorted(in []string) []string {
	out := append([]string{}, in...)
	sort.Strings(out)
	return out
}
