package awsport

import (
	"errors"
	"fmt"
	"reflect"
	"slices"

	"redoubt/internal/awsdoc"
	"redoubt/recovery/plan"
)

// CheckPlan says which calls of a plan the port cannot make, and which
// conditions it could never tell, before anything is called.
func CheckPlan(p plan.Plan) error {
	var errs []error
	note := func(at string, err error) {
		if err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", at, err))
		}
	}
	for _, g := range p.Gates {
		if g.Condition != nil {
			note("gate "+g.ID, CheckCondition(*g.Condition))
		}
	}
	for _, s := range p.Steps {
		note("step "+s.ID, Check(s.Call))
		note("step "+s.ID, CheckCondition(s.Condition))
		if s.Undo != nil {
			note("undo of step "+s.ID, Check(*s.Undo))
		}
	}
	return errors.Join(errs...)
}

// Check says what is wrong with the call before it is made: an operation that
// the port does not have, or an input that is not the operation's.
func Check(c plan.Call) error {
	for _, l := range c.Late {
		text := plan.Condition{Call: l.Call, All: []plan.Expect{{Path: l.Path, Op: plan.Is, Value: ""}}}
		if err := CheckCondition(text); err != nil {
			return fmt.Errorf("late value %s: %w", l.Name, err)
		}
	}
	switch c.Kind {
	case plan.AWS:
	case plan.Kubernetes:
		_, err := readKubernetesInput(c.Input)
		return err
	default:
		return nil
	}
	o, known := registry[c.Service+"."+c.Operation]
	if !known {
		return fmt.Errorf("%s: the port does not have this operation", c)
	}
	if err := Codec.Decode(o.placed(c), reflect.New(o.input).Interface()); err != nil {
		return fmt.Errorf("%s: %w", c, err)
	}
	return nil
}

// CheckAnswer says what in an answer is none of the operation's.
func CheckAnswer(service, operation string, answer plan.Document) error {
	o, known := registry[service+"."+operation]
	if !known {
		return fmt.Errorf("%s.%s: the port does not have this operation", service, operation)
	}
	return Codec.Decode(answer, reflect.New(o.output).Interface())
}

// CheckCondition says what is wrong with a condition: its call, a path that
// leads to nothing in the operation's answer, or a value that is not of the
// kind of what the path leads to.
func CheckCondition(c plan.Condition) error {
	if err := Check(c.Call); err != nil || c.Call.Kind != plan.AWS {
		return err
	}
	output := registry[c.Call.Service+"."+c.Call.Operation].output
	var errs []error
	for _, e := range c.All {
		if err := checkExpect(output, e); err != nil {
			errs = append(errs, fmt.Errorf("%s: %s: %w", c.Call, e.Path, err))
		}
	}
	return errors.Join(errs...)
}

func checkExpect(output reflect.Type, e plan.Expect) error {
	parts, err := e.Path.Parts()
	if err != nil {
		return err
	}
	at, pointer := output, false
	for _, part := range parts {
		if at, pointer, err = follow(at, part); err != nil || at == attributeType {
			return err // the attributes of a table are the table's, not the API's
		}
	}
	return agrees(at, pointer, e)
}

// follow goes one part of a path further. Pointer tells whether AWS's answer
// tells a zero from nothing there.
func follow(at reflect.Type, part plan.Part) (to reflect.Type, pointer bool, err error) {
	switch {
	case part.Field != "" && at.Kind() == reflect.Map:
		to = at.Elem()
	case part.Field != "" && at.Kind() == reflect.Struct:
		if to, err = fieldOf(at, part.Field); err != nil {
			return nil, false, err
		}
	case part.Field != "":
		return nil, false, fmt.Errorf("%s is looked for in a %s", part.Field, at)
	case at.Kind() != reflect.Slice:
		return nil, false, fmt.Errorf("an entry is looked for in a %s", at)
	default:
		to = at.Elem()
		if part.Filter != "" {
			if err := filterOf(to, part); err != nil {
				return nil, false, err
			}
		}
	}
	if to.Kind() == reflect.Pointer {
		return to.Elem(), true, nil
	}
	return to, false, nil
}

func fieldOf(at reflect.Type, name string) (reflect.Type, error) {
	for _, m := range awsdoc.Members(at) {
		if m.Name == name {
			return m.Field.Type, nil
		}
	}
	return nil, fmt.Errorf("%s has no field %s", at, name)
}

// filterOf holds the filter of a list against what the list holds.
func filterOf(at reflect.Type, part plan.Part) error {
	to, _, err := follow(at, plan.Part{Field: part.Filter})
	if err != nil {
		return err
	}
	return sameKind(to, part.Value)
}

// agrees holds what is expected against what the path leads to. A truth or a
// number that the SDK keeps without a pointer is left out of the answer when it
// is zero, so the condition must say what nothing counts as.
func agrees(at reflect.Type, pointer bool, e plan.Expect) error {
	if err := sameKind(at, e.Value); err != nil {
		return err
	}
	if zero := at.Kind() != reflect.String && !pointer; zero && e.Missing == nil {
		return fmt.Errorf("the answer leaves a %s of zero out; say what a missing one counts as", at)
	}
	return nil
}

func sameKind(at reflect.Type, value any) error {
	var right bool
	switch at.Kind() {
	case reflect.String:
		text, is := value.(string)
		if right = is; is {
			return enumerated(at, text)
		}
	case reflect.Bool:
		_, right = value.(bool)
	case reflect.Int32, reflect.Int64, reflect.Float32, reflect.Float64:
		switch value.(type) {
		case int, float64:
			right = true
		}
	}
	if at == timeType {
		_, right = value.(string)
	}
	if !right {
		return fmt.Errorf("it is a %s, which %v is not", at, value)
	}
	return nil
}

// enumerated refuses a text that is none of the values of an enumeration.
func enumerated(at reflect.Type, text string) error {
	values := reflect.Zero(at).MethodByName("Values")
	if !values.IsValid() {
		return nil
	}
	var all []string
	list := values.Call(nil)[0]
	for n := range list.Len() {
		all = append(all, list.Index(n).String())
	}
	if !slices.Contains(all, text) {
		return fmt.Errorf("%q is none of %v", text, all)
	}
	return nil
}
