package provider

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strings"
	"sync"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"

	"redoubt/sim/schema"
)

// outOfLimits says what the upstream provider's validators refuse in a known,
// plain value; empty when they take it.
func outOfLimits(l *schema.Limits, v resource.PropertyValue) string {
	switch {
	case l == nil:
		return ""
	case v.IsString():
		return textLimits(l, v.StringValue())
	case v.IsNumber():
		return numberLimits(l, v.NumberValue())
	}
	return ""
}

func numberLimits(l *schema.Limits, n float64) string {
	switch {
	case l.Min != nil && n < *l.Min:
		return fmt.Sprintf("is %v, want at least %v", n, *l.Min)
	case l.Max != nil && n > *l.Max:
		return fmt.Sprintf("is %v, want at most %v", n, *l.Max)
	}
	return ""
}

func textLimits(l *schema.Limits, s string) string {
	if s == "" {
		if l.NoEmpty {
			return "is empty"
		}
		return ""
	}
	switch {
	case len(l.OneOf) > 0 && !listed(l, s):
		return fmt.Sprintf("is %q, want one of %s", s, strings.Join(l.OneOf, ", "))
	case l.MaxLength > 0 && len(s) > l.MaxLength:
		return fmt.Sprintf("has %d characters, want at most %d", len(s), l.MaxLength)
	case l.Pattern != "" && !compiled(l.Pattern).MatchString(s):
		return fmt.Sprintf("is %q, want what matches %s", s, l.Pattern)
	}
	return badFormat(l.Format, s)
}

// listed reports whether a value is among the allowed. Of the validator "an ARN
// or *" the schema knows only the second half.
func listed(l *schema.Limits, s string) bool {
	return slices.ContainsFunc(l.OneOf, func(want string) bool {
		return want == s || l.AnyCase && strings.EqualFold(want, s) || want == "*" && arnFormat.MatchString(s)
	})
}

var patterns sync.Map

// compiled returns the expression, compiled once.
func compiled(pattern string) *regexp.Regexp {
	if re, ok := patterns.Load(pattern); ok {
		return re.(*regexp.Regexp)
	}
	re := regexp.MustCompile(pattern) // from the embedded schema: broken only by a bad commit
	patterns.Store(pattern, re)
	return re
}

var (
	arnFormat     = regexp.MustCompile(`^arn:[\w-]+:[\w-]+:[\w-]*:(\d{12}|aws|aws-managed|third-party|cw.{10})?:.+$`)
	accountFormat = regexp.MustCompile(`^\d{12}$`)
)

func badFormat(format, s string) string {
	switch format {
	case "arn":
		if !arnFormat.MatchString(s) {
			return fmt.Sprintf("is %q, want an ARN", s)
		}
	case "json":
		if !json.Valid([]byte(s)) {
			return "is not valid JSON"
		}
	case "account":
		if !accountFormat.MatchString(s) {
			return fmt.Sprintf("is %q, want an account id", s)
		}
	case "cidr":
		return badBlock(s, 0, 128)
	}
	return ""
}

// badBlock says what is wrong with a CIDR block.
func badBlock(s string, low, high int) string {
	p, err := netip.ParsePrefix(s)
	switch {
	case err != nil:
		return fmt.Sprintf("is %q, want a CIDR block", s)
	case p != p.Masked():
		return fmt.Sprintf("is %q, want %q: host bits are set", s, p.Masked())
	case p.Bits() < low || p.Bits() > high:
		return fmt.Sprintf("is %q, want a prefix of /%d to /%d", s, low, high)
	}
	return ""
}

// relations holds an object to what its properties ask of each other: some
// exclude each other, some need each other, of some exactly one is given.
func (c checker) relations(in resource.PropertyMap, n node, path string) {
	for _, name := range sortedKeys(n.props) {
		if !given(in, name) {
			continue
		}
		for _, other := range together(in, n.props[name].Conflicts) {
			c.limit(Failure{join(path, name), "conflicts with " + other})
		}
		for _, other := range n.props[name].Needs {
			if !given(in, other) {
				c.limit(Failure{join(path, name), "needs " + other})
			}
		}
	}
	for _, g := range n.groups {
		r := atLeastOne("", g.Of...)
		if g.One {
			r = exactlyOne("", g.Of...)
		}
		for _, f := range r.check(in) {
			c.limit(Failure{join(path, f.Property), f.Reason})
		}
	}
}

// count holds the bounds on how many elements a collection has.
func (c checker) count(v resource.PropertyValue, up *schema.Prop, path string) {
	if up == nil || !v.IsArray() {
		return
	}
	n := len(v.ArrayValue())
	if up.Set {
		n = distinct(v.ArrayValue())
	}
	if up.MinItems > 0 && n < up.MinItems {
		c.limit(Failure{path, fmt.Sprintf("has %d elements, want at least %d", n, up.MinItems)})
	}
	if up.MaxItems > 0 && n > up.MaxItems {
		c.limit(Failure{path, fmt.Sprintf("has %d elements, want at most %d", n, up.MaxItems)})
	}
}

// distinct counts the elements of a set that differ.
func distinct(list []resource.PropertyValue) int {
	var seen []resource.PropertyValue
	for _, v := range list {
		if !slices.ContainsFunc(seen, v.DeepEquals) {
			seen = append(seen, v)
		}
	}
	return len(seen)
}
