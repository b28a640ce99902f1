package differential

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"redoubt/tools/judge/names"
)

// Mutation is one way in which inputs are made worse.
type Mutation struct {
	// Kind is dropped, misspelt, mistyped, range or added.
	Kind string
	At   Path
	To   any
	// Note says what the value became.
	Note string
}

// The kinds of a Mutation.
const (
	Dropped  = "dropped"
	Misspelt = "misspelt"
	Mistyped = "mistyped"
	Range    = "out of range"
	Added    = "added"
)

// key tells mutations of one base apart.
func (m Mutation) key() string { return m.Kind + " " + m.At.String() + " " + show(m.To) }

// Apply returns a mutated copy of the inputs; ok is false when an earlier
// mutation took away what this one would change.
func (m Mutation) Apply(in map[string]any) (out map[string]any, ok bool) {
	if !reachable(in, m.At) {
		return nil, false
	}
	if m.Kind != Misspelt {
		return editMap(in, m.At, m.To), true
	}
	out = editMap(in, m.At, drop)
	return editMap(out, m.At[:len(m.At)-1].in(m.Note), m.To), true
}

// mutations lists every single mutation of the inputs.
func mutations(nodes names.Nodes, in map[string]any) []Mutation {
	var out []Mutation
	walk(in, nil, func(at Path, v any) {
		node := nodeAt(nodes, at)
		name, isName := at[len(at)-1].(string)
		if isName {
			out = append(out, Mutation{Kind: Dropped, At: at, To: drop})
		}
		if isName && node != nil && node.Name == name {
			out = append(out, Mutation{Kind: Misspelt, At: at, To: v, Note: misspell(name)})
		}
		for _, wrong := range mistyped(v) {
			out = append(out, Mutation{Kind: Mistyped, At: at, To: wrong})
		}
		for _, off := range outOfRange(v) {
			out = append(out, Mutation{Kind: Range, At: at, To: off})
		}
	})
	return append(out, additions(nodes, in, nil)...)
}

// nodeAt finds the property that a path leads to; below a map it is the map.
func nodeAt(nodes names.Nodes, at Path) *names.Node {
	var node *names.Node
	for _, step := range at {
		name, ok := step.(string)
		if !ok {
			continue
		}
		next, known := nodes[name]
		if !known {
			return node
		}
		node, nodes = next, next.Nodes
	}
	return node
}

// misspell swaps the last two letters, or doubles them where they are equal.
func misspell(name string) string {
	n := len(name)
	if n < 2 || name[n-1] == name[n-2] {
		return name + name[n-1:]
	}
	return name[:n-2] + name[n-1:] + name[n-2:n-1]
}

// mistyped lists values of kinds that no reading of the value's own kind
// could mean. (Numbers for strings and the like convert upstream.)
func mistyped(v any) []any {
	switch v.(type) {
	case string:
		return []any{map[string]any{"wrong": "kind"}, []any{"wrong"}}
	case bool:
		return []any{"perhaps", map[string]any{"wrong": "kind"}}
	case float64:
		return []any{"many", []any{"wrong"}}
	case []any:
		return []any{"wrong", true}
	case map[string]any:
		return []any{"wrong", 5.0}
	}
	return nil
}

// outOfRange lists values of the right kind that are likely to be refused.
// Whether they are is what the judges are asked.
func outOfRange(v any) []any {
	switch v := v.(type) {
	case string:
		return offText(v)
	case float64:
		return []any{-1.0, 0.0, v + 1, 100000.0, v + 0.5}
	case []any:
		return offList(v)
	}
	return nil
}

func offText(v string) []any {
	out := []any{"", "bogus", "Not Valid!", strings.Repeat("a", 300), strings.ToUpper(v)}
	switch {
	case strings.HasPrefix(v, "arn:"):
		out = append(out, "arn:aws:nothing", strings.Replace(v, "123456789012", "1234", 1))
	case strings.HasPrefix(v, "{"):
		out = append(out, "{", "[]", `"text"`)
	case strings.Count(v, ".") == 3 && strings.Contains(v, "/"):
		out = append(out, "10.0.0.0/8", "10.0.0.5/16", "10.0.0.0/33", "2001:db8::/56", "10.0.0.0/29")
	}
	var changed []any
	for _, one := range out {
		if one != any(v) {
			changed = append(changed, one)
		}
	}
	return changed
}

func offList(v []any) []any {
	out := []any{[]any{}}
	if len(v) > 0 {
		many := make([]any, 40)
		for i := range many {
			many[i] = v[0]
		}
		out = append(out, many, append(v[:len(v):len(v)], v[0]))
	}
	return out
}

// additions lists the optional properties that the inputs leave out, each with
// a plausible value: some conflict with what is there.
func additions(nodes names.Nodes, in map[string]any, at Path) []Mutation {
	var out []Mutation
	for _, node := range nodes.Sorted() {
		here := at.in(node.Name)
		v, set := in[node.Name]
		if !set && (node.Input || len(at) > 0) && node.Field.Optional {
			for _, value := range plausible(node) {
				out = append(out, Mutation{Kind: Added, At: here, To: value})
			}
			continue
		}
		switch v := v.(type) {
		case map[string]any:
			if node.Nodes != nil {
				out = append(out, additions(node.Nodes, v, here)...)
			}
		case []any:
			for i, one := range v {
				if object, ok := one.(map[string]any); ok && node.Nodes != nil {
					out = append(out, additions(node.Nodes, object, here.in(i))...)
				}
			}
		}
	}
	return out
}

// plausible lists values of a property by its name and type.
func plausible(node *names.Node) []any {
	if node.Nodes != nil {
		object := map[string]any{}
		for _, inner := range node.Nodes.Sorted() {
			if inner.Field.Required {
				object[inner.Name] = plausible(inner)[0]
			}
		}
		if node.Field.Collection() && !node.Flat {
			return []any{[]any{object}}
		}
		return []any{object}
	}
	t := node.Field.Type
	if node.Flat && node.Field.Collection() {
		t = t.ElementType()
	}
	return scalars(node.Field.Name, t)
}

func scalars(name string, t cty.Type) []any {
	switch {
	case t == cty.Bool:
		return []any{true, false}
	case t == cty.Number:
		return []any{1.0, 60.0, -5.0}
	case t.IsListType() || t.IsSetType():
		return []any{[]any{scalars(name, t.ElementType())[0]}}
	case t.IsMapType():
		return []any{map[string]any{"key": scalars(name, t.ElementType())[0]}}
	case t == cty.String:
		return texts(name)
	}
	return []any{nil}
}

func texts(name string) []any {
	switch {
	case strings.HasSuffix(name, "arn") || strings.HasSuffix(name, "arns"):
		return []any{"arn:aws:iam::123456789012:role/other", "no-arn"}
	case strings.Contains(name, "ipv6") && strings.Contains(name, "cidr"):
		return []any{"2001:db8::/56"}
	case strings.Contains(name, "cidr"):
		return []any{"10.9.0.0/16", "no-range"}
	case strings.Contains(name, "policy"):
		return []any{`{"Version":"2012-10-17","Statement":[]}`, "no-document"}
	default:
		return []any{"other", ""}
	}
}
