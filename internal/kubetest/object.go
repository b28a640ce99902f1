//go:build apps

package kubetest

// At is the value below some keys, nil when there is none.
func At(o Object, path ...string) any {
	var v any = o
	for _, key := range path {
		m, ok := v.(Object)
		if !ok {
			return nil
		}
		v = m[key]
	}
	return v
}

// Text is the text below some keys.
func Text(o Object, path ...string) string {
	s, _ := At(o, path...).(string)
	return s
}

// Number is the number below some keys, 0 when there is none.
func Number(o Object, path ...string) int {
	switch n := At(o, path...).(type) {
	case float64:
		return int(n)
	case int:
		return n
	}
	return 0
}

// List are the objects in the list below some keys.
func List(o Object, path ...string) []Object {
	all, _ := At(o, path...).([]any)
	var out []Object
	for _, v := range all {
		if item, ok := v.(Object); ok {
			out = append(out, item)
		}
	}
	return out
}

// Title is an object for a person, such as "Deployment atlas/gateway".
func Title(o Object) string {
	name := Text(o, "metadata", "name")
	if ns := Text(o, "metadata", "namespace"); ns != "" {
		name = ns + "/" + name
	}
	return Text(o, "kind") + " " + name
}
