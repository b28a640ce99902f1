package objects

// at is the value below some keys, nil when there is none.
func at(o Object, path ...string) any {
	var v any = o
	for _, key := range path {
		m, ok := v.(map[string]any)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

func text(o Object, path ...string) string {
	s, _ := at(o, path...).(string)
	return s
}

func name(o Object) string { return text(o, "metadata", "name") }

// title is the object for a person, such as "Service gateway".
func title(o Object) string { return text(o, "kind") + " " + name(o) }

// drop takes a field away, and what holds it when nothing else is in there.
func drop(o Object, path []string) {
	if len(path) == 1 {
		delete(o, path[0])
		return
	}
	inner, ok := o[path[0]].(map[string]any)
	if !ok {
		return
	}
	drop(inner, path[1:])
	if len(inner) == 0 {
		delete(o, path[0])
	}
}

// plain is a deep copy without the fields that are null, which the API server
// writes for times that are not set.
func plain(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, inner := range v {
			if inner != nil {
				out[key] = plain(inner)
			}
		}
		return out
	case []any:
		out := make([]any, len(v))
		for n, inner := range v {
			out[n] = plain(inner)
		}
		return out
	}
	return v
}

// visit calls see with every map below v, and v itself.
func visit(v any, see func(map[string]any)) {
	switch v := v.(type) {
	case map[string]any:
		see(v)
		for _, inner := range v {
			visit(inner, see)
		}
	case []any:
		for _, inner := range v {
			visit(inner, see)
		}
	}
}
