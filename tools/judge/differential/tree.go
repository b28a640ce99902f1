package differential

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Path leads to a value inside inputs: names of properties and keys as
// strings, places in a list as ints.
type Path []any

// String writes the path as rules[0].status.
func (p Path) String() string {
	var b strings.Builder
	for _, step := range p {
		switch s := step.(type) {
		case int:
			fmt.Fprintf(&b, "[%d]", s)
		case string:
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(s)
		}
	}
	return b.String()
}

// Pattern writes the path without places, as rules.status.
func (p Path) Pattern() string {
	var names []string
	for _, step := range p {
		if name, ok := step.(string); ok {
			names = append(names, name)
		}
	}
	return strings.Join(names, ".")
}

func (p Path) in(step any) Path { return append(p[:len(p):len(p)], step) }

// walk visits every value below v, parents first, in a fixed order.
func walk(v any, at Path, visit func(Path, any)) {
	if len(at) > 0 {
		visit(at, v)
	}
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			walk(v[key], at.in(key), visit)
		}
	case []any:
		for i, one := range v {
			walk(one, at.in(i), visit)
		}
	}
}

// drop is the value that edit removes.
var drop = &struct{ drop bool }{true}

// edit returns a copy of the inputs in which the value at the path is another;
// what is above the path must exist.
func edit(v any, at Path, to any) any {
	if len(at) == 0 {
		return to
	}
	switch v := v.(type) {
	case map[string]any:
		out := maps.Clone(v)
		key := at[0].(string)
		changed := edit(v[key], at[1:], to)
		if changed == any(drop) {
			delete(out, key)
		} else {
			out[key] = changed
		}
		return out
	case []any:
		out := slices.Clone(v)
		i := at[0].(int)
		changed := edit(v[i], at[1:], to)
		if changed == any(drop) {
			return slices.Delete(out, i, i+1)
		}
		out[i] = changed
		return out
	}
	return v
}

func editMap(in map[string]any, at Path, to any) map[string]any {
	return edit(in, at, to).(map[string]any)
}

// reachable reports whether the value that holds the end of the path is there.
func reachable(v any, at Path) bool {
	for _, step := range at[:len(at)-1] {
		switch s := step.(type) {
		case string:
			object, ok := v.(map[string]any)
			if !ok || object[s] == nil {
				return false
			}
			v = object[s]
		case int:
			list, ok := v.([]any)
			if !ok || s >= len(list) {
				return false
			}
			v = list[s]
		}
	}
	switch last := at[len(at)-1].(type) {
	case string:
		_, ok := v.(map[string]any)
		return ok
	case int:
		list, ok := v.([]any)
		return ok && last < len(list)
	}
	return false
}
