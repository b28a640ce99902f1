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

// step is one step of a path: a field, an index, or every element.
type step struct {
	field string
	index int
	every bool
}

// steps reads a path such as rules[0].copyActions[*].lifecycle or
// labels["app.kubernetes.io/name"]. A path that cannot be read is a bug of the rule.
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
		switch {
		case s.every:
			return v
		case s.field == "" && s.index < len(v):
			return []any{v[s.index]}
		}
	}
	return nil
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
	switch {
	case s.every:
		list, ok := in.([]any)
		if !ok {
			return nil, fmt.Errorf("path %q: is %T, want a list", path, in)
		}
		for n := range list {
			inner, err := set(list[n], rest[1:], path, value)
			if err != nil {
				return nil, err
			}
			list[n] = inner
		}
		return list, nil
	case s.field == "":
		list, ok := in.([]any)
		if !ok || s.index > len(list) {
			return nil, fmt.Errorf("path %q: no element %d in %T", path, s.index, in)
		}
		if s.index == len(list) {
			list = append(list, nil)
		}
		inner, err := set(list[s.index], rest[1:], path, value)
		if err != nil {
			return nil, err
		}
		list[s.index] = inner
		return list, nil
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
