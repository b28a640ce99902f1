package iam

import (
	"encoding/json"
	"fmt"
	"strings"
)

// Found is a policy document among the inputs of a resource.
type Found struct {
	Kind Kind
	// At is the path of the input that holds it, Text the document.
	At, Text string
}

// Documents finds the policy documents among the inputs of a resource: every
// text that is JSON with a Statement.
func Documents(token string, inputs map[string]any) []Found { return documentsOf(token, "", inputs) }

func documentsOf(token, at string, v any) (out []Found) {
	switch v := v.(type) {
	case map[string]any:
		for name, inner := range v {
			out = append(out, documentsOf(token, strings.TrimPrefix(at+"."+name, "."), inner)...)
		}
	case []any:
		for i, inner := range v {
			out = append(out, documentsOf(token, fmt.Sprintf("%s[%d]", at, i), inner)...)
		}
	case string:
		var found struct{ Statement json.RawMessage }
		if json.Unmarshal([]byte(v), &found) == nil && found.Statement != nil {
			out = append(out, Found{kindOf(token, at), at, v})
		}
	}
	return out
}

func kindOf(token, at string) Kind {
	switch {
	case at == "assumeRolePolicy":
		return Trust
	case strings.HasPrefix(token, "aws:iam/"):
		return Identity
	case token == "aws:ec2/vpcEndpoint:VpcEndpoint":
		return Perimeter
	}
	return Resource
}
