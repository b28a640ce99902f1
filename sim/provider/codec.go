package provider

import (
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"

	"redoubt/sim/world"
)

// encode writes properties as a document of the world: names of properties
// become PascalCase, keys of maps stay as they are because they are data.
// Unknown and null values are left out; secrets are written bare.
func encode(s *shape, in resource.PropertyMap) world.Document {
	doc := world.Document{}
	for key, v := range in {
		name := string(key)
		if internalKey(name) || s.at(name) == nil {
			continue
		}
		if e := encodeValue(s.at(name), v); e != nil {
			doc[pascal(name)] = e
		}
	}
	return doc
}

func encodeValue(s *shape, v resource.PropertyValue) any {
	v, known := bare(v)
	switch {
	case !known || v.IsNull():
		return nil
	case v.IsArray():
		list := make([]any, 0, len(v.ArrayValue()))
		for _, e := range v.ArrayValue() {
			list = append(list, encodeValue(elemOf(s), e))
		}
		return list
	case v.IsObject() && s != nil && s.form == formObject:
		return map[string]any(encode(s, v.ObjectValue()))
	case v.IsObject():
		m := map[string]any{}
		for k, e := range v.ObjectValue() {
			m[string(k)] = encodeValue(elemOf(s), e)
		}
		return m
	case v.IsAsset():
		return assetText(v.AssetValue())
	case v.IsArchive():
		return v.ArchiveValue().Hash
	}
	return v.V
}

// assetText is the text of an asset that carries one, else its hash.
func assetText(a *asset.Asset) any {
	if a.IsText() {
		return a.Text
	}
	return a.Hash
}

// decode reads properties of the shape out of a document of the world.
func decode(s *shape, doc world.Document) resource.PropertyMap {
	out := resource.PropertyMap{}
	for name, p := range s.props {
		v, ok := doc[pascal(name)]
		if !ok || v == nil {
			continue
		}
		out[resource.PropertyKey(name)] = decodeValue(p, v)
	}
	return out
}

func decodeValue(s *shape, v any) resource.PropertyValue {
	switch v := v.(type) {
	case map[string]any:
		if s != nil && s.form == formObject {
			return resource.NewObjectProperty(decode(s, v))
		}
		m := resource.PropertyMap{}
		for k, e := range v {
			m[resource.PropertyKey(k)] = decodeValue(elemOf(s), e)
		}
		return resource.NewObjectProperty(m)
	case []any:
		list := make([]resource.PropertyValue, 0, len(v))
		for _, e := range v {
			list = append(list, decodeValue(elemOf(s), e))
		}
		return resource.NewArrayProperty(list)
	case []map[string]any:
		list := make([]resource.PropertyValue, 0, len(v))
		for _, e := range v {
			list = append(list, decodeValue(elemOf(s), e))
		}
		return resource.NewArrayProperty(list)
	}
	return resource.NewPropertyValue(v)
}

func elemOf(s *shape) *shape {
	if s == nil {
		return nil
	}
	return s.elem
}

// pascal turns a property's name into the world's: cidrBlock into CidrBlock.
func pascal(name string) string {
	if name == "" {
		return name
	}
	return strings.ToUpper(name[:1]) + name[1:]
}
