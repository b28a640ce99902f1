package iam

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"regexp"
	"strings"
)

// Document is a policy document as AWS reads it.
type Document struct {
	Version    string     `json:"Version"`
	ID         string     `json:"Id,omitempty"`
	Statements statements `json:"Statement"`
}

// Statement is one statement of a document.
type Statement struct {
	Sid          string                      `json:"Sid"`
	Effect       string                      `json:"Effect"`
	Principal    json.RawMessage             `json:"Principal"`
	NotPrincipal json.RawMessage             `json:"NotPrincipal"`
	Action       words                       `json:"Action"`
	NotAction    words                       `json:"NotAction"`
	Resource     words                       `json:"Resource"`
	NotResource  words                       `json:"NotResource"`
	Condition    map[string]map[string]words `json:"Condition"`
}

// statements is a list, or the only one.
type statements []Statement

// UnmarshalJSON reads a list of statements or one.
func (s *statements) UnmarshalJSON(raw []byte) error {
	return oneOrMore(raw, '{', (*[]Statement)(s))
}

// words is a list of texts, or the only one.
type words []string

// UnmarshalJSON reads a list of texts or one.
func (w *words) UnmarshalJSON(raw []byte) error { return oneOrMore(raw, '"', (*[]string)(w)) }

func oneOrMore[T any](raw []byte, one byte, into *[]T) error {
	if len(raw) > 0 && raw[0] == one {
		*into = make([]T, 1)
		return strict(raw, &(*into)[0])
	}
	return strict(raw, into)
}

func strict(raw []byte, into any) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.DisallowUnknownFields()
	if err := decoder.Decode(into); err != nil {
		return err
	}
	if _, err := decoder.Token(); !errors.Is(err, io.EOF) {
		return errors.New("more follows after the document")
	}
	return nil
}

// Kind tells where a document stands, which decides what it must contain.
type Kind string

// The kinds of a document.
const (
	// Identity says what a role may do.
	Identity Kind = "identity"
	// Trust says who may take a role.
	Trust Kind = "trust"
	// Resource says who may do what to the resource that holds it.
	Resource Kind = "resource"
	// Perimeter is what a VPC endpoint lets through: it grants nothing itself, so
	// it may let every action through.
	// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
	Perimeter Kind = "perimeter"
)

// longest is what AWS takes of a kind in characters without white space: of a
// role's inline policies together, of a trust policy by default, and of the
// largest resource policy here, a key's:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
// https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
// https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-limits-endpoints.html
var longest = map[Kind]int{Identity: 10240, Trust: 2048, Resource: 32768, Perimeter: 20480}

var (
	sid      = regexp.MustCompile(`^[0-9A-Za-z]*$`)
	operator = regexp.MustCompile(`^(ForAllValues:|ForAnyValue:)?(String(Not)?(Equals|EqualsIgnoreCase|Like)|` +
		`(Numeric|Date)((Not)?Equals|(Less|Greater)Than(Equals)?)|Bool|BinaryEquals|(Not)?IpAddress|` +
		`Arn(Not)?(Equals|Like))(IfExists)?$|^Null$`)
)

// Read reads a document and returns the faults of its grammar:
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
func Read(kind Kind, raw string) (Document, []error) {
	var d Document
	if err := strict([]byte(raw), &d); err != nil {
		return d, []error{err}
	}
	var faults []error
	if d.Version != "2012-10-17" {
		faults = append(faults, fmt.Errorf("version is %q, want 2012-10-17", d.Version))
	}
	if len(d.Statements) == 0 {
		faults = append(faults, errors.New("there is no statement"))
	}
	if n := len(strings.Join(strings.Fields(raw), "")); n > longest[kind] {
		faults = append(faults, fmt.Errorf("has %d characters, want at most %d", n, longest[kind]))
	}
	met := map[string]bool{}
	for i, s := range d.Statements {
		if s.Sid != "" && met[s.Sid] {
			faults = append(faults, fmt.Errorf("%s: the sid is used twice", s.name(i)))
		}
		met[s.Sid] = true
		for _, fault := range s.grammar(kind) {
			faults = append(faults, fmt.Errorf("%s: %s", s.name(i), fault))
		}
	}
	return d, faults
}

func (s Statement) name(i int) string {
	if s.Sid != "" {
		return "statement " + s.Sid
	}
	return fmt.Sprintf("statement %d", i+1)
}

// grammar lists what is wrong with a statement whatever its actions are.
func (s Statement) grammar(kind Kind) (faults []string) {
	check := func(right bool, fault string) {
		if !right {
			faults = append(faults, fault)
		}
	}
	check(sid.MatchString(s.Sid), "the sid has other characters than letters and digits")
	check(s.Effect == "Allow" || s.Effect == "Deny", "the effect is "+s.Effect)
	check((len(s.Action) > 0) != (len(s.NotAction) > 0), "want either Action or NotAction")
	named, resources := s.Principal != nil || s.NotPrincipal != nil, len(s.Resource)+len(s.NotResource) > 0
	switch kind {
	case Identity:
		check(!named, "a role's policy names no principal")
		check(resources, "there is no resource")
	case Trust:
		check(named, "there is no principal")
		check(!resources, "a trust policy names no resource")
	case Resource, Perimeter:
		check(named, "there is no principal")
		check(resources, "there is no resource")
	}
	for name, keys := range s.Condition {
		check(operator.MatchString(name), "there is no condition operator "+name)
		check(len(keys) > 0, "the condition "+name+" is empty")
	}
	return faults
}
