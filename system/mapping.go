package system

import (
	"fmt"

	"gopkg.in/yaml.v3"
)

// mapping is a YAML mapping with its merge keys resolved: the keys in order
// and the entry of each.
type mapping struct {
	keys    []string
	entries map[string]entry
}

// entry is one key of a mapping with its value.
type entry struct{ key, value *yaml.Node }

func (m *mapping) add(name string, e entry) {
	m.keys = append(m.keys, name)
	m.entries[name] = e
}

// flatten resolves the merge keys of a mapping and reports keys that are
// written twice. As YAML has it, a key of the mapping itself wins over a
// merged one, and an earlier merge over a later.
func (s *source) flatten(n *yaml.Node) mapping {
	if m, done := s.flat[n]; done {
		return m
	}
	m := mapping{entries: map[string]entry{}}
	s.flat[n] = m // a mapping that merges itself finds this, and nothing in it
	var merges []*yaml.Node
	for i := 0; i+1 < len(n.Content); i += 2 {
		key, value := resolve(n.Content[i]), n.Content[i+1]
		switch first, twice := m.entries[key.Value]; {
		case key.Kind != yaml.ScalarNode:
			s.fault(placeOfNode(n.Content[i]), "write a word followed by a colon", "a key is "+describe(key)+", want text")
		case key.ShortTag() == "!!merge":
			merges = append(merges, value)
		case twice:
			s.fault(placeOfNode(n.Content[i]), "keep one of the two",
				fmt.Sprintf("key %q was already written on line %d", key.Value, first.key.Line))
		default:
			m.add(key.Value, entry{n.Content[i], value})
		}
	}
	for _, value := range merges {
		s.merge(&m, value)
	}
	s.flat[n] = m
	return m
}

// merge adds to m the keys of value that it lacks.
func (s *source) merge(m *mapping, value *yaml.Node) {
	n := resolve(value)
	switch n.Kind {
	case yaml.MappingNode:
		from := s.flatten(n)
		for _, name := range from.keys {
			if _, has := m.entries[name]; !has {
				m.add(name, from.entries[name])
			}
		}
	case yaml.SequenceNode:
		for _, item := range n.Content {
			if resolve(item).Kind == yaml.SequenceNode {
				s.fault(placeOfNode(item), "name one mapping here", "a merge list holds a list, want mappings")
				continue
			}
			s.merge(m, item)
		}
	default:
		s.fault(placeOfNode(value), "name a mapping, as in <<: *shared", "a merge takes "+describe(n)+", want a mapping")
	}
}

// resolve follows an alias to what it stands for.
func resolve(n *yaml.Node) *yaml.Node {
	if n.Kind == yaml.AliasNode && n.Alias != nil {
		return n.Alias
	}
	return n
}

func isNull(n *yaml.Node) bool {
	v := resolve(n)
	return v.Kind == yaml.ScalarNode && v.ShortTag() == "!!null"
}

func placeOfNode(n *yaml.Node) place { return place{n.Line, n.Column} }

// describe says in a few words what a node is.
func describe(n *yaml.Node) string {
	switch n.Kind {
	case yaml.MappingNode:
		return "a mapping"
	case yaml.SequenceNode:
		return "a list"
	}
	switch tag := n.ShortTag(); tag {
	case "!!str":
		return fmt.Sprintf("the text %q", n.Value)
	case "!!int", "!!float":
		return "the number " + n.Value
	case "!!bool":
		return n.Value
	case "!!null":
		return "empty"
	case "!!timestamp":
		return "the date " + n.Value
	default:
		return "tagged " + tag
	}
}
