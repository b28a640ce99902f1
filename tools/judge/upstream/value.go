package upstream

import (
	"fmt"
	"math/big"
	"sort"
	"strconv"

	"github.com/zclconf/go-cty/cty"
	ctyjson "github.com/zclconf/go-cty/cty/json"
	"github.com/zclconf/go-cty/cty/msgpack"

	"redoubt/tools/judge/protocol"
)

// Nesting modes that hold one object; the others hold a collection of them.
const (
	single = protocol.Schema_NestedBlock_SINGLE
	group  = protocol.Schema_NestedBlock_GROUP
)

// AttributeType returns the type of an attribute.
func AttributeType(a *protocol.Schema_Attribute) cty.Type {
	t, err := ctyjson.UnmarshalType(a.GetType())
	if err != nil {
		panic("attribute " + a.GetName() + ": " + err.Error()) // the provider sent a type it cannot mean
	}
	return t
}

// BlockType returns the object type that a block's values have.
func BlockType(block *protocol.Schema_Block) cty.Type {
	fields := map[string]cty.Type{}
	for _, a := range block.GetAttributes() {
		fields[a.GetName()] = AttributeType(a)
	}
	for _, nested := range block.GetBlockTypes() {
		inner := BlockType(nested.GetBlock())
		switch nested.GetNesting() {
		case single, group:
			fields[nested.GetTypeName()] = inner
		case protocol.Schema_NestedBlock_SET:
			fields[nested.GetTypeName()] = cty.Set(inner)
		case protocol.Schema_NestedBlock_MAP:
			fields[nested.GetTypeName()] = cty.Map(inner)
		default:
			fields[nested.GetTypeName()] = cty.List(inner)
		}
	}
	return cty.Object(fields)
}

// Unknown stands for a value that is known only after an apply.
var Unknown = &struct{ unknown bool }{true}

// ToValue makes a value of the block's type from plain Go values in upstream
// names. What is absent is null, absent blocks are empty. An object where a
// collection of one is wanted is wrapped. A value of a wrong type, and a name
// that the block does not have, is an error.
func ToValue(block *protocol.Schema_Block, in map[string]any) (cty.Value, error) {
	fields := map[string]cty.Value{}
	for _, a := range block.GetAttributes() {
		v, err := convert(AttributeType(a), in[a.GetName()])
		if err != nil {
			return cty.NilVal, fmt.Errorf("%s: %w", a.GetName(), err)
		}
		fields[a.GetName()] = v
	}
	for _, nested := range block.GetBlockTypes() {
		v, err := nestedValue(nested, in[nested.GetTypeName()])
		if err != nil {
			return cty.NilVal, fmt.Errorf("%s: %w", nested.GetTypeName(), err)
		}
		fields[nested.GetTypeName()] = v
	}
	for _, name := range sortedKeys(in) {
		if _, ok := fields[name]; !ok {
			return cty.NilVal, fmt.Errorf("%s: unsupported argument", name)
		}
	}
	return cty.ObjectVal(fields), nil
}

func nestedValue(nested *protocol.Schema_NestedBlock, in any) (cty.Value, error) {
	block := nested.GetBlock()
	inner := BlockType(block)
	if nested.GetNesting() == single || nested.GetNesting() == group {
		object, ok := in.(map[string]any)
		if in == nil {
			return cty.NullVal(inner), nil
		}
		if !ok {
			return cty.NilVal, fmt.Errorf("is %T, want an object", in)
		}
		return ToValue(block, object)
	}
	if in == any(Unknown) {
		return cty.UnknownVal(collection(nested.GetNesting(), inner)), nil
	}
	var items []cty.Value
	for _, element := range wrap(in) {
		object, ok := element.(map[string]any)
		if !ok {
			return cty.NilVal, fmt.Errorf("is %T, want an object", element)
		}
		v, err := ToValue(block, object)
		if err != nil {
			return cty.NilVal, err
		}
		items = append(items, v)
	}
	return collect(nested.GetNesting(), inner, items), nil
}

func collection(nesting protocol.Schema_NestedBlock_NestingMode, inner cty.Type) cty.Type {
	if nesting == protocol.Schema_NestedBlock_SET {
		return cty.Set(inner)
	}
	return cty.List(inner)
}

func collect(nesting protocol.Schema_NestedBlock_NestingMode, inner cty.Type, items []cty.Value) cty.Value {
	isSet := nesting == protocol.Schema_NestedBlock_SET
	switch {
	case isSet && len(items) == 0:
		return cty.SetValEmpty(inner)
	case isSet:
		return cty.SetVal(items)
	case len(items) == 0:
		return cty.ListValEmpty(inner)
	default:
		return cty.ListVal(items)
	}
}

// wrap makes a list of one from an object that Pulumi flattened.
func wrap(in any) []any {
	switch v := in.(type) {
	case nil:
		return nil
	case []any:
		return v
	default:
		return []any{in}
	}
}

// convert makes a value of type t. Scalars convert as the provider's own
// configuration language does: "3" is a number and true is a string.
func convert(t cty.Type, in any) (cty.Value, error) {
	switch {
	case in == nil:
		return cty.NullVal(t), nil
	case in == any(Unknown):
		return cty.UnknownVal(t), nil
	case t == cty.String:
		return stringValue(in)
	case t == cty.Bool:
		return boolValue(in)
	case t == cty.Number:
		return numberValue(in)
	case t.IsListType(), t.IsSetType():
		return sequenceValue(t, in)
	case t.IsMapType():
		return mapValue(t, in)
	case t.IsObjectType():
		return objectValue(t, in)
	default:
		return cty.NilVal, fmt.Errorf("unsupported type %s", t.FriendlyName())
	}
}

func stringValue(in any) (cty.Value, error) {
	switch v := in.(type) {
	case string:
		return cty.StringVal(v), nil
	case bool:
		return cty.StringVal(strconv.FormatBool(v)), nil
	case float64:
		return cty.StringVal(strconv.FormatFloat(v, 'f', -1, 64)), nil
	}
	return cty.NilVal, fmt.Errorf("is %T, want a string", in)
}

func boolValue(in any) (cty.Value, error) {
	switch v := in.(type) {
	case bool:
		return cty.BoolVal(v), nil
	case string:
		if v == "true" || v == "false" {
			return cty.BoolVal(v == "true"), nil
		}
	}
	return cty.NilVal, fmt.Errorf("is %T %v, want a boolean", in, in)
}

func numberValue(in any) (cty.Value, error) {
	switch v := in.(type) {
	case float64:
		return cty.NumberFloatVal(v), nil
	case string:
		if f, ok := new(big.Float).SetString(v); ok {
			return cty.NumberVal(f), nil
		}
	}
	return cty.NilVal, fmt.Errorf("is %T %v, want a number", in, in)
}

func sequenceValue(t cty.Type, in any) (cty.Value, error) {
	element := t.ElementType()
	var items []cty.Value
	if _, isList := in.([]any); !isList && !element.IsObjectType() {
		return cty.NilVal, fmt.Errorf("is %T, want a list", in)
	}
	for _, one := range wrap(in) {
		v, err := convert(element, one)
		if err != nil {
			return cty.NilVal, err
		}
		items = append(items, v)
	}
	nesting := protocol.Schema_NestedBlock_LIST
	if t.IsSetType() {
		nesting = protocol.Schema_NestedBlock_SET
	}
	return collect(nesting, element, items), nil
}

func mapValue(t cty.Type, in any) (cty.Value, error) {
	object, ok := in.(map[string]any)
	if !ok {
		return cty.NilVal, fmt.Errorf("is %T, want a map", in)
	}
	items := map[string]cty.Value{}
	for key, one := range object {
		v, err := convert(t.ElementType(), one)
		if err != nil {
			return cty.NilVal, fmt.Errorf("%s: %w", key, err)
		}
		items[key] = v
	}
	if len(items) == 0 {
		return cty.MapValEmpty(t.ElementType()), nil
	}
	return cty.MapVal(items), nil
}

func objectValue(t cty.Type, in any) (cty.Value, error) {
	object, ok := in.(map[string]any)
	if !ok {
		return cty.NilVal, fmt.Errorf("is %T, want an object", in)
	}
	fields := map[string]cty.Value{}
	for name, fieldType := range t.AttributeTypes() {
		v, err := convert(fieldType, object[name])
		if err != nil {
			return cty.NilVal, fmt.Errorf("%s: %w", name, err)
		}
		fields[name] = v
	}
	for _, name := range sortedKeys(object) {
		if !t.HasAttribute(name) {
			return cty.NilVal, fmt.Errorf("%s: unsupported argument", name)
		}
	}
	return cty.ObjectVal(fields), nil
}

func sortedKeys(m map[string]any) []string {
	keys := make([]string, 0, len(m))
	for key := range m {
		keys = append(keys, key)
	}
	sort.Strings(keys)
	return keys
}

func pack(block *protocol.Schema_Block, v cty.Value) (*protocol.DynamicValue, error) {
	t := BlockType(block)
	raw, err := msgpack.Marshal(v, t)
	if err != nil {
		return nil, fmt.Errorf("encode value: %w", err)
	}
	return &protocol.DynamicValue{Msgpack: raw}, nil
}

func unpack(block *protocol.Schema_Block, d *protocol.DynamicValue) (cty.Value, error) {
	v, err := msgpack.Unmarshal(d.GetMsgpack(), BlockType(block))
	if err != nil {
		return cty.NilVal, fmt.Errorf("decode value: %w", err)
	}
	return v, nil
}
