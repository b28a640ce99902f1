package rule

import (
	"errors"
	"fmt"
	"maps"
	"slices"

	"redoubt/internal/nearest"
)

// OptionKind is what an option takes.
type OptionKind string

// The kinds of options; each is a type of JSON schema.
const (
	Integer OptionKind = "integer"
	Number  OptionKind = "number"
	Text    OptionKind = "string"
	Flag    OptionKind = "boolean"
	// TextList is a list of texts.
	TextList OptionKind = "array"
)

// Option is one setting of a rule. Its default must be in its bounds.
type Option struct {
	// Name is in camel case, such as minimumDays.
	Name string
	Kind OptionKind
	// Default is an int, float64, string, bool or []string, as the kind says.
	Default any
	// Describes says what it sets, with its unit.
	Describes string
	// Min and Max are bounds of a number; both zero means none.
	Min, Max float64
	// Enum are the texts that are taken; none takes all.
	Enum []string
}

// Schema is the JSON schema of the option.
func (o Option) Schema() map[string]any {
	out := map[string]any{"type": string(o.Kind), "description": o.Describes, "default": wire(o.Default)}
	if o.bounded() {
		out["minimum"], out["maximum"] = o.Min, o.Max
	}
	if len(o.Enum) > 0 {
		out["enum"] = wire(o.Enum)
	}
	if o.Kind == TextList {
		out["items"] = map[string]any{"type": "string"}
	}
	return out
}

func (o Option) bounded() bool { return o.Min != 0 || o.Max != 0 }

// wire is a value as JSON has it.
func wire(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case []string:
		out := make([]any, len(v))
		for n, s := range v {
			out[n] = s
		}
		return out
	}
	return v
}

func (o Option) validate() error {
	if o.Name == "" || o.Describes == "" {
		return fmt.Errorf("option %q has no name or no description", o.Name)
	}
	if err := o.check(wire(o.Default)); err != nil {
		return fmt.Errorf("the default: %w", err)
	}
	return nil
}

// check holds a value, as JSON has it, to the option.
func (o Option) check(v any) error {
	fits := false
	switch o.Kind {
	case Integer:
		n, ok := v.(float64)
		fits = ok && n == float64(int(n))
	case Number:
		_, fits = v.(float64)
	case Text:
		_, fits = v.(string)
	case Flag:
		_, fits = v.(bool)
	case TextList:
		list, ok := v.([]any)
		fits = ok && !slices.ContainsFunc(list, func(e any) bool { _, text := e.(string); return !text })
	}
	if !fits {
		return fmt.Errorf("%s is %v, want %s", o.Name, v, o.Kind)
	}
	if n, ok := v.(float64); ok && o.bounded() && (n < o.Min || n > o.Max) {
		return fmt.Errorf("%s is %v, want %v to %v", o.Name, n, o.Min, o.Max)
	}
	if s, ok := v.(string); ok && len(o.Enum) > 0 && !slices.Contains(o.Enum, s) {
		return fmt.Errorf("%s is %q, want %s", o.Name, s, nearest.List(o.Enum))
	}
	return nil
}

// Config is what is set for a rule, with its defaults.
type Config map[string]any

// Configure checks what was set for the rule, as JSON has it, and fills in the defaults.
func (r Rule) Configure(set map[string]any) (Config, error) {
	out := Config{}
	var names []string
	var errs []error
	for _, o := range r.Options {
		names = append(names, o.Name)
		out[o.Name] = wire(o.Default)
		if v, given := set[o.Name]; given {
			out[o.Name] = v
			errs = append(errs, o.check(v))
		}
	}
	for _, name := range slices.Sorted(maps.Keys(set)) {
		if !slices.Contains(names, name) {
			errs = append(errs, fmt.Errorf("%q is no option: %s", name, nearest.Hint(name, names)))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, fmt.Errorf("rule %q: %w", r.ID, err)
	}
	return out, nil
}

// Number is the option's number.
func (c Config) Number(name string) float64 { return option[float64](c, name) }

// Int is the option's whole number.
func (c Config) Int(name string) int { return int(c.Number(name)) }

// Text is the option's text.
func (c Config) Text(name string) string { return option[string](c, name) }

// True is the option's flag.
func (c Config) True(name string) bool { return option[bool](c, name) }

// Texts are the option's texts.
func (c Config) Texts(name string) []string {
	var out []string
	for _, v := range option[[]any](c, name) {
		out = append(out, v.(string))
	}
	return out
}

func option[T any](c Config, name string) T {
	v, ok := c[name].(T)
	if !ok {
		panic(fmt.Sprintf("option %q is %T: this is a bug", name, c[name]))
	}
	return v
}
