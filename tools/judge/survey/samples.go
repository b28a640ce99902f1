// Package survey asks the upstream provider, property by property, whether a
// change replaces the resource, and writes sim/schema/upstream.json.
package survey

import (
	"strings"

	"github.com/zclconf/go-cty/cty"

	"redoubt/tools/judge/names"
)

// pair holds two different values of one property.
type pair [2]any

// sample returns a value of the field: with which = 0 or 1, two that differ.
// Planning checks few values, so most need only the right type.
func sample(path string, f names.Field, which int) any {
	if known, ok := special[path]; ok {
		return known[which]
	}
	if len(f.Fields) > 0 {
		object := inhabited(path, f.Fields)
		if f.Collection() {
			return []any{object}
		}
		return object
	}
	return ofType(f.Name, f.Type, which)
}

func ofType(name string, t cty.Type, which int) any {
	switch {
	case t == cty.String:
		return text(name, which)
	case t == cty.Bool:
		return which == 0
	case t == cty.Number:
		return float64(which + 1)
	case t.IsListType(), t.IsSetType():
		return []any{ofType(name, t.ElementType(), which)}
	case t.IsMapType():
		return map[string]any{"key": ofType(name, t.ElementType(), which)}
	default:
		return nil
	}
}

func text(name string, which int) any {
	letter := []string{"a", "b"}[which]
	digit := []string{"1", "2"}[which]
	switch {
	case strings.HasSuffix(name, "arn") || strings.HasSuffix(name, "arns"):
		return "arn:aws:service:eu-west-1:123456789012:thing-" + letter
	case strings.Contains(name, "ipv6") && strings.Contains(name, "cidr"):
		return "2001:db8:" + digit + "::/56"
	case strings.Contains(name, "cidr"):
		return "10." + digit + ".0.0/16"
	case strings.Contains(name, "policy") || strings.HasSuffix(name, "_body"):
		return `{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"s3:Get` + letter + `","Resource":"*"}]}`
	default:
		return "value-" + letter
	}
}

// inhabited builds an object with what is required or, where nothing is, with
// its first plain property: an empty block often means no block.
func inhabited(at string, fields []names.Field) map[string]any {
	out := minimal(at, fields)
	if len(out) > 0 {
		return out
	}
	for _, f := range fields {
		if f.Optional {
			return map[string]any{f.Name: sample(at+"."+f.Name, f, 0)}
		}
	}
	return out
}

// minimal builds an object with just what is required.
func minimal(at string, fields []names.Field) map[string]any {
	out := map[string]any{}
	for _, f := range fields {
		path := at + "." + f.Name
		if _, wanted := special[path]; (f.Required || always[path]) && (wanted || !f.Computed || f.Required) {
			out[f.Name] = sample(path, f, 0)
		}
	}
	return out
}
