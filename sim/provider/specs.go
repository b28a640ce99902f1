package provider

import (
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// spec is what the simulator must know of a type besides the SDK's Go types
// and the upstream provider's schema.
type spec struct {
	// kind is the CloudFormation type name of the world's entity.
	kind string
	// name says how Pulumi names the resource when the program does not.
	name *naming
	// names are the paths that hold domain names.
	names []string
	// sticky are the blocks that stay as they are when the inputs leave them out.
	sticky []string
	// implied maps a set to the property whose value is always among it.
	implied map[string]string
	// unread are the properties that the upstream provider never reads back: the
	// state keeps what it held, and an import knows nothing of them.
	unread []string
	// acts are the properties that AWS sets by itself and whose removal the
	// upstream provider turns into an act: the world is told of the empty value.
	acts []string
	// defaults are what the upstream provider fills in for an absent property,
	// beside those that the schema names.
	defaults map[string]any
	// variants are the properties that some variants of the resource lack.
	variants []variant
}

func (s spec) sticks(pattern string) bool { return slices.Contains(s.sticky, pattern) }

// imply returns the properties with the implied elements in their sets.
func (s spec) imply(in resource.PropertyMap) resource.PropertyMap {
	for set, source := range s.implied {
		list, known := bare(in[resource.PropertyKey(set)])
		if v, ok := bare(in[resource.PropertyKey(source)]); known && ok && list.IsArray() && v.IsString() {
			in = in.Copy()
			all := append(slices.Clone(list.ArrayValue()), v)
			in[resource.PropertyKey(set)] = resource.NewArrayProperty(all)
		}
	}
	return in
}

// silent reports whether a top-level property is left out of a diff.
func (s spec) silent(name string) bool { return name == "timeouts" || name == "tagsAll" }

// naming is how a name is made: the resource's name, a hyphen and seven hex digits.
type naming struct {
	// property receives the name; prefix, when given, stands in for it.
	property, prefix string
	// max is how long the name may be.
	max int
	// lower writes it in lowercase; start is put before it, such as alias/.
	lower bool
	start string
	// bare takes the resource's name as it is.
	bare bool
}

// byName names with the property name, up to a length.
func byName(limit int) *naming { return &naming{property: "name", prefix: "namePrefix", max: limit} }

// lowerName names a property that takes lowercase only.
func lowerName(property, prefix string, limit int) *naming {
	return &naming{property: property, prefix: prefix, max: limit, lower: true}
}
