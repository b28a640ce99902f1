package names

import (
	"github.com/pulumi/inflector"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// BridgeToken is the token that the bridge gives an upstream resource when it
// wraps a provider that it knows nothing of: aws_vpc is aws:index/vpc:Vpc.
// https://github.com/pulumi/pulumi-terraform-bridge/tree/v3.100.0/dynamic
func BridgeToken(upstream string) string {
	name := camel(upstream[len("aws_"):])
	return "aws:index/" + name + ":" + string(name[0]-'a'+'A') + name[1:]
}

// Renamed reports whether the bridge, which knows nothing of what pulumi-aws
// names by hand, calls or shapes any of the properties otherwise.
func (n Nodes) Renamed() bool {
	for name, node := range n {
		if node.bridgeName(n) != name || node.Flat != node.bridgeFlat() || node.Asset || node.Nodes.Renamed() {
			return true
		}
	}
	return false
}

// bridgeFlat reports whether the bridge shows a collection as its only element.
func (n *Node) bridgeFlat() bool { return n.Field.Collection() && n.Field.MaxItems == 1 }

// bridgeName is the name by the bridge's own rule: what holds many is in the plural.
func (n *Node) bridgeName(siblings Nodes) string {
	if !n.Field.Collection() || n.Field.MaxItems == 1 {
		return camel(n.Field.Name)
	}
	plural := inflector.Pluralize(n.Field.Name)
	for _, other := range siblings {
		if other.Field.Name == plural && plural != n.Field.Name {
			return camel(n.Field.Name)
		}
	}
	return camel(plural)
}

// ToBridge renames properties of pulumi-aws to what the bridge calls them.
func (n Nodes) ToBridge(in resource.PropertyMap) resource.PropertyMap {
	out := resource.PropertyMap{}
	for key, v := range in {
		node, known := n[string(key)]
		if !known {
			out[key] = v
			continue
		}
		out[resource.PropertyKey(node.bridgeName(n))] = node.reshape(v, node.Flat, node.bridgeFlat(), Nodes.ToBridge)
	}
	return out
}

// FromBridge renames what the bridge answers to what pulumi-aws calls it.
func (n Nodes) FromBridge(in resource.PropertyMap) resource.PropertyMap {
	out := in.Copy()
	for _, node := range n {
		delete(out, resource.PropertyKey(node.bridgeName(n)))
	}
	for name, node := range n {
		if v, has := in[resource.PropertyKey(node.bridgeName(n))]; has {
			out[resource.PropertyKey(name)] = node.reshape(v, node.bridgeFlat(), node.Flat, Nodes.FromBridge)
		}
	}
	return out
}

// NameFromBridge is pulumi-aws's name of a property of the bridge.
func (n Nodes) NameFromBridge(name string) string {
	for ours, node := range n {
		if node.bridgeName(n) == name {
			return ours
		}
	}
	return name
}

// reshape renames what is inside a value, and turns a collection of at most
// one element into that element or back.
func (n *Node) reshape(v resource.PropertyValue, isFlat, wantFlat bool,
	inside func(Nodes, resource.PropertyMap) resource.PropertyMap,
) resource.PropertyValue {
	switch {
	case v.IsSecret():
		return resource.MakeSecret(n.reshape(v.SecretValue().Element, isFlat, wantFlat, inside))
	case v.IsNull() || v.IsComputed() || v.IsOutput():
		return v
	case isFlat && !wantFlat:
		return resource.NewArrayProperty([]resource.PropertyValue{n.reshape(v, false, false, inside)})
	case !isFlat && wantFlat && v.IsArray():
		if len(v.ArrayValue()) == 0 {
			return resource.NewNullProperty()
		}
		return n.reshape(v.ArrayValue()[0], false, false, inside)
	case v.IsArray():
		var items []resource.PropertyValue
		for _, one := range v.ArrayValue() {
			items = append(items, n.reshape(one, false, false, inside))
		}
		return resource.NewArrayProperty(items)
	case v.IsObject() && n.Nodes != nil:
		return resource.NewObjectProperty(inside(n.Nodes, v.ObjectValue()))
	case v.IsArchive():
		return resource.NewStringProperty(v.ArchiveValue().Path)
	case v.IsAsset():
		return resource.NewStringProperty(v.AssetValue().Path)
	}
	return v
}
