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
	// Groups are properties of which exactly one, or at least one, is given.
	Groups []Group `json:"groups,omitempty"`
}

// Group is a set of properties of one object that are given together or not.
type Group struct {
	Of []string `json:"of"`
	// One is true when two of them are refused.
	One bool `json:"one,omitempty"`
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
	Groups   []Group          `json:"groups,omitempty"`
	// Set is true for a collection without order or repetition.
	Set bool `json:"set,omitempty"`
	// MinItems and MaxItems bound a collection; zero means no bound.
	MinItems int `json:"minItems,omitempty"`
	MaxItems int `json:"maxItems,omitempty"`
	// Default is what the provider plans where the property is left out.
	Default any `json:"default,omitempty"`
	// Conflicts are properties of the same object that it excludes, Needs those
	// that must be given with it.
	Conflicts []string `json:"conflicts,omitempty"`
	Needs     []string `json:"needs,omitempty"`
	// Limits bound the value, or each element of a list of plain values.
	Limits *Limits `json:"limits,omitempty"`
}

// Limits are what the provider's validators say of a value, as far as their
// refusals tell it.
type Limits struct {
	// OneOf lists the only texts that are taken; AnyCase means in any case.
	OneOf   []string `json:"oneOf,omitempty"`
	AnyCase bool     `json:"anyCase,omitempty"`
	// Pattern is a regular expression.
	Pattern string `json:"pattern,omitempty"`
	// Format is arn, json, cidr or account.
	Format string `json:"format,omitempty"`
	// MaxLength bounds a text; zero means no bound.
	MaxLength int `json:"maxLength,omitempty"`
	// NoEmpty is true when the empty text is refused.
	NoEmpty bool `json:"noEmpty,omitempty"`
	// Min and Max bound a number.
	Min *float64 `json:"min,omitempty"`
	Max *float64 `json:"max,omitempty"`
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
