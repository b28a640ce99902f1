package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Late is a value of a call's input that nobody knows before the call is made,
// because AWS invents it on the way: the answer of another call holds it. The late values of a
// condition's call may stand in what the condition expects, too.
type Late struct {
	// Name stands in the input wherever the value belongs: late-, and what it is.
	Name string `json:"name"`
	// Call changes nothing; in its answer the value is at Path.
	Call Call `json:"call"`
	Path Path `json:"path"`
}

var lateName = regexp.MustCompile(`^late(-[a-z0-9]+)+$`)

// Filled returns the call with its late values in their places and none left
// to ask for. Values are texts, by name.
func (c Call) Filled(values map[string]string) Call {
	for _, l := range c.Late {
		c.Input, _ = filled(c.Input, l.Name, values[l.Name]).(Document)
	}
	c.Late = nil
	return c
}

// Filled returns the condition with the late values of its call in their places.
func (c Condition) Filled(values map[string]string) Condition {
	all := slices.Clone(c.All)
	for _, l := range c.Call.Late {
		for n := range all {
			all[n].Value = filled(all[n].Value, l.Name, values[l.Name])
		}
	}
	return Condition{Call: c.Call.Filled(values), All: all}
}

func filled(v any, name, value string) any {
	switch v := v.(type) {
	case string:
		return strings.ReplaceAll(v, name, value)
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, one := range v {
			out[key] = filled(one, name, value)
		}
		return out
	case []any:
		out := make([]any, len(v))
		for n, one := range v {
			out[n] = filled(one, name, value)
		}
		return out
	default:
		return v
	}
}

// Asks lists the calls that are made when the call is: those of its late values, and itself.
func (c Call) Asks() []Call {
	var out []Call
	for _, l := range c.Late {
		out = append(out, l.Call)
	}
	return append(out, c)
}

// checkLate names what is wrong with the late values. They stand in the input, or in what is expected.
func (c Call) checkLate(p Plan, at string, expected []Expect) []error {
	if len(c.Late) == 0 { // what is expected is looked at with the condition
		if _, err := written(c.Input); err != nil {
			return []error{fmt.Errorf("%s: %w", at, err)}
		}
		return nil
	}
	var errs []error
	raw, err := json.Marshal([]any{c.Input, expected})
	if err != nil {
		errs = append(errs, fmt.Errorf("%s: %w", at, err))
	}
	for _, l := range c.Late {
		bad := func(err error) { errs = append(errs, fmt.Errorf("%s: late value %q: %w", at, l.Name, err)) }
		if !lateName.MatchString(l.Name) {
			bad(errors.New("want late- and lower-case words joined by hyphens"))
		}
		if !strings.Contains(string(raw), l.Name) {
			bad(errors.New("it stands nowhere"))
		}
		if _, err := l.Path.parse(); err != nil {
			bad(err)
		}
		if len(l.Call.Late) > 0 {
			bad(errors.New("its call has late values of its own"))
		}
		for _, err := range l.Call.check(p, "call", nil) {
			bad(err)
		}
	}
	return errs
}
