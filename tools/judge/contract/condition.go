package contract

import (
	"errors"
	"fmt"
	"slices"

	"redoubt/recovery/plan"
)

// Condition says what is wrong with the call of a condition, and which of its
// paths lead to nothing that the operation's answer can hold.
func (m *Models) Condition(c plan.Condition) error {
	if err := m.Call(c.Call); err != nil {
		return err
	}
	model, err := m.Service(c.Call.Service)
	if err != nil {
		return err
	}
	output := model.Operations[c.Call.Operation].Output.Shape
	var errs []error
	for _, e := range c.All {
		if err := model.expect(output, e); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", e.Path, err))
		}
	}
	return errors.Join(errs...)
}

func (m *Model) expect(output string, e plan.Expect) error {
	parts, err := e.Path.Parts()
	if err != nil {
		return err
	}
	at := output
	for _, part := range parts {
		if at, err = m.follow(at, part); err != nil {
			return err
		}
	}
	return m.comparable(at, e.Value)
}

func (m *Model) follow(at string, part plan.Part) (string, error) {
	s := m.shape(at)
	switch {
	case part.Field != "" && s.Type == "map":
		return s.Value.Shape, m.value("key", part.Field, s.Key.Shape)
	case part.Field != "" && s.Type == "structure":
		member, known := s.Members[part.Field]
		if !known {
			return "", fmt.Errorf("%s has no member %s", at, part.Field)
		}
		return member.Shape, nil
	case part.Field == "" && s.Type == "list" && part.Filter == "":
		return s.Member.Shape, nil
	case part.Field == "" && s.Type == "list":
		of, err := m.follow(s.Member.Shape, plan.Part{Field: part.Filter})
		if err != nil {
			return "", err
		}
		return s.Member.Shape, m.comparable(of, part.Value)
	default:
		return "", fmt.Errorf("%s is a %s, so nothing is found in it", at, s.Type)
	}
}

// comparable says whether a value is one that the shape can have.
func (m *Model) comparable(at string, value any) error {
	if n, ok := value.(int); ok {
		value = float64(n)
	}
	if slices.Contains([]string{"structure", "list", "map", "blob"}, m.shape(at).Type) {
		return fmt.Errorf("%s is a %s, which no value is compared with", at, m.shape(at).Type)
	}
	return m.value(at, value, at)
}
