// Package iampolicy builds IAM policy documents as data, in the one form that
// AWS gives back when a policy is read, so that a policy never differs from itself.
package iampolicy

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
)

// Version is the policy language that every document is written in:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_version.html
const Version = "2012-10-17"

// The two effects of a statement.
const (
	Allow = "Allow"
	Deny  = "Deny"
)

// Everyone is the principal that matches anybody. A document may only deny to
// it, or allow it under a condition.
const Everyone = "*"

// Document is one policy: of a role, a key, a bucket, a queue, a topic.
type Document struct {
	Statements []Statement
}

// Statement allows or denies actions on resources to principals.
type Statement struct {
	// Sid says in one word what the statement is for: letters and digits.
	Sid string
	// Effect is Allow when empty.
	Effect string
	// Principals maps AWS, Service or Federated to names. Everyone under the
	// key AWS or "*" stands for anybody. Nil in a policy that hangs on a role.
	Principals map[string][]string
	// Actions are what is allowed or denied; NotActions everything but these.
	Actions, NotActions []string
	// Resources are ARNs; NotResources everything but these, in a denial only.
	// Both nil only in the trust policy of a role.
	Resources, NotResources []string
	// Conditions maps an operator such as StringEquals to keys and their values.
	Conditions map[string]map[string][]string
	// AllowAnyAction permits "*" or "service:*" in Actions; Reason must say why.
	AllowAnyAction bool
	// Reason is never sent to AWS.
	Reason string
}

// document and statement are the forms AWS reads. The order of their fields is
// the order of the elements.
type document struct {
	Version   string
	Statement []statement
}

type statement struct {
	Sid         string                     `json:",omitempty"`
	Effect      string                     `json:",omitempty"`
	Principal   any                        `json:",omitempty"`
	Action      list                       `json:",omitempty"`
	NotAction   list                       `json:",omitempty"`
	Resource    list                       `json:",omitempty"`
	NotResource list                       `json:",omitempty"`
	Condition   map[string]map[string]list `json:",omitempty"`
}

// list is sorted, without repeats, and a plain string when it has one element:
// KMS gives a policy back in that form, and the provider waits until what it
// reads equals what it sent (github.com/hashicorp/terraform-provider-aws/issues/27641).
type list []string

// MarshalJSON writes a list of one as a plain string.
func (l list) MarshalJSON() ([]byte, error) {
	if len(l) == 1 {
		return marshal(l[0])
	}
	return marshal([]string(l))
}

func listOf(in []string) list {
	out := slices.Clone(in)
	slices.Sort(out)
	return slices.Compact(out)
}

// JSON returns the policy as AWS reads it. Equal documents give equal text,
// whatever the order of their actions, principals and conditions. It checks
// nothing; see Check and Checked.
func (d Document) JSON() string {
	out := document{Version: Version, Statement: make([]statement, 0, len(d.Statements))}
	for _, s := range d.Statements {
		out.Statement = append(out.Statement, s.encode())
	}
	text, err := marshal(out)
	if err != nil {
		panic("encode a policy of strings: " + err.Error() + "; this is a bug")
	}
	return string(text)
}

// Checked returns the policy as AWS reads it, or what Check finds wrong with it.
func (d Document) Checked() (string, error) {
	if err := d.Check(); err != nil {
		return "", err
	}
	return d.JSON(), nil
}

func (s Statement) encode() statement {
	out := statement{
		Sid: s.Sid, Effect: s.effect(), Principal: s.principal(),
		Action: listOf(s.Actions), NotAction: listOf(s.NotActions),
		Resource: listOf(s.Resources), NotResource: listOf(s.NotResources),
	}
	for operator, keys := range s.Conditions {
		if out.Condition == nil {
			out.Condition = map[string]map[string]list{}
		}
		out.Condition[operator] = map[string]list{}
		for key, values := range keys {
			out.Condition[operator][key] = listOf(values)
		}
	}
	return out
}

func (s Statement) effect() string {
	if s.Effect == "" {
		return Allow
	}
	return s.Effect
}

// principal is nil, the string "*", or a map of lists.
func (s Statement) principal() any {
	if len(s.Principals) == 0 {
		return nil
	}
	if _, anybody := s.Principals[Everyone]; anybody {
		return Everyone
	}
	out := make(map[string]list, len(s.Principals))
	for kind, names := range s.Principals {
		out[kind] = listOf(names)
	}
	return out
}

func (s Statement) everyone() bool {
	for kind, names := range s.Principals {
		if kind == Everyone || kind == "AWS" && slices.Contains(names, Everyone) {
			return true
		}
	}
	return false
}

// marshal is json.Marshal without the escapes of HTML, which AWS does not give back.
func marshal(v any) ([]byte, error) {
	var b bytes.Buffer
	enc := json.NewEncoder(&b)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return []byte(strings.TrimSuffix(b.String(), "\n")), nil
}
