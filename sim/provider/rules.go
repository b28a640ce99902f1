package provider

import (
	"fmt"
	"net/netip"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// rule is one validator of the upstream provider. Scope is the path of the
// objects that it looks at ("" for the inputs themselves, "rules[]" for each
// rule); check returns faults whose property is relative to such an object.
type rule struct {
	scope string
	check func(resource.PropertyMap) []Failure
}

// validate runs the validators of the type.
func validate(token string, inputs resource.PropertyMap) []Failure {
	var faults []Failure
	for _, r := range rulesOf[token] {
		visit(inputs, r.scope, "", func(obj resource.PropertyMap, path string) {
			for _, f := range r.check(obj) {
				faults = append(faults, Failure{join(path, f.Property), f.Reason})
			}
		})
	}
	return faults
}

// visit calls yield with every known object at the scope.
func visit(obj resource.PropertyMap, scope, path string, yield func(resource.PropertyMap, string)) {
	if scope == "" {
		yield(obj, path)
		return
	}
	head, rest, _ := strings.Cut(scope, ".")
	name, list := strings.CutSuffix(head, "[]")
	v, known := plain(obj[resource.PropertyKey(name)])
	switch {
	case !known:
	case list && v.IsArray():
		for i, e := range v.ArrayValue() {
			if e, known := plain(e); known && e.IsObject() {
				visit(e.ObjectValue(), rest, fmt.Sprintf("%s[%d]", join(path, name), i), yield)
			}
		}
	case !list && v.IsObject():
		visit(v.ObjectValue(), rest, join(path, name), yield)
	}
}

// plain returns a value that a validator may look at; a secret or unknown one is not known.
func plain(v resource.PropertyValue) (resource.PropertyValue, bool) {
	if v.IsSecret() || (v.IsOutput() && v.OutputValue().Secret) {
		return v, false
	}
	return bare(v)
}

// value makes a rule that says what is wrong with each value at the path; a
// path that ends in [] means each element of a list of scalars.
func value(path string, say func(resource.PropertyValue) string) rule {
	scope, leaf := "", path
	if i := strings.LastIndexByte(path, '.'); i >= 0 {
		scope, leaf = path[:i], path[i+1:]
	}
	name, list := strings.CutSuffix(leaf, "[]")
	return rule{scope, func(obj resource.PropertyMap) (faults []Failure) {
		look := func(v resource.PropertyValue, at string) {
			v, known := plain(v)
			if !known || v.IsNull() {
				return
			}
			if reason := say(v); reason != "" {
				faults = append(faults, Failure{at, reason})
			}
		}
		v, known := plain(obj[resource.PropertyKey(name)])
		if !list {
			look(v, name)
		} else if known && v.IsArray() {
			for i, e := range v.ArrayValue() {
				look(e, fmt.Sprintf("%s[%d]", name, i))
			}
		}
		return faults
	}}
}

// text makes a rule for a string.
func text(path string, say func(string) string) rule {
	return value(path, func(v resource.PropertyValue) string {
		if !v.IsString() || v.StringValue() == "" {
			return "" // the schema says where the empty text is refused
		}
		return say(v.StringValue())
	})
}

func oneOf(path string, allowed ...string) rule {
	return text(path, func(s string) string {
		if slices.Contains(allowed, s) {
			return ""
		}
		return fmt.Sprintf("is %q, want one of %s", s, strings.Join(allowed, ", "))
	})
}

func oneOfNumbers(path string, allowed ...float64) rule {
	return value(path, func(v resource.PropertyValue) string {
		if !v.IsNumber() || slices.Contains(allowed, v.NumberValue()) {
			return ""
		}
		return fmt.Sprintf("is %v, want one of %v", v.NumberValue(), allowed)
	})
}

func between(path string, low, high float64) rule {
	return number(path, fmt.Sprintf("%v to %v", low, high), func(n float64) bool { return low <= n && n <= high })
}

func atLeast(path string, low float64) rule {
	return number(path, fmt.Sprintf("at least %v", low), func(n float64) bool { return n >= low })
}

func number(path, want string, fits func(float64) bool) rule {
	return value(path, func(v resource.PropertyValue) string {
		if !v.IsNumber() || fits(v.NumberValue()) {
			return ""
		}
		return "is " + strconv.FormatFloat(v.NumberValue(), 'f', -1, 64) + ", want " + want
	})
}

func matches(path, pattern, want string) rule {
	re := regexp.MustCompile(pattern)
	return text(path, func(s string) string {
		if re.MatchString(s) {
			return ""
		}
		return fmt.Sprintf("is %q, want %s", s, want)
	})
}

func without(path, pattern, why string) rule {
	re := regexp.MustCompile(pattern)
	return text(path, func(s string) string {
		if !re.MatchString(s) {
			return ""
		}
		return fmt.Sprintf("is %q: %s", s, why)
	})
}

func cidr(path string, low, high int) rule {
	return text(path, func(s string) string { return badBlock(s, low, high) })
}

// together returns the names among those that the object gives; an empty list gives nothing.
func together(obj resource.PropertyMap, names []string) (out []string) {
	for _, n := range names {
		v, known := bare(obj[resource.PropertyKey(n)])
		if given(obj, n) && !(known && v.IsArray() && len(v.ArrayValue()) == 0) {
			out = append(out, n)
		}
	}
	return out
}

// conflicts refuses the property together with any of the others.
func conflicts(scope, name string, others ...string) rule {
	return rule{scope, func(obj resource.PropertyMap) []Failure {
		if !given(obj, name) {
			return nil
		}
		if both := together(obj, others); len(both) > 0 {
			return []Failure{{name, "conflicts with " + strings.Join(both, ", ")}}
		}
		return nil
	}}
}

// exactlyOne wants one of the properties and refuses two.
func exactlyOne(scope string, names ...string) rule {
	return rule{scope, func(obj resource.PropertyMap) []Failure {
		switch got := together(obj, names); len(got) {
		case 1:
			return nil
		case 0:
			return []Failure{{names[0], "is missing: give exactly one of " + strings.Join(names, ", ")}}
		default:
			return []Failure{{got[0], "is given together with " + strings.Join(got[1:], ", ") +
				": give exactly one of " + strings.Join(names, ", ")}}
		}
	}}
}

// requires wants the others whenever the property is given.
func requires(scope, name string, others ...string) rule {
	return rule{scope, func(obj resource.PropertyMap) []Failure {
		if !given(obj, name) {
			return nil
		}
		for _, o := range others {
			if !given(obj, o) {
				return []Failure{{name, "needs " + o}}
			}
		}
		return nil
	}}
}

// atLeastOne wants one or more of the properties.
func atLeastOne(scope string, names ...string) rule {
	return rule{scope, func(obj resource.PropertyMap) []Failure {
		if len(together(obj, names)) > 0 {
			return nil
		}
		return []Failure{{names[0], "is missing: give at least one of " + strings.Join(names, ", ")}}
	}}
}

// filled refuses the empty text.
func filled(path string) rule {
	return value(path, func(v resource.PropertyValue) string {
		if emptyText(v) {
			return "is empty"
		}
		return ""
	})
}

// named makes two rules: a text that matches and is not empty.
func named(path, pattern, want string) []rule {
	return []rule{filled(path), matches(path, pattern, want)}
}

// ipv4 wants an IPv4 CIDR block.
func ipv4(path string) rule {
	return text(path, func(s string) string {
		if p, err := netip.ParsePrefix(s); err == nil && !p.Addr().Is4() {
			return fmt.Sprintf("is %q, want an IPv4 CIDR block", s)
		}
		return ""
	})
}
