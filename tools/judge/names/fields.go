package names

import (
	"maps"
	"slices"

	"github.com/zclconf/go-cty/cty"

	"redoubt/tools/judge/protocol"
	"redoubt/tools/judge/upstream"
)

// Field is an attribute or a block of an upstream schema, in one shape.
type Field struct {
	Name                         string
	Required, Optional, Computed bool
	Sensitive, WriteOnly         bool
	MinItems, MaxItems           int64
	Type                         cty.Type
	Fields                       []Field
}

// Collection reports whether the field holds a list or a set.
func (f Field) Collection() bool { return f.Type.IsListType() || f.Type.IsSetType() }

// Of returns the fields of a block.
func Of(block *protocol.Schema_Block) []Field {
	var out []Field
	for _, a := range block.GetAttributes() {
		t := upstream.AttributeType(a)
		out = append(out, Field{
			Name: a.GetName(), Type: t, Required: a.GetRequired(), Optional: a.GetOptional(), Computed: a.GetComputed(),
			Sensitive: a.GetSensitive(), WriteOnly: a.GetWriteOnly(), Fields: ofType(t, a),
		})
	}
	for _, nested := range block.GetBlockTypes() {
		out = append(out, Field{
			Name: nested.GetTypeName(), Type: upstream.BlockType(block).AttributeType(nested.GetTypeName()),
			Required: nested.GetMinItems() > 0, Optional: nested.GetMinItems() == 0,
			MinItems: nested.GetMinItems(), MaxItems: nested.GetMaxItems(), Fields: Of(nested.GetBlock()),
		})
	}
	return out
}

// ofType returns the fields of an attribute that is itself made of objects.
func ofType(t cty.Type, a *protocol.Schema_Attribute) []Field {
	if t.IsListType() || t.IsSetType() || t.IsMapType() {
		t = t.ElementType()
	}
	if !t.IsObjectType() {
		return nil
	}
	var out []Field
	for _, name := range slices.Sorted(maps.Keys(t.AttributeTypes())) {
		inner := t.AttributeType(name)
		out = append(out, Field{
			Name: name, Type: inner, Computed: a.GetComputed(), Optional: a.GetOptional() || a.GetRequired(),
			Fields: ofType(inner, a),
		})
	}
	return out
}
