package world

import (
	"encoding/json"
	"fmt"
	"reflect"
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

// values returns everything at a path: names joined by dots, in which lists
// are walked through. A flattened block and a list of one block read the same.
func values(d Document, path string) []any {
	at := []any{d}
	for _, name := range strings.Split(path, ".") {
		var next []any
		for _, v := range at {
			m, ok := v.(map[string]any)
			if !ok {
				continue
			}
			switch x := m[name].(type) {
			case nil:
			case []any:
				next = append(next, x...)
			default:
				next = append(next, x)
			}
		}
		at = next
	}
	return at
}

// strs returns every non-empty text at a path.
func strs(d Document, path string) []string {
	var out []string
	for _, v := range values(d, path) {
		if s := text(v); s != "" {
			out = append(out, s)
		}
	}
	return out
}

// docs returns every document at a path.
func docs(d Document, path string) []Document {
	var out []Document
	for _, v := range values(d, path) {
		if m, ok := v.(map[string]any); ok {
			out = append(out, m)
		}
	}
	return out
}

// str returns the first text at a path, or "".
func str(d Document, path string) string {
	if all := strs(d, path); len(all) > 0 {
		return all[0]
	}
	return ""
}

// num returns the first number at a path; ok is false when there is none.
func num(d Document, path string) (float64, bool) {
	for _, v := range values(d, path) {
		switch x := v.(type) {
		case float64:
			return x, true
		case string:
			if f, err := strconv.ParseFloat(x, 64); err == nil {
				return f, true
			}
		}
	}
	return 0, false
}

// numOr returns the first number at a path, or the default.
func numOr(d Document, path string, def float64) float64 {
	if n, ok := num(d, path); ok {
		return n
	}
	return def
}

// yes reports whether the first value at a path is true.
func yes(d Document, path string) bool {
	for _, v := range values(d, path) {
		return v == true || v == "true"
	}
	return false
}

// has reports whether there is anything at a path.
func has(d Document, path string) bool { return len(values(d, path)) > 0 }

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

func same(a, b any) bool { return reflect.DeepEqual(a, b) }

// anyList makes a document list of texts.
func anyList(list ...string) []any {
	out := make([]any, len(list))
	for i, s := range list {
		out[i] = s
	}
	return out
}
