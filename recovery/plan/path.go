package plan

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"sync"
)

// jmesField writes a field as it is, or in quotes when it is no plain word.
func jmesField(name string) string {
	if fieldPart.FindString(name) == name {
		return name
	}
	return `"` + name + `"`
}

// Path leads to one value in a document: fields joined by dots (one that is no
// plain word in quotes), [n] for the
// nth entry of a list and [?field==value] for the first entry whose field has
// the value, a JSON string, number or truth. An example is
// MetricAlarms[?AlarmName=="taken"].StateValue. It is a subset of JMESPath.
type Path string

// segment is one part of a path: exactly one of a field, an index and a filter.
type segment struct {
	field  string
	index  int
	filter string
	value  any
}

var (
	fieldPart  = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*`)
	quotedPart = regexp.MustCompile(`^"[^"\\]+"`)
	indexPart  = regexp.MustCompile(`^\[([0-9]{1,9})\]`)
	filterPart = regexp.MustCompile(`^\[\?([A-Za-z_][A-Za-z0-9_]*)==("(?:[^"\\]|\\.)*"|-?[0-9.]+|true|false)\]`)
)

// parsed are the paths that were taken apart before: those of plans, which are few.
var parsed sync.Map // of Path to []segment

// parse takes the path apart, once.
func (p Path) parse() ([]segment, error) {
	if known, has := parsed.Load(p); has {
		return known.([]segment), nil
	}
	segments, err := p.segments()
	if err == nil {
		parsed.Store(p, segments)
	}
	return segments, err
}

// segments takes the path apart. It refuses what JMESPath would read differently.
func (p Path) segments() ([]segment, error) {
	rest, segments := string(p), []segment(nil)
	for rest != "" {
		s, size, err := next(rest, len(segments) == 0)
		if err != nil {
			return nil, fmt.Errorf("path %q: at %q: %w", p, rest, err)
		}
		segments, rest = append(segments, s), rest[size:]
	}
	if len(segments) == 0 {
		return nil, errors.New("path is empty")
	}
	return segments, nil
}

func next(rest string, first bool) (segment, int, error) {
	if m := indexPart.FindStringSubmatch(rest); m != nil {
		n, err := strconv.Atoi(m[1])
		return segment{index: n}, len(m[0]), err
	}
	if m := filterPart.FindStringSubmatch(rest); m != nil {
		var value any
		err := json.Unmarshal([]byte(m[2]), &value)
		return segment{filter: m[1], value: value}, len(m[0]), err
	}
	dot := 0
	if !first {
		if rest[0] != '.' {
			return segment{}, 0, errors.New("want a dot, [n] or [?field==value]")
		}
		dot = 1
	}
	if quoted := quotedPart.FindString(rest[dot:]); quoted != "" {
		return segment{field: strings.Trim(quoted, `"`)}, dot + len(quoted), nil
	}
	field := fieldPart.FindString(rest[dot:])
	if field == "" {
		return segment{}, 0, errors.New("want a field")
	}
	return segment{field: field}, dot + len(field), nil
}

// Part is one part of a path: a field, or a place in a list.
type Part struct {
	// Field is the name of a field; empty is the entry of a list.
	Field string
	// Filter is the field of the entry that is looked for; empty is an index.
	Filter string
	// Value is what the field of a filter must be.
	Value any
}

// Parts takes the path apart, for those who hold it against a model.
func (p Path) Parts() ([]Part, error) {
	segments, err := p.parse()
	if err != nil {
		return nil, err
	}
	out := make([]Part, 0, len(segments))
	for _, s := range segments {
		out = append(out, Part{Field: s.field, Filter: s.filter, Value: s.value})
	}
	return out, nil
}

// Find returns the value that the path leads to. It is false when something
// on the way is missing, null or of another shape. A path that does not parse is
// a programmer's error, caught by New, and finds nothing.
func (p Path) Find(in any) (any, bool) {
	segments, err := p.parse()
	if err != nil {
		return nil, false
	}
	at := in
	for _, s := range segments {
		if at = s.step(at); at == nil {
			return nil, false
		}
	}
	return at, true
}

func (s segment) step(at any) any {
	if s.field != "" {
		doc, _ := at.(map[string]any)
		return doc[s.field]
	}
	list, _ := at.([]any)
	if s.filter == "" {
		if s.index < len(list) {
			return list[s.index]
		}
		return nil
	}
	for _, entry := range list {
		if doc, ok := entry.(map[string]any); ok && s.fits(doc[s.filter]) {
			return entry
		}
	}
	return nil
}

// fits reports whether a filter lets a value through. It wants a string, a number or a truth.
func (s segment) fits(v any) bool {
	switch v.(type) {
	case string, float64, bool:
		return v == s.value
	}
	return false
}

// JMESPath renders the path as the AWS command line's --query takes it.
func (p Path) JMESPath() string {
	segments, err := p.parse()
	if err != nil {
		return string(p)
	}
	var b strings.Builder
	for i, s := range segments {
		switch {
		case s.filter != "":
			// The pipe ends the projection, so that what follows is of the one entry.
			fmt.Fprintf(&b, "[?%s==%s] | [0]", s.filter, jmesLiteral(s.value))
		case s.field == "":
			fmt.Fprintf(&b, "[%d]", s.index)
		case i == 0:
			b.WriteString(jmesField(s.field))
		default:
			b.WriteString("." + jmesField(s.field))
		}
	}
	return b.String()
}

func jmesLiteral(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return "``" // a string, number or truth always has a form
	}
	return "`" + strings.ReplaceAll(string(raw), "`", "\\`") + "`"
}

// JSONPath renders the path as kubectl's output format takes it:
// https://kubernetes.io/docs/reference/kubectl/jsonpath/
func (p Path) JSONPath() string {
	segments, err := p.parse()
	if err != nil {
		return string(p)
	}
	var b strings.Builder
	for _, s := range segments {
		switch {
		case s.filter != "":
			fmt.Fprintf(&b, "[?(@.%s==%s)]", s.filter, jsonText(s.value))
		case s.field == "":
			fmt.Fprintf(&b, "[%d]", s.index)
		default:
			b.WriteString("." + strings.ReplaceAll(s.field, ".", `\.`))
		}
	}
	return "{" + b.String() + "}"
}

func jsonText(v any) string {
	raw, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprint(v)
	}
	return string(raw)
}
