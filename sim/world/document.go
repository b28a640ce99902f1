package world

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strconv"
	"strings"
)

// normal returns a deep copy of v in the types of encoding/json: nil values
// of a document are left out, numbers are float64. It refuses what has no
// place in a document.
func normal(v any) (any, error) {
	switch x := v.(type) {
	case nil, string, bool, float64:
		return x, nil
	case int:
		return float64(x), nil
	case json.Number:
		return x.Float64()
	case map[string]any:
		return normalDoc(x)
	case []any:
		return normalList(x)
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, fmt.Errorf("a %s is not a document value: %w", reflect.TypeOf(v), err)
	}
	var out any
	if err := json.Unmarshal(raw, &out); err != nil {
		return nil, err
	}
	return out, nil
}

func normalDoc(d Document) (Document, error) {
	out := make(Document, len(d))
	for k, v := range d {
		n, err := normal(v)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", k, err)
		}
		if n != nil {
			out[k] = n
		}
	}
	return out, nil
}

func normalList(l []any) ([]any, error) {
	out := make([]any, 0, len(l))
	for i, v := range l {
		n, err := normal(v)
		if err != nil {
			return nil, fmt.Errorf("[%d]: %w", i, err)
		}
		out = append(out, n)
	}
	return out, nil
}

func copyDoc(d Document) Document {
	if d == nil {
		return nil
	}
	out := make(Document, len(d))
	for k, v := range d {
		out[k] = copyValue(v)
	}
	return out
}

func copyValue(v any) any {
	switch x := v.(type) {
	case map[string]any:
		return copyDoc(x)
	case []any:
		out := make([]any, len(x))
		for i, e := range x {
			out[i] = copyValue(e)
		}
		return out
	}
	return v
}

// walk visits everything at a path until visit says that it is enough: names joined by dots,
// in which lists are walked through. A flattened block and a list of one block read the same.
func walk(v any, path string, visit func(any) bool) bool {
	d, ok := v.(map[string]any)
	if !ok {
		return false
	}
	name, rest, more := strings.Cut(path, ".")
	on := func(v any) bool {
		if more {
			return walk(v, rest, visit)
		}
		return visit(v)
	}
	switch x := d[name].(type) {
	case nil:
	case []any:
		return slices.ContainsFunc(x, on)
	default:
		return on(x)
	}
	return false
}

// values returns everything at a path.
func values(d Document, path string) []any {
	var out []any
	walk(d, path, func(v any) bool { out = append(out, v); return false })
	return out
}

// strs returns every non-empty text at a path.
func strs(d Document, path string) []string {
	var out []string
	walk(d, path, func(v any) bool {
		if s := text(v); s != "" {
			out = append(out, s)
		}
		return false
	})
	return out
}

// docs returns every document at a path.
func docs(d Document, path string) []Document {
	var out []Document
	walk(d, path, func(v any) bool {
		if m, ok := v.(map[string]any); ok {
			out = append(out, m)
		}
		return false
	})
	return out
}

// doc returns the first document at a path, or nil.
func doc(d Document, path string) (out Document) {
	walk(d, path, func(v any) bool { out, _ = v.(map[string]any); return out != nil })
	return out
}

// str returns the first text at a path, or "".
func str(d Document, path string) (out string) {
	if one, is := d[path].(string); is && one != "" { // most paths are one name, of a text
		return one
	}
	walk(d, path, func(v any) bool { out = text(v); return out != "" })
	return out
}

// num returns the first number at a path; ok is false when there is none.
func num(d Document, path string) (n float64, ok bool) {
	walk(d, path, func(v any) bool {
		switch x := v.(type) {
		case float64:
			n, ok = x, true
		case string:
			f, err := strconv.ParseFloat(x, 64)
			if err == nil {
				n, ok = f, true
			}
		}
		return ok
	})
	return n, ok
}

// numOr returns the first number at a path, or the default.
func numOr(d Document, path string, def float64) float64 {
	if n, ok := num(d, path); ok {
		return n
	}
	return def
}

// yes reports whether the first value at a path is true.
func yes(d Document, path string) (is bool) {
	walk(d, path, func(v any) bool { is = v == true || v == "true"; return true })
	return is
}

// has reports whether there is anything at a path.
func has(d Document, path string) bool { return walk(d, path, func(any) bool { return true }) }

func text(v any) string {
	switch x := v.(type) {
	case string:
		return x
	case float64:
		return strconv.FormatFloat(x, 'f', -1, 64)
	case bool:
		return strconv.FormatBool(x)
	}
	return ""
}

// same reports whether two values of documents are equal.
func same(a, b any) bool {
	switch a := a.(type) {
	case nil, string, float64, bool:
		return a == b
	case Document:
		b, is := b.(Document)
		if !is || len(a) != len(b) || (a == nil) != (b == nil) {
			return false
		}
		if address(a) == address(b) {
			return true
		}
		for name, one := range a {
			if other, has := b[name]; !has || !same(one, other) {
				return false
			}
		}
		return true
	case []any:
		b, is := b.([]any)
		return is && (a == nil) == (b == nil) && slices.EqualFunc(a, b, same)
	}
	return reflect.DeepEqual(a, b)
}

// anyList makes a document list of texts.
func anyList(list ...string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
