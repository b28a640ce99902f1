package rule

import "fmt"

// Fixed is a rule that gives an input of each resource of the types one value: a text, or true or false. Nothing is
// held that is not set, also where AWS would take the same value by itself.
func Fixed[T string | bool](path string, value T, types ...string) *ResourceRule {
	return &ResourceRule{Types: types, Check: func(r *Resource, _ Config) []Finding { return r.WantFixed(path, value) }}
}

// Mended is Fixed, where the value may be set for whoever runs.
func Mended[T string | bool](path string, value T, types ...string) *ResourceRule {
	out := Fixed(path, value, types...)
	out.Remediate = func(r *Resource, _ Config) map[string]any { return Mend(r.is(path, value), path, value) }
	return out
}

// Among is a rule whose texts are all in a list that is an input of each resource of the types. It mends the list by
// one of just these texts.
func Among(path string, texts []string, types ...string) *ResourceRule {
	missing := func(r *Resource) string {
		for _, text := range texts {
			if !r.At(path).Has(text) {
				return text
			}
		}
		return ""
	}
	return &ResourceRule{
		Types: types,
		Check: func(r *Resource, _ Config) []Finding {
			text := missing(r)
			return r.Want(path, text == "", text+" among them")
		},
		Remediate: func(r *Resource, _ Config) map[string]any { return Mend(missing(r) == "", path, wire(texts)) },
	}
}

// WantFixed is Want of an input that has one value: a text, or true or false.
func (r *Resource) WantFixed(path string, value any) []Finding {
	return r.Want(path, r.is(path, value), Value{raw: value, there: true}.String())
}

// is reports whether an input is set, and to the value.
func (r *Resource) is(path string, value any) bool {
	switch value := value.(type) {
	case string:
		return r.Exists(path) && r.Text(path) == value
	case bool:
		return r.Exists(path) && r.True(path) == value
	}
	panic(fmt.Sprintf("%s is wanted as %T: this is a bug", path, value))
}
