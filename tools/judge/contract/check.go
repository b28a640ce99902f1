package contract

import (
	"encoding/base64"
	"errors"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"redoubt/recovery/plan"
)

// Call says what is wrong with a call of AWS by the operation's model.
func (m *Models) Call(c plan.Call) error {
	model, err := m.Service(c.Service)
	if err != nil {
		return err
	}
	op, known := model.Operations[c.Operation]
	if !known {
		return fmt.Errorf("%s has no operation %s", c.Service, c.Operation)
	}
	in := c.Input
	if in == nil {
		in = plan.Document{}
	}
	in = maps.Clone(in)
	for _, name := range youngerInputs[c.Service+"."+c.Operation] {
		delete(in, name)
	}
	return model.value("input", in, op.Input.Shape)
}

// Answer says what in an answer is not as the operation's model has it.
func (m *Models) Answer(service, operation string, answer plan.Document) error {
	model, err := m.Service(service)
	if err != nil {
		return err
	}
	op, known := model.Operations[operation]
	if !known {
		return fmt.Errorf("%s has no operation %s", service, operation)
	}
	return model.value("answer", answer, op.Output.Shape)
}

// value holds a value of a document against a shape.
func (m *Model) value(at string, v any, name string) error {
	s := m.shape(name)
	switch s.Type {
	case "structure":
		return m.structure(at, v, s)
	case "list":
		return m.list(at, v, s)
	case "map":
		return m.mapping(at, v, s)
	case "string":
		return text(at, v, s)
	case "boolean":
		if _, ok := v.(bool); !ok {
			return fmt.Errorf("%s is %v, want true or false", at, v)
		}
		return nil
	case "timestamp":
		if t, ok := v.(string); ok {
			_, err := time.Parse(time.RFC3339, t)
			return err
		}
		return fmt.Errorf("%s is %v, want a time", at, v)
	case "blob":
		if t, ok := v.(string); ok {
			if _, err := base64.StdEncoding.DecodeString(t); err == nil || name == "Body" {
				return nil // an object's content is its text
			}
		}
		return fmt.Errorf("%s is %v, want bytes in base64", at, v)
	default:
		return number(at, v, s)
	}
}

// younger are members that AWS has added since the models were published. The
// SDK's own types, which internal/awsport checks every call against, have them:
// https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoverySpecification.html
var younger = []string{"PointInTimeRecoverySpecification.RecoveryPeriodInDays"}

// youngerInputs are such members of an operation's input; SourceRegion is one that
// the SDKs add, to sign a request of the other region with:
// https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_CreateGlobalCluster.html
var youngerInputs = map[string][]string{"rds.CreateGlobalCluster": {"Tags"}, "rds.CreateDBCluster": {"SourceRegion"}}

// last is the last part of where something stands.
func last(at string) string { return at[strings.LastIndex(at, ".")+1:] }

func (m *Model) structure(at string, v any, s *Shape) error {
	doc, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("%s is %v, want a document", at, v)
	}
	var errs []error
	for _, name := range s.Required {
		if _, there := doc[name]; !there && !s.Members[name].IdempotencyToken {
			errs = append(errs, fmt.Errorf("%s.%s is missing", at, name))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		member, known := s.Members[name]
		if slices.Contains(younger, last(at)+"."+name) {
			continue
		}
		if !known {
			errs = append(errs, fmt.Errorf("%s.%s is no member", at, name))
			continue
		}
		errs = append(errs, m.value(at+"."+name, doc[name], member.Shape))
	}
	return errors.Join(errs...)
}

func (m *Model) list(at string, v any, s *Shape) error {
	list, ok := v.([]any)
	if !ok {
		return fmt.Errorf("%s is %v, want a list", at, v)
	}
	errs := []error{within(at+" has", float64(len(list)), s)}
	for n, entry := range list {
		errs = append(errs, m.value(fmt.Sprintf("%s[%d]", at, n), entry, s.Member.Shape))
	}
	return errors.Join(errs...)
}

func (m *Model) mapping(at string, v any, s *Shape) error {
	doc, ok := v.(map[string]any)
	if !ok {
		return fmt.Errorf("%s is %v, want a document", at, v)
	}
	var errs []error
	for _, name := range slices.Sorted(maps.Keys(doc)) {
		errs = append(errs, m.value(at+" key", name, s.Key.Shape), m.value(at+"."+name, doc[name], s.Value.Shape))
	}
	return errors.Join(errs...)
}

func text(at string, v any, s *Shape) error {
	t, ok := v.(string)
	if !ok {
		return fmt.Errorf("%s is %v, want text", at, v)
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, t) {
		return fmt.Errorf("%s is %q, want one of %v", at, t, s.Enum)
	}
	if err := within(at+" has", float64(len([]rune(t))), s); err != nil {
		return err
	}
	if s.Pattern == "" {
		return nil
	}
	of, err := compiled(s.Pattern)
	if err != nil {
		return fmt.Errorf("%s: %w", at, err)
	}
	if !of.MatchString(t) {
		return fmt.Errorf("%s is %q, want %s", at, t, s.Pattern)
	}
	return nil
}

func number(at string, v any, s *Shape) error {
	n, ok := v.(float64)
	switch whole := s.Type == "integer" || s.Type == "long"; {
	case !ok:
		return fmt.Errorf("%s is %v, want a number", at, v)
	case whole && n != math.Trunc(n):
		return fmt.Errorf("%s is %v, want a whole number", at, n)
	}
	return within(at+" is", n, s)
}

func within(what string, n float64, s *Shape) error {
	if s.Min != nil && n < *s.Min || s.Max != nil && n > *s.Max {
		return fmt.Errorf("%s %v, want %s to %s", what, n, border(s.Min), border(s.Max))
	}
	return nil
}

func border(n *float64) string {
	if n == nil {
		return "any"
	}
	return fmt.Sprint(*n)
}
