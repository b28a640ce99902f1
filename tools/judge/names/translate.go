package names

import (
	"github.com/zclconf/go-cty/cty"
)

// Upstream renames inputs in Pulumi names. A name that is not known stays as
// it is, for the provider to refuse; so does a value of a wrong kind.
func (n Nodes) Upstream(in map[string]any) map[string]any {
	out := map[string]any{}
	for name, v := range in {
		if node, ok := n[name]; ok {
			out[node.Field.Name] = node.upstream(v)
		} else {
			out["unknown "+name] = v
		}
	}
	return out
}

func (n *Node) upstream(v any) any {
	if n.Nodes == nil {
		if _, isList := v.([]any); n.Flat && v != nil && !isList {
			return []any{v}
		}
		return v
	}
	switch v := v.(type) {
	case map[string]any:
		if n.Flat {
			return []any{n.Nodes.Upstream(v)}
		}
		return n.Nodes.Upstream(v)
	case []any:
		var out []any
		for _, one := range v {
			if object, ok := one.(map[string]any); ok {
				out = append(out, n.Nodes.Upstream(object))
			} else {
				out = append(out, one)
			}
		}
		return out
	}
	return v
}

// Pulumi turns a state of the upstream provider into Pulumi's form; what is
// null is left out.
func (n Nodes) Pulumi(state cty.Value) map[string]any {
	out := map[string]any{}
	for name, node := range n {
		if v := node.pulumi(state.GetAttr(node.Field.Name)); v != nil {
			out[name] = v
		}
	}
	return out
}

func (n *Node) pulumi(v cty.Value) any {
	if v.IsNull() || !v.IsKnown() {
		return nil
	}
	t := v.Type()
	switch {
	case t.IsListType() || t.IsSetType():
		items := []any{}
		for _, one := range v.AsValueSlice() {
			items = append(items, n.pulumi(one))
		}
		if !n.Flat {
			return items
		}
		if len(items) == 0 {
			return nil
		}
		return items[0]
	case t.IsObjectType() && n.Nodes != nil:
		return n.Nodes.Pulumi(v)
	case t.IsMapType():
		out := map[string]any{}
		for key, one := range v.AsValueMap() {
			out[key] = n.pulumi(one)
		}
		return out
	case t == cty.String:
		return v.AsString()
	case t == cty.Bool:
		return v.True()
	case t == cty.Number:
		f, _ := v.AsBigFloat().Float64()
		return f
	}
	return nil
}
