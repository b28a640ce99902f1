// Package wire reads and writes properties as they travel between program, engine, provider and analyzer. It says what the SDK's
// own functions say. Of those, the reader makes a plain copy of every block for each block around it, to look whether it is a
// secret or an asset, and the writer makes a line for a log of every property. All options here keep what is unknown and what is secret.
package wire

import (
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"google.golang.org/protobuf/types/known/structpb"
)

// Read reads properties, of which none are no properties.
func Read(s *structpb.Struct, opts plugin.MarshalOptions) (resource.PropertyMap, error) {
	out := make(resource.PropertyMap, len(s.GetFields()))
	for name, v := range s.GetFields() {
		key := resource.PropertyKey(name)
		var err error
		if out[key], err = read(key, v, opts); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func read(key resource.PropertyKey, v *structpb.Value, opts plugin.MarshalOptions) (resource.PropertyValue, error) {
	switch kind := v.GetKind().(type) {
	case *structpb.Value_StringValue:
		if len(kind.StringValue) != len(plugin.UnknownStringValue) { // what is unknown travels as one of a few texts
			return resource.NewProperty(kind.StringValue), nil
		}
	case *structpb.Value_ListValue:
		list := make([]resource.PropertyValue, len(kind.ListValue.GetValues()))
		for i, v := range kind.ListValue.GetValues() {
			var err error
			if list[i], err = read(key, v, opts); err != nil {
				return resource.PropertyValue{}, err
			}
		}
		return resource.NewProperty(list), nil
	case *structpb.Value_StructValue:
		if _, signed := kind.StructValue.GetFields()[string(resource.SigKey)]; !signed {
			block, err := Read(kind.StructValue, opts)
			return resource.NewProperty(block), err
		}
	}
	rare, err := plugin.UnmarshalPropertyValue(key, v, opts)
	if err != nil || rare == nil {
		return resource.PropertyValue{}, err
	}
	return *rare, nil
}

// Write writes properties.
func Write(m resource.PropertyMap, opts plugin.MarshalOptions) (*structpb.Struct, error) {
	out := &structpb.Struct{Fields: make(map[string]*structpb.Value, len(m))}
	for key, v := range m {
		var err error
		if out.Fields[string(key)], err = write(key, v, opts); err != nil {
			return nil, err
		}
	}
	return out, nil
}

func write(key resource.PropertyKey, v resource.PropertyValue, opts plugin.MarshalOptions) (*structpb.Value, error) {
	switch v := v.V.(type) {
	case string:
		return structpb.NewStringValue(v), nil
	case []resource.PropertyValue:
		list := &structpb.ListValue{}
		for _, v := range v {
			element, err := write(key, v, opts)
			if err != nil {
				return nil, err
			}
			list.Values = append(list.Values, element)
		}
		return structpb.NewListValue(list), nil
	case resource.PropertyMap:
		block, err := Write(v, opts)
		return structpb.NewStructValue(block), err
	case *resource.Secret:
		inner, err := write(key, v.Element, opts)
		return structpb.NewStructValue(&structpb.Struct{Fields: map[string]*structpb.Value{
			string(resource.SigKey): structpb.NewStringValue(resource.SecretSig), "value": inner,
		}}), err
	}
	return plugin.MarshalPropertyValue(key, v, opts)
}
