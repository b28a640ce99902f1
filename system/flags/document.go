// Package flags is the document of degradation levels, as AWS AppConfig keeps
// feature flags: the profile's content (Document) and what a reader of it gets
// (Values). It is pure: whoever deploys it and whoever obeys it share this
// package.
package flags

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
)

// ProfileType is the type of an AppConfig profile that holds a Document.
const ProfileType = "AWS.AppConfig.FeatureFlags"

// Version is the version of the document's schema:
// https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-type-reference-feature-flags.html
const Version = "1"

// Document is the content of a profile: which flags there are, and their values.
type Document struct {
	Version string                `json:"version"`
	Flags   map[string]Definition `json:"flags"`
	Values  Values                `json:"values"`
}

// Definition says what a flag is.
type Definition struct {
	Name        string               `json:"name"`
	Description string               `json:"description,omitempty"`
	Attributes  map[string]Attribute `json:"attributes,omitempty"`
}

// Attribute is a value that a flag carries besides being enabled.
type Attribute struct {
	Description string      `json:"description,omitempty"`
	Constraints Constraints `json:"constraints"`
}

// Constraints are what AppConfig holds an attribute's value to before it is deployed.
type Constraints struct {
	// Type is string, number, boolean or array.
	Type     string   `json:"type"`
	Required bool     `json:"required,omitempty"`
	Enum     []string `json:"enum,omitempty"`
	// Elements are the constraints of an array's elements.
	Elements *Constraints `json:"elements,omitempty"`
}

// Values are the flags as a reader gets them: the local agent of AppConfig
// answers with these alone
// (https://docs.aws.amazon.com/appconfig/latest/userguide/appconfig-integration-containers-agent-retrieving-data.html).
type Values map[string]Value

// Value is the state of one flag.
type Value struct {
	Enabled bool
	// Attributes are strings, numbers (float64), booleans or lists of them. AppConfig leaves
	// them out for a flag that is not enabled (assumed).
	Attributes map[string]any
}

// MarshalJSON puts enabled beside the attributes, as AppConfig has it.
func (v Value) MarshalJSON() ([]byte, error) { return json.Marshal(v.Map()) }

// Map is the value as one map, with enabled among the attributes.
func (v Value) Map() map[string]any {
	all := maps.Clone(v.Attributes)
	if all == nil {
		all = map[string]any{}
	}
	all["enabled"] = v.Enabled
	return all
}

// UnmarshalJSON reads what MarshalJSON writes. What AppConfig adds of its own,
// such as _createdAt, is left out.
func (v *Value) UnmarshalJSON(text []byte) error {
	all := map[string]any{}
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	read, err := ValueOf(all)
	*v = read
	return err
}

// ValueOf is the value that Map gives as a map.
func ValueOf(all map[string]any) (Value, error) {
	enabled, is := all["enabled"].(bool)
	if !is {
		return Value{}, fmt.Errorf("enabled is %v, want true or false", all["enabled"])
	}
	v := Value{Enabled: enabled, Attributes: map[string]any{}}
	for name, value := range all {
		if name != "enabled" && key.MatchString(name) {
			v.Attributes[name] = value
		}
	}
	return v, nil
}

// Encode is the document as canonical JSON: the same document gives the same bytes.
func (d Document) Encode() ([]byte, error) {
	if err := d.Validate(); err != nil {
		return nil, err
	}
	return json.Marshal(d)
}

// Decode reads the values of either form: a whole document, which it also
// validates, or the values alone.
func Decode(text []byte) (Values, error) {
	var form struct {
		Version *json.RawMessage `json:"version"`
		Flags   *json.RawMessage `json:"flags"`
	}
	if err := json.Unmarshal(text, &form); err != nil {
		return nil, fmt.Errorf("read flags: %w", err)
	}
	if form.Version == nil || form.Flags == nil {
		var v Values
		if err := json.Unmarshal(text, &v); err != nil {
			return nil, fmt.Errorf("read flags: %w", err)
		}
		return v, nil
	}
	var d Document
	if err := json.Unmarshal(text, &d); err != nil {
		return nil, fmt.Errorf("read flags: %w", err)
	}
	return d.Values, d.Validate()
}

// key is what AppConfig takes as the name of a flag or an attribute.
var key = regexp.MustCompile(`^[a-z][a-zA-Z\d_-]{0,63}$`)

// maxAttributes is how many attributes AppConfig takes for a flag.
const maxAttributes = 25

// Validate tells everything that AppConfig would refuse, all at once, in the order of the names.
func (d Document) Validate() error {
	var faults []error
	if d.Version != Version {
		faults = append(faults, fmt.Errorf("version is %q, want %q", d.Version, Version))
	}
	for _, name := range slices.Sorted(maps.Keys(d.Flags)) {
		value, told := d.Values[name]
		if !told {
			faults = append(faults, fmt.Errorf("flag %q has no value", name))
		}
		faults = append(faults, d.Flags[name].check(name, value, told)...)
	}
	for _, name := range slices.Sorted(maps.Keys(d.Values)) {
		if _, declared := d.Flags[name]; !declared {
			faults = append(faults, fmt.Errorf("value of %q, which is no flag", name))
		}
	}
	return errors.Join(faults...)
}

// check holds one flag, and its value where it has one.
func (f Definition) check(name string, value Value, told bool) []error {
	var faults []error
	fault := func(found bool, format string, args ...any) {
		if found {
			faults = append(faults, fmt.Errorf("flag %q"+format, append([]any{name}, args...)...))
		}
	}
	fault(!key.MatchString(name), ": want a lower-case letter, then up to 63 letters, digits, - or _")
	fault(f.Name == "", " has no name")
	fault(len(f.Attributes) > maxAttributes, " has %d attributes, want at most %d", len(f.Attributes), maxAttributes)
	for _, a := range slices.Sorted(maps.Keys(f.Attributes)) {
		fault(!key.MatchString(a) || a == "enabled", ": attribute %q cannot be called so", a)
		if told {
			what := fmt.Sprintf("flag %q: attribute %q", name, a)
			faults = append(faults, f.Attributes[a].Constraints.check(what, value.Attributes[a]))
		}
	}
	for _, a := range slices.Sorted(maps.Keys(value.Attributes)) {
		_, declared := f.Attributes[a]
		fault(!declared, " has a value for %q, which it does not declare", a)
	}
	return faults
}

// check holds one value to the constraints.
func (c Constraints) check(what string, value any) error {
	if value == nil {
		if c.Required {
			return fmt.Errorf("%s is missing", what)
		}
		return nil
	}
	switch v := value.(type) {
	case string:
		if c.Type == "string" && len(c.Enum) > 0 && !slices.Contains(c.Enum, v) {
			return fmt.Errorf("%s is %q, want one of %q", what, v, c.Enum)
		}
		return c.want(what, "string", value)
	case float64:
		return c.want(what, "number", value)
	case bool:
		return c.want(what, "boolean", value)
	case []any:
		faults := []error{c.want(what, "array", value)}
		for n, element := range v {
			if c.Elements != nil {
				faults = append(faults, c.Elements.check(fmt.Sprintf("%s[%d]", what, n), element))
			}
		}
		return errors.Join(faults...)
	default:
		return fmt.Errorf("%s is a %T, want a string, a float64, a bool or a []any", what, value)
	}
}

func (c Constraints) want(what, got string, value any) error {
	if c.Type != got {
		return fmt.Errorf("%s is %v, want a %s", what, value, c.Type)
	}
	return nil
}
