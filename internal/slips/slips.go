// Package slips makes every slip of the pen in an object that tests hold to a schema: each
// field in turn has another name. A schema that takes one of them would take a mistake of ours.
package slips

import (
	"maps"
	"slices"
	"strings"
)

// Fields are the paths of all fields of an object, such as .spec.containers.image:
// those of a list's items are those of the list. Names with a dot are anybody's, as those of labels.
func Fields(v any) []string {
	found := map[string]bool{}
	collect(found, "", v)
	return slices.Sorted(maps.Keys(found))
}

func collect(found map[string]bool, at string, v any) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			if strings.Contains(name, ".") {
				continue // an annotation or a label
			}
			found[at+"."+name] = true
			collect(found, at+"."+name, inner)
		}
	case []any:
		for _, item := range v {
			collect(found, at, item)
		}
	}
}

// Misspell gives a copy of an object in which the field at a path has another name.
func Misspell(o map[string]any, path string) map[string]any {
	return misspelt(o, strings.Split(path, ".")[1:]).(map[string]any)
}

func misspelt(v any, path []string) any {
	switch v := v.(type) {
	case map[string]any:
		out := maps.Clone(v)
		inner, known := out[path[0]]
		switch {
		case !known:
		case len(path) == 1:
			delete(out, path[0])
			out[path[0]+"x"] = inner
		default:
			out[path[0]] = misspelt(inner, path[1:])
		}
		return out
	case []any:
		out := make([]any, len(v))
		for n, item := range v {
			out[n] = misspelt(item, path)
		}
		return out
	}
	return v
}
