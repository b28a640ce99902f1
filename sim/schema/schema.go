// Package schema carries what the upstream AWS provider (terraform-provider-aws
// 5.100.0, which pulumi-aws 6.83.2 wraps) says of each resource type that
// Redoubt declares: which property is required, computed by AWS, or replaces
// the resource. The data is generated from the provider itself by tools/judge.
package schema

import (
	_ "embed"
	"encoding/json"
	"sort"
	"sync"
)

// Type is what the upstream provider says of one resource type.
type Type struct {
	// Upstream is the provider's own name, such as aws_s3_bucket.
	Upstream string           `json:"upstream"`
	Props    map[string]*Prop `json:"props"`
}

// Prop is one property; nested blocks have Props of their own.
type Prop struct {
	// Upstream is the provider's own name, such as server_side_encryption_configuration.
	Upstream string `json:"upstream"`
	Required bool   `json:"required,omitempty"`
	// Optional and Computed may both be true: AWS fills in what is left out.
	Optional  bool `json:"optional,omitempty"`
	Computed  bool `json:"computed,omitempty"`
	Sensitive bool `json:"sensitive,omitempty"`
	// AutoNamed is true when the upstream provider requires the property and
	// pulumi-aws makes it up from the resource's name where it is left out.
	AutoNamed bool `json:"autoNamed,omitempty"`
	// ForceNew is true when a change of the value replaces the resource; of a
	// block: when adding or removing it does.
	ForceNew bool             `json:"forceNew,omitempty"`
	Props    map[string]*Prop `json:"props,omitempty"`
}

//go:embed upstream.json
var raw []byte

var load = sync.OnceValue(func() map[string]*Type {
	types := map[string]*Type{}
	if err := json.Unmarshal(raw, &types); err != nil {
		panic("sim/schema/upstream.json: " + err.Error()) // embedded: broken only by a bad commit
	}
	return types
})

// Lookup returns the type with the Pulumi token, such as aws:ec2/vpc:Vpc.
func Lookup(token string) (*Type, bool) {
	t, ok := load()[token]
	return t, ok
}

// Tokens lists the known Pulumi type tokens, sorted.
func Tokens() []string {
	var out []string
	for token := range load() {
		out = append(out, token)
	}
	sort.Strings(out)
	return out
}

// Replaces reports whether a change of the top-level property, or of anything
// inside it, may replace the resource.
func (t *Type) Replaces(prop string) bool {
	p, ok := t.Props[prop]
	return ok && p.replaces()
}

func (p *Prop) replaces() bool {
	if p.ForceNew {
		return true
	}
	for _, inner := range p.Props {
		if inner.replaces() {
			return true
		}
	}
	return false
}

// ReplacesAt reports whether a change of the value at the path replaces the
// resource. The path holds property names without indices; one that leads to
// a block asks about adding or removing the block.
func (t *Type) ReplacesAt(path ...string) bool {
	props := t.Props
	var at *Prop
	for _, name := range path {
		next, ok := props[name]
		if !ok {
			// Below a map of plain values, such as one tag, the map's own answer holds.
			return at != nil && at.Props == nil && at.ForceNew
		}
		at, props = next, next.Props
	}
	return at != nil && at.ForceNew
}
