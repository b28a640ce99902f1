package provider

import (
	"fmt"
	"math"
	"sort"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"redoubt/sim/schema"
)

// Failure is one fault of a resource's inputs.
type Failure struct {
	// Property is the path of the property, such as rules[0].lifecycle.deleteAfter.
	Property string
	// Reason says what is wrong with it.
	Reason string
}

// String returns the property and the reason on one line.
func (f Failure) String() string { return f.Property + ": " + f.Reason }

// CheckInputs returns everything that is wrong with the inputs of a resource
// of the type: properties that do not exist, are missing or hold the wrong kind
// of value, then what the upstream provider's validators refuse. Unknown and
// secret values pass the validators. It is a pure function.
func CheckInputs(token string, inputs resource.PropertyMap) []Failure {
	s, err := shapesOf(token)
	if err != nil {
		return []Failure{{Property: "", Reason: err.Error()}}
	}
	var faults, beyond []Failure
	c := checker{
		add:   func(f Failure) { faults = append(faults, f) },
		limit: func(f Failure) { beyond = append(beyond, f) },
	}
	c.object(s.args, inputs, upstream(token), "")
	if len(faults) == 0 {
		faults = append(beyond, validate(token, inputs)...)
	}
	sort.SliceStable(faults, func(i, j int) bool { return faults[i].Property < faults[j].Property })
	return faults
}

// node is what the upstream provider says of one object's properties.
type node struct {
	props  map[string]*schema.Prop
	groups []schema.Group
}

// upstream returns what the upstream provider says of the type; nothing when
// it is not known.
func upstream(token string) node {
	if t, ok := schema.Lookup(token); ok {
		return node{t.Props, t.Groups}
	}
	return node{}
}

func upstreamProps(token string) map[string]*schema.Prop { return upstream(token).props }

func nodeOf(p *schema.Prop) node {
	if p == nil {
		return node{}
	}
	return node{p.Props, p.Groups}
}

// checker walks inputs; add is told of what the types do not allow, limit of
// what the validators refuse.
type checker struct{ add, limit func(Failure) }

func (c checker) object(s *shape, in resource.PropertyMap, n node, path string) {
	for _, key := range in.StableKeys() {
		name := string(key)
		if internalKey(name) {
			continue
		}
		at := join(path, name)
		p := s.at(name)
		if p == nil {
			c.add(Failure{at, "no such property" + didYouMean(name, sortedKeys(s.props))})
			continue
		}
		c.value(p, in[key], n.props[name], at)
	}
	for _, name := range sortedKeys(s.props) {
		up := n.props[name]
		needed := s.required[name] || (up != nil && up.Required && !up.AutoNamed)
		if needed && !given(in, name) {
			c.add(Failure{join(path, name), "is required"})
		}
	}
	c.relations(in, n, path)
}

func (c checker) value(s *shape, v resource.PropertyValue, up *schema.Prop, path string) {
	judged, open := plain(v)
	v, known := bare(v)
	if !known || v.IsNull() {
		return
	}
	switch {
	case s.form == formList && v.IsArray():
		for i, e := range v.ArrayValue() {
			c.value(s.elem, e, up, fmt.Sprintf("%s[%d]", path, i))
		}
		c.count(v, up, path)
	case s.form == formMap && v.IsObject():
		for _, k := range v.ObjectValue().StableKeys() {
			c.value(s.elem, v.ObjectValue()[k], nil, joinKey(path, string(k)))
		}
	case s.form == formObject && v.IsObject():
		c.object(s, v.ObjectValue(), nodeOf(up), path)
	case s.form >= formList || !scalarFits(s.form, v):
		c.mistyped(s, v, path)
	case open && up != nil:
		if reason := outOfLimits(up.Limits, judged); reason != "" {
			c.limit(Failure{path, reason})
		}
	}
}

func scalarFits(f form, v resource.PropertyValue) bool {
	switch f {
	case formBool:
		return v.IsBool()
	case formInt:
		return v.IsNumber() && v.NumberValue() == math.Trunc(v.NumberValue())
	case formNumber:
		return v.IsNumber()
	case formString:
		return v.IsString()
	case formAsset:
		return v.IsAsset() || v.IsArchive()
	}
	return true
}

func (c checker) mistyped(s *shape, v resource.PropertyValue, path string) {
	c.add(Failure{path, fmt.Sprintf("is a %s, want %s", v.TypeString(), s.form)})
}

// bare strips secrets and outputs off a value and reports whether it is known.
func bare(v resource.PropertyValue) (resource.PropertyValue, bool) {
	for {
		switch {
		case v.IsSecret():
			v = v.SecretValue().Element
		case v.IsOutput():
			if !v.OutputValue().Known {
				return v, false
			}
			v = v.OutputValue().Element
		case v.IsComputed():
			return v, false
		default:
			return v, true
		}
	}
}

// given reports whether the inputs hold a value, known or not, for the name.
func given(in resource.PropertyMap, name string) bool {
	v, ok := in[resource.PropertyKey(name)]
	if !ok {
		return false
	}
	v, known := bare(v)
	return !known || !v.IsNull()
}

func nested(p *schema.Prop) map[string]*schema.Prop {
	if p == nil {
		return nil
	}
	return p.Props
}

func join(path, name string) string {
	if path == "" {
		return name
	}
	return path + "." + name
}

// joinKey appends a key of a map; one that holds the signs of a path is quoted.
func joinKey(path, key string) string {
	if strings.ContainsAny(key, `.[]"`) {
		return path + `["` + strings.ReplaceAll(key, `"`, `\"`) + `"]`
	}
	return join(path, key)
}

// internalKey reports whether the engine or the provider itself put the key there.
func internalKey(name string) bool { return len(name) > 1 && name[:2] == "__" }
