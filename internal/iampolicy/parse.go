package iampolicy

import (
	"encoding/json"
	"fmt"
)

// Parse reads a policy as AWS writes it. A document that this package wrote
// comes back as it was, without the reasons that are never sent.
func Parse(text string) (Document, error) {
	var raw struct {
		Version   string
		Statement []struct {
			Sid, Effect           string
			Principal             principals
			Action, NotAction     many
			Resource, NotResource many
			Condition             map[string]map[string]many
		}
	}
	if err := json.Unmarshal([]byte(text), &raw); err != nil {
		return Document{}, fmt.Errorf("read policy: %w", err)
	}
	if raw.Version != Version {
		return Document{}, fmt.Errorf("read policy: version is %q, want %s", raw.Version, Version)
	}
	var d Document
	for _, s := range raw.Statement {
		one := Statement{
			Sid: s.Sid, Effect: s.Effect, Principals: s.Principal,
			Actions: s.Action, NotActions: s.NotAction,
			Resources: s.Resource, NotResources: s.NotResource,
		}
		for operator, keys := range s.Condition {
			for key, values := range keys {
				one = one.With(Condition{Operator: operator, Key: key, Values: values})
			}
		}
		d.Statements = append(d.Statements, one)
	}
	return d, nil
}

// many is a list that may be written as a plain string.
type many []string

// UnmarshalJSON reads a string or a list of strings.
func (m *many) UnmarshalJSON(text []byte) error {
	var one string
	if json.Unmarshal(text, &one) == nil {
		*m = many{one}
		return nil
	}
	return json.Unmarshal(text, (*[]string)(m))
}

// principals is a map of lists, or "*" for everyone.
type principals map[string][]string

// UnmarshalJSON reads "*" or a map of strings or lists.
func (p *principals) UnmarshalJSON(text []byte) error {
	if string(text) == `"`+Everyone+`"` {
		*p = principals{Everyone: {Everyone}}
		return nil
	}
	var by map[string]many
	if err := json.Unmarshal(text, &by); err != nil {
		return err
	}
	*p = principals{}
	for kind, names := range by {
		(*p)[kind] = names
	}
	return nil
}
