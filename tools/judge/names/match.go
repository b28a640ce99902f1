// Package names finds the Pulumi name of every property of the upstream
// schema: by the bridge's own rules, checked against the SDK's structs.
package names

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"sort"
	"strings"

	"github.com/pulumi/inflector"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"

	"redoubt/sim/catalog"
	"redoubt/sim/schema"
)

// renames lists the properties that pulumi-aws names by hand, as
// "resource.path" in upstream names.
var renames = map[string]string{
	"aws_cloudwatch_metric_alarm.alarm_name":    "name",
	"aws_dynamodb_table.global_secondary_index": "globalSecondaryIndexes",
	"aws_dynamodb_table.local_secondary_index":  "localSecondaryIndexes",
	"aws_lambda_function.filename":              "code",
	"aws_lambda_function.function_name":         "name",
	"aws_sns_topic_subscription.topic_arn":      "topic",
}

// second lists the properties that pulumi-aws shows once more under another
// name: the collection as its only element.
var second = map[string]string{"aws_eks_cluster.certificate_authority": "certificateAuthority"}

// patched lists arguments that only pulumi-aws has, by a patch of its own: the
// provider cannot be asked about them, so the simulator does not know them.
var patched = map[string]bool{"aws_eks_cluster.defaultAddonsToRemoves": true}

// left lists the parts of the upstream schema that the SDK leaves out.
// (The has_*_wo flags belong to write-only arguments, which pulumi-aws lacks.)
var left = map[string]bool{"id": true, "timeouts": true, "has_secret_string_wo": true, "has_value_wo": true}

// Node is one property under both its names.
type Node struct {
	Name  string
	Field Field
	// Flat is true where Pulumi shows a collection of at most one as that one.
	Flat bool
	// Asset is true where Pulumi wants a file or an archive, and upstream its path.
	Asset bool
	// Input is true where the SDK takes the property as an argument.
	Input bool
	Prop  *schema.Prop
	Nodes Nodes
}

// Nodes are the properties of an object by their Pulumi names.
type Nodes map[string]*Node

// Sorted returns the nodes in the order of their Pulumi names.
func (n Nodes) Sorted() []*Node {
	var out []*Node
	for _, name := range slices.Sorted(maps.Keys(n)) {
		out = append(out, n[name])
	}
	return out
}

// Type returns the nodes as the simulator reads them.
func (n Nodes) Type(resource string) *schema.Type {
	return &schema.Type{Upstream: resource, Props: n.props()}
}

func (n Nodes) props() map[string]*schema.Prop {
	if n == nil {
		return nil
	}
	out := map[string]*schema.Prop{}
	for name, node := range n {
		node.Prop.Props = node.Nodes.props()
		out[name] = node.Prop
	}
	return out
}

// Match pairs the fields of an upstream resource with the SDK's properties
// and returns them under their Pulumi names, with what does not match.
func Match(s catalog.Type, fields []Field) (Nodes, []string) {
	m := &matcher{subject: s}
	nodes := m.match(s.Upstream, fields, []reflect.Type{s.Args, s.State})
	sort.Strings(m.faults)
	return nodes, m.faults
}

type matcher struct {
	subject catalog.Type
	faults  []string
}

func (m *matcher) match(at string, fields []Field, structs []reflect.Type) Nodes {
	known := properties(structs)
	nodes := Nodes{}
	for _, f := range fields {
		path := at + "." + f.Name
		name, ok := choose(path, f, known)
		if !ok {
			if !f.WriteOnly && !left[f.Name] && !strings.HasSuffix(f.Name, "_wo_version") {
				m.faults = append(m.faults, path+": the SDK has no such property")
			}
			continue
		}
		nodes[name] = m.node(path, name, f, known[name])
		if again, ok := second[path]; ok {
			nodes[again] = m.node(path, again, f, known[again])
		}
	}
	for name := range known {
		if nodes[name] == nil && !patched[at+"."+name] {
			m.faults = append(m.faults, fmt.Sprintf("%s: the SDK's %s has no counterpart", at, name))
		}
	}
	return nodes
}

func (m *matcher) node(path, name string, f Field, p property) *Node {
	out := &Node{Name: name, Field: f, Input: p.input, Prop: &schema.Prop{
		Upstream: f.Name, Required: f.Required, Optional: f.Optional, Computed: f.Computed, Sensitive: f.Sensitive,
	}}
	if f.Required && !p.required {
		out.Prop.Required, out.Prop.Optional, out.Prop.AutoNamed = false, true, true
	}
	shown := p.types[0]
	out.Asset = shown == reflect.TypeFor[pulumi.Archive]() || shown == reflect.TypeFor[pulumi.AssetOrArchive]()
	if shown.Kind() == reflect.Pointer {
		shown = shown.Elem()
	}
	out.Flat = f.Collection() && shown.Kind() != reflect.Slice
	if len(f.Fields) == 0 {
		return out
	}
	var inner []reflect.Type
	for _, t := range p.types {
		if element := elementOf(t); element.Kind() == reflect.Struct {
			inner = append(inner, element)
		}
	}
	if inner == nil {
		m.faults = append(m.faults, fmt.Sprintf("%s: is a block, the SDK has %s", path, p.types[0]))
		return out
	}
	out.Nodes = m.match(path, f.Fields, inner)
	return out
}

// choose returns the SDK's name of a field: the one given by hand, the plural
// for what Pulumi shows as a list, or the plain one in camel case.
func choose(path string, f Field, known map[string]property) (string, bool) {
	if name, ok := renames[path]; ok {
		return name, true
	}
	plain := camel(f.Name)
	candidates := []string{plain}
	if f.Collection() {
		plural := camel(inflector.Pluralize(f.Name))
		if f.MaxItems == 1 {
			candidates = []string{plain, plural}
		} else {
			candidates = []string{plural, plain}
		}
	}
	for _, name := range candidates {
		if _, ok := known[name]; ok {
			return name, true
		}
	}
	return "", false
}

// property is one tagged field of the SDK's structs.
type property struct {
	types           []reflect.Type
	required, input bool
}

func properties(structs []reflect.Type) map[string]property {
	out := map[string]property{}
	for i, s := range structs {
		for j := range s.NumField() {
			f := s.Field(j)
			name, _, _ := strings.Cut(f.Tag.Get("pulumi"), ",")
			if name == "" {
				continue
			}
			p := out[name]
			p.types = append(p.types, f.Type)
			if i == 0 {
				p.required, p.input = mandatory(f.Type), true
			}
			out[name] = p
		}
	}
	return out
}

// mandatory reports whether the SDK insists on a value: optional scalars and
// objects are pointers. For lists, maps and any it cannot be told by the type.
func mandatory(t reflect.Type) bool { return t.Kind() != reflect.Pointer }

func elementOf(t reflect.Type) reflect.Type {
	for t.Kind() == reflect.Pointer || t.Kind() == reflect.Slice || t.Kind() == reflect.Map {
		t = t.Elem()
	}
	return t
}

func camel(name string) string {
	var b strings.Builder
	upper := false
	for _, r := range name {
		switch {
		case r == '_':
			upper = b.Len() > 0
		case upper:
			b.WriteString(strings.ToUpper(string(r)))
			upper = false
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}
