package system

import (
	"fmt"
	"strconv"
	"time"

	"gopkg.in/yaml.v3"

	"redoubt/internal/nearest"
)

// object is one mapping while it is read. Each read of a key makes the key
// known; close reports the others.
type object struct {
	src  *source
	path string
	// label is how faults name it, such as agent "gateway".
	label string
	mapping
	known []string
}

// object opens the mapping n. When n is none, the fault is recorded and
// everything read from the object is zero.
func (s *source) object(path, noun string, n *yaml.Node) *object {
	o := &object{src: s, path: path, label: noun}
	s.at[path] = placeOfNode(n)
	value := resolve(n)
	if value.Kind != yaml.MappingNode {
		o.bad(path, placeOfNode(n), "write keys and values", noun+" is "+describe(value)+", want a mapping")
		return o
	}
	o.mapping = s.flatten(value)
	if name, has := o.entries["name"]; has {
		if v := resolve(name.value); v.Kind == yaml.ScalarNode && v.Value != "" {
			o.label = fmt.Sprintf("%s %q", noun, v.Value)
		}
	}
	return o
}

// bad records a fault and that the value at path could not be read.
func (o *object) bad(path string, p place, hint, cause string) {
	o.src.broken[path] = true
	o.src.fault(p, hint, cause)
}

// value returns the value of key, or nil when it is absent or empty.
func (o *object) value(key string) *yaml.Node {
	o.known = append(o.known, key)
	e, has := o.entries[key]
	if !has {
		return nil
	}
	path := o.join(key)
	o.src.at[path] = placeOfNode(e.value)
	if isNull(e.value) {
		o.src.at[path] = placeOfNode(e.key)
		return nil
	}
	return e.value
}

func (o *object) join(key string) string {
	if o.path == "" {
		return key
	}
	return o.path + "." + key
}

// require reports those of keys that are absent or empty.
func (o *object) require(keys ...string) {
	if o.entries == nil {
		return // already reported as no mapping
	}
	for _, key := range keys {
		e, has := o.entries[key]
		switch {
		case !has:
			o.bad(o.join(key), o.src.at[o.path], "add "+key+":", fmt.Sprintf("%s has no %s", o.label, key))
		case isNull(e.value):
			o.bad(o.join(key), placeOfNode(e.key), "write its value after the colon",
				fmt.Sprintf("%s has an empty %s", o.label, key))
		}
	}
}

// mistyped reports that the value of key is not what is wanted.
func (o *object) mistyped(key string, n *yaml.Node, want, hint string) {
	o.bad(o.join(key), placeOfNode(n), hint,
		fmt.Sprintf("%s: %s is %s, want %s", o.label, key, describe(resolve(n)), want))
}

// text reads a string.
func (o *object) text(key string) string {
	n := o.value(key)
	if n == nil {
		return ""
	}
	return o.scalarText(key, key, n)
}

// scalarText reads a string that may be an item of a list: path names its
// place below the object and key the list.
func (o *object) scalarText(path, key string, n *yaml.Node) string {
	v := resolve(n)
	if v.Kind == yaml.ScalarNode && v.ShortTag() == "!!str" {
		if v.Value == "" {
			o.bad(o.join(path), placeOfNode(n), "write its value", fmt.Sprintf("%s has an empty %s", o.label, key))
		}
		return v.Value
	}
	hint := "write one word"
	if v.Kind == yaml.ScalarNode {
		hint = fmt.Sprintf("put it in quotes: %q", v.Value)
	}
	o.bad(o.join(path), placeOfNode(n), hint, fmt.Sprintf("%s: %s is %s, want text", o.label, key, describe(v)))
	return ""
}

// number reads a whole number.
func (o *object) number(key string) int {
	n := o.value(key)
	if n == nil {
		return 0
	}
	v := resolve(n)
	var whole int
	if v.Kind != yaml.ScalarNode || v.ShortTag() != "!!int" || v.Decode(&whole) != nil {
		o.mistyped(key, n, "a whole number", "write digits only, without unit or quotes")
	}
	return whole
}

// share reads a number that may have decimals.
func (o *object) share(key string) float64 {
	n := o.value(key)
	if n == nil {
		return 0
	}
	v := resolve(n)
	var share float64
	tag := v.ShortTag()
	if v.Kind != yaml.ScalarNode || tag != "!!float" && tag != "!!int" || v.Decode(&share) != nil {
		o.mistyped(key, n, "a number", "write a share such as 0.999, without quotes or percent sign")
	}
	return share
}

// truth reads true or false.
func (o *object) truth(key string) bool {
	n := o.value(key)
	if n == nil {
		return false
	}
	v := resolve(n)
	var truth bool
	if v.Kind != yaml.ScalarNode || v.ShortTag() != "!!bool" || v.Decode(&truth) != nil {
		o.mistyped(key, n, "true or false", "write true or false, without quotes")
	}
	return truth
}

// duration reads a time span.
func (o *object) duration(key string) time.Duration {
	n := o.value(key)
	if n == nil {
		return 0
	}
	v := resolve(n)
	if v.Kind != yaml.ScalarNode {
		o.mistyped(key, n, "a duration", "write it as 30s, 15m, 4h or 1d")
		return 0
	}
	d, err := parseDuration(v.Value)
	if err != nil {
		hint := "write it as 30s, 15m, 4h or 1d"
		if _, bare := strconv.ParseFloat(v.Value, 64); bare == nil {
			hint = fmt.Sprintf("add the unit, as in %ss or %sm", v.Value, v.Value)
		}
		o.bad(o.join(key), placeOfNode(n), hint, fmt.Sprintf("%s: %s is %q, want a duration", o.label, key, v.Value))
	}
	return d
}

// texts reads a list of strings.
func (o *object) texts(key string) []string {
	var out []string
	for i, n := range o.list(key) {
		item := fmt.Sprintf("%s[%d]", key, i)
		o.src.at[o.join(item)] = placeOfNode(n)
		out = append(out, o.scalarText(item, key, n))
	}
	return out
}

// list reads the items of a list.
func (o *object) list(key string) []*yaml.Node {
	n := o.value(key)
	if n == nil {
		return nil
	}
	v := resolve(n)
	if v.Kind != yaml.SequenceNode {
		o.mistyped(key, n, "a list", "write each item on a line of its own after a hyphen")
		return nil
	}
	return v.Content
}

// close reports the keys that nothing has read.
func (o *object) close() {
	for _, key := range o.keys {
		known := false
		for _, k := range o.known {
			known = known || k == key
		}
		if !known {
			o.src.fault(placeOfNode(o.entries[key].key), nearest.Hint(key, o.known),
				fmt.Sprintf("%s has an unknown key %q", o.label, key))
		}
	}
}

// choice reads one of a fixed set of words.
func choice[T ~string](o *object, key string, all []T) T {
	text := o.text(key)
	for _, v := range all {
		if text == string(v) {
			return v
		}
	}
	if text != "" {
		o.bad(o.join(key), o.src.at[o.join(key)], nearest.Hint(text, all),
			fmt.Sprintf("%s: %s is %q, want one of %s", o.label, key, text, nearest.List(all)))
	}
	return ""
}

// items reads a list of mappings.
func items[T any](o *object, key, noun string, decode func(*object) T) []T {
	var out []T
	for i, n := range o.list(key) {
		item := o.src.object(fmt.Sprintf("%s[%d]", o.join(key), i), noun, n)
		out = append(out, decode(item))
		item.close()
	}
	return out
}
