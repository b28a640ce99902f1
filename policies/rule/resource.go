package rule

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"redoubt/system"
)

// Resource is one resource as the program declares it. Its getters read inputs
// by path. An unknown that they meet reads as missing, and is remembered: what
// the check finds from then on counts as not judged.
type Resource struct {
	URN, Type, Name string
	// Parent is the URN of the parent, empty for the stack's own.
	Parent string
	// Home is the home that declares it, empty in a stack that is no home.
	Home system.Home
	// Inputs are plain values: objects, lists, texts, float64, bool, and Unknown.
	Inputs map[string]any
	// Dependencies are the URNs that it waits for, PropertyDependencies those of each input. Only a stack rule sees them.
	Dependencies         []string
	PropertyDependencies map[string][]string
	// Protect is true where the engine refuses to delete it.
	Protect       bool
	IgnoreChanges []string
	// Read is true for something that exists already and is only looked up; its inputs are what is known of it.
	Read bool

	// tracker is nil outside of a check.
	tracker *tracker
}

// tracker leads to where unknowns are remembered now: a graph rule changes that with each subject.
type tracker struct{ met *met }

// met are the unknowns that a check has read.
type met struct{ paths []string }

func (m *met) add(path string) {
	if m != nil && !slices.Contains(m.paths, path) {
		m.paths = append(m.paths, path)
	}
}

func (m *met) any() bool { return m != nil && len(m.paths) > 0 }

// view is the same resource for one check.
func (r *Resource) view(t *tracker) *Resource {
	out := *r
	out.tracker = t
	return &out
}

// met is where the resource's unknowns are remembered now.
func (r *Resource) met() *met {
	if r.tracker == nil {
		return nil
	}
	return r.tracker.met
}

// Value is what stands at a path of a resource.
type Value struct {
	raw   any
	path  string
	of    *Resource
	there bool
}

// At returns what stands at the path, such as rules[0].lifecycle.deleteAfter.
func (r *Resource) At(path string) Value { return Value{r.Inputs, "", r, true}.At(path) }

// All returns every value at a path with stars, such as rules[*].ruleName.
func (r *Resource) All(path string) []Value { return Value{r.Inputs, "", r, true}.All(path) }

// At returns what stands at a path below the value.
func (v Value) At(path string) Value {
	found := Lookup(v.raw, path)
	if len(found) == 0 {
		return Value{nil, v.below(path), v.of, false}
	}
	return Value{found[0], v.below(path), v.of, true}
}

// All returns every value at a path below the value.
func (v Value) All(path string) []Value {
	var out []Value
	for _, raw := range Lookup(v.raw, path) {
		one := Value{raw, v.below(path), v.of, true}
		if one.Known() {
			out = append(out, one)
		}
	}
	return out
}

func (v Value) below(path string) string {
	if v.path == "" || strings.HasPrefix(path, "[") {
		return v.path + path
	}
	return v.path + "." + path
}

// Known reports whether the value is there or missing for certain. An unknown is remembered.
func (v Value) Known() bool {
	if v.raw != Unknown {
		return true
	}
	v.of.met().add(v.of.Name + " " + v.path)
	return false
}

// Exists reports whether something stands there. An unknown does: the program gave it.
func (v Value) Exists() bool { return v.there }

// Any is the plain value, nil when it is missing or unknown.
func (v Value) Any() any {
	if !v.Known() {
		return nil
	}
	return v.raw
}

// Text is the value as a text; one that is missing or is none reads as empty.
func (v Value) Text() string {
	s, _ := v.Any().(string)
	return s
}

// True reports whether the value is true, as a boolean or as AWS's text of one.
func (v Value) True() bool {
	raw := v.Any()
	return raw == true || raw == "true"
}

// Number is the value as a number; one that is missing or is none reads as 0.
func (v Value) Number() float64 {
	switch n := v.Any().(type) {
	case float64:
		return n
	case int:
		return float64(n)
	}
	return 0
}

// Int is Number without its fraction.
func (v Value) Int() int { return int(v.Number()) }

// List are the elements of a list.
func (v Value) List() []Value { return v.All("[*]") }

// Texts are the elements of a list of texts.
func (v Value) Texts() []string {
	var out []string
	for _, e := range v.List() {
		out = append(out, e.Text())
	}
	return out
}

// Has reports whether a list of texts has the text.
func (v Value) Has(text string) bool { return slices.Contains(v.Texts(), text) }

// String is the value as a message shows it.
func (v Value) String() string {
	switch {
	case !v.there:
		return "not set"
	case v.raw == Unknown:
		return Unknown.(fmt.Stringer).String()
	}
	if s, ok := v.raw.(string); ok {
		return fmt.Sprintf("%q", s)
	}
	return fmt.Sprint(v.raw)
}

// Text, True, Int and Number read one input.
func (r *Resource) Text(path string) string { return r.At(path).Text() }

// True reports whether an input is true.
func (r *Resource) True(path string) bool { return r.At(path).True() }

// Int reads an input as a whole number.
func (r *Resource) Int(path string) int { return r.At(path).Int() }

// List are the elements of an input.
func (r *Resource) List(path string) []Value { return r.At(path).List() }

// Exists reports whether an input is given.
func (r *Resource) Exists(path string) bool { return r.At(path).Exists() }

// Violation is a finding about the resource. Once the check has met an unknown
// it is not judged.
func (r *Resource) Violation(format string, args ...any) Finding {
	f := Finding{Kind: Violation, Subject: r.Name, URN: r.URN, Message: fmt.Sprintf(format, args...)}
	if m := r.met(); m.any() {
		f.Kind, f.Message = NotJudged, unknownsOf(m)
	}
	return f
}

// Want is the finding that an input is not as it should be, with got and want,
// or none when it holds: return r.Want("multiAz", r.True("multiAz"), "true").
func (r *Resource) Want(path string, holds bool, want string) []Finding {
	if holds {
		return nil
	}
	return []Finding{r.Violation("%s is %s, want %s", path, r.At(path), want)}
}

func unknownsOf(m *met) string { return strings.Join(m.paths, ", ") + ": known after the update" }

// ownOptional are the places of Redoubt's own images that a setting runs or not (docs/bootstrap.md).
var ownOptional = regexp.MustCompile(`^[^/]+/redoubt/(keeper|observer|recover|witness)$`)

// Rebuilt reports whether it is a place of images that are built from Redoubt's own source and pushed again: it holds nothing
// that a loss could destroy, and goes with its setting.
func (r *Resource) Rebuilt() bool {
	return r.Type == "aws:ecr/repository:Repository" && ownOptional.MatchString(r.Text("name"))
}
