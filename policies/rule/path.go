package rule

import (
	"fmt"
	"strconv"
	"strings"
)

// Unknown stands in the inputs for a value that only an update brings.
var Unknown any = unknown{}

type unknown struct{}

// String is how it looks in a message.
func (unknown) String() string { return "(not known yet)" }

// step is one step of a path: a field, an index, every element, or those of which a field has a text.
type step struct {
	field string
	index int
	every bool
	where [2]string
}

// steps reads a path such as rules[0].copyActions[*].lifecycle,
// containers[name=agent].image or labels["app.kubernetes.io/name"]. A path that cannot be read is a bug of the rule.
func steps(path string) []step {
	var out []step
	for rest := path; rest != ""; {
		if rest[0] != '[' {
			end := strings.IndexAny(rest, ".[")
			if end < 0 {
				end = len(rest)
			}
			if end == 0 {
				panic(fmt.Sprintf("path %q has an empty field: this is a bug", path))
			}
			out = append(out, step{field: rest[:end], index: -1})
			rest = strings.TrimPrefix(rest[end:], ".")
			continue
		}
		end := strings.IndexByte(rest, ']')
		if end < 0 {
			panic(fmt.Sprintf("path %q has no end of an index: this is a bug", path))
		}
		out = append(out, indexed(path, rest[1:end]))
		rest = strings.TrimPrefix(rest[end+1:], ".")
	}
	return out
}

func indexed(path, inside string) step {
	if inside == "*" {
		return step{index: -1, every: true}
	}
	if field, err := strconv.Unquote(inside); err == nil {
		return step{field: field, index: -1}
	}
	if field, text, ok := strings.Cut(inside, "="); ok {
		return step{index: -1, where: [2]string{field, text}}
	}
	n, err := strconv.Atoi(inside)
	if err != nil || n < 0 {
		panic(fmt.Sprintf("path %q has the index %q: this is a bug", path, inside))
	}
	return step{index: n}
}

// Lookup returns every value at a path; a value that is missing is left out,
// and an unknown on the way stands for all that is below it.
func Lookup(in any, path string) []any {
	found := []any{in}
	for _, s := range steps(path) {
		var next []any
		for _, v := range found {
			next = append(next, s.of(v)...)
		}
		found = next
	}
	return found
}

func (s step) of(v any) []any {
	switch v := v.(type) {
	case unknown:
		return []any{v}
	case map[string]any:
		if inner, ok := v[s.field]; ok && s.field != "" && inner != nil {
			return []any{inner}
		}
	case []any:
		var out []any
		for n, e := range v {
			if s.takes(n, e) {
				out = append(out, e)
			}
		}
		return out
	}
	return nil
}

// takes reports whether the step goes through an element of a list. One whose
// field is unknown may be the one that is meant.
func (s step) takes(n int, element any) bool {
	if s.where[0] == "" {
		return s.every || s.index == n
	}
	object, _ := element.(map[string]any)
	return object[s.where[0]] == any(s.where[1]) || object[s.where[0]] == Unknown
}

// Set changes the value at a path, which makes the objects on its way.
func Set(in map[string]any, path string, value any) error {
	_, err := set(in, steps(path), path, value)
	return err
}

func set(in any, rest []step, path string, value any) (any, error) {
	if len(rest) == 0 {
		return value, nil
	}
	s := rest[0]
	if s.field == "" {
		return s.setIn(in, rest[1:], path, value)
	}
	object, ok := in.(map[string]any)
	if in == nil {
		object, ok = map[string]any{}, true
	}
	if !ok {
		return nil, fmt.Errorf("path %q: is %T, want an object", path, in)
	}
	inner, err := set(object[s.field], rest[1:], path, value)
	if err != nil {
		return nil, err
	}
	object[s.field] = inner
	return object, nil
}

// setIn changes elements of a list; the index after the last one adds to it.
func (s step) setIn(in any, rest []step, path string, value any) (any, error) {
	list, ok := in.([]any)
	if !ok {
		return nil, fmt.Errorf("path %q: is %T, want a list", path, in)
	}
	if s.index == len(list) {
		list = append(list, nil)
	}
	found := false
	for n := range list {
		if !s.takes(n, list[n]) {
			continue
		}
		found = true
		inner, err := set(list[n], rest, path, value)
		if err != nil {
			return nil, err
		}
		list[n] = inner
	}
	if !found {
		return nil, fmt.Errorf("path %q: no such element in a list of %d", path, len(list))
	}
	return list, nil
}

// Unset removes what stands at a path; it reports whether something did.
func Unset(in map[string]any, path string) bool {
	way := steps(path)
	last := way[len(way)-1]
	holders := []any{in}
	for _, s := range way[:len(way)-1] {
		var next []any
		for _, v := range holders {
			next = append(next, s.of(v)...)
		}
		holders = next
	}
	removed := false
	for _, h := range holders {
		if object, ok := h.(map[string]any); ok && last.field != "" {
			_, there := object[last.field]
			removed = removed || there
			delete(object, last.field)
		}
	}
	return removed
}

// Copy returns a deep copy of inputs.
func Copy[T any](v T) T { return copied(v).(T) }

func copied(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, inner := range v {
			out[k] = copied(inner)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for n, inner := range v {
			out[n] = copied(inner)
		}
		return out
	}
	return v
}
