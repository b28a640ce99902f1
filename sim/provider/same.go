package provider

import (
	"encoding/json"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// same reports whether two scalars mean the same to AWS.
func (d *differ) same(pattern string, old, new resource.PropertyValue) bool {
	switch {
	case old.IsAsset() && new.IsAsset():
		return old.AssetValue().Equals(new.AssetValue())
	case old.IsString() && new.IsString():
		return sameText(pattern, old.StringValue(), new.StringValue()) ||
			(slices.Contains(d.spec.names, pattern) && sameName(old.StringValue(), new.StringValue()))
	case (old.IsString() && (new.IsNumber() || new.IsBool())) || (new.IsString() && (old.IsNumber() || old.IsBool())):
		return fmt.Sprint(old.V) == fmt.Sprint(new.V)
	}
	return old.DeepEquals(new)
}

// sameText compares strings; JSON documents by what they say, policies the way
// AWS stores them.
func sameText(pattern, a, b string) bool {
	if a == b {
		return true
	}
	if !isDocument(pattern) {
		return false
	}
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil || json.Unmarshal([]byte(b), &y) != nil {
		return false
	}
	if _, doc := x.(map[string]any); !doc {
		return false
	}
	if strings.HasSuffix(strings.ToLower(pattern), "policy") {
		x, y = canonicalPolicy(x), canonicalPolicy(y)
	}
	return reflect.DeepEqual(x, y)
}

// isDocument reports whether a property holds a JSON document that the upstream
// provider compares by meaning; any other text is compared to the letter.
func isDocument(pattern string) bool {
	name := strings.ToLower(pattern)
	return strings.HasSuffix(name, "policy") || strings.HasSuffix(name, "pattern") || strings.HasSuffix(name, "body")
}

// canonicalPolicy writes a list of one string as that string and sorts lists of
// strings, which mean the same to AWS in any order.
func canonicalPolicy(v any) any {
	switch v := v.(type) {
	case map[string]any:
		out := map[string]any{}
		for k, e := range v {
			out[k] = canonicalPolicy(e)
			if one, ok := out[k].(map[string]any); ok && k == "Statement" {
				out[k] = []any{one}
			}
		}
		return out
	case []any:
		return canonicalList(v)
	}
	return v
}

func canonicalList(list []any) any {
	out, texts := make([]any, 0, len(list)), make([]string, 0, len(list))
	for _, e := range list {
		out = append(out, canonicalPolicy(e))
		if s, ok := e.(string); ok {
			texts = append(texts, s)
		}
	}
	if len(texts) != len(list) || len(list) == 0 {
		return out
	}
	if len(texts) == 1 {
		return texts[0]
	}
	slices.Sort(texts)
	return texts
}

// sameName compares domain names: case and a dot at the end mean nothing.
func sameName(a, b string) bool {
	return strings.EqualFold(strings.TrimSuffix(a, "."), strings.TrimSuffix(b, "."))
}
