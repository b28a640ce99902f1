package world

import (
	"cmp"
	"regexp"
	"strconv"
	"strings"
)

// The part of DynamoDB's expression language that leases, ledgers and
// idempotency records are written in: comparisons, attribute_exists and
// attribute_not_exists, AND, OR, NOT and parentheses in conditions; SET with
// plus, minus and if_not_exists, and REMOVE, in updates. Everything else is
// refused, not guessed:
// https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Expressions.OperatorsAndFunctions.html

// term is a value of an item, or nil where there is none.
type term func(item Document) any

type parser struct {
	words []string
	in    Document
	err   error
}

var wordForm = regexp.MustCompile(`\s*([#:]?[A-Za-z0-9_]+|<>|<=|>=|[=<>(),+-])`)

func parse(text string, in Document) *parser {
	p := &parser{in: in}
	rest := text
	for strings.TrimSpace(rest) != "" {
		m := wordForm.FindStringSubmatchIndex(rest)
		if m == nil || m[0] != 0 {
			p.fail("%q", strings.TrimSpace(rest))
			return p
		}
		p.words = append(p.words, rest[m[2]:m[3]])
		rest = rest[m[1]:]
	}
	return p
}

func (p *parser) fail(format string, args ...any) {
	if p.err == nil {
		p.err = refuse(validation, "Invalid expression: Syntax error near "+format, args...)
	}
	p.words = nil
}

func (p *parser) peek() string {
	if len(p.words) == 0 {
		return ""
	}
	return p.words[0]
}

// take consumes the next word when it is the wanted one.
func (p *parser) take(want string) bool {
	if len(p.words) == 0 || !strings.EqualFold(p.words[0], want) {
		return false
	}
	p.words = p.words[1:]
	return true
}

func (p *parser) next() string {
	w := p.peek()
	if w == "" {
		p.fail("the end")
		return ""
	}
	p.words = p.words[1:]
	return w
}

func (p *parser) need(want string) {
	if !p.take(want) {
		p.fail("%q, want %q", p.peek(), want)
	}
}

// conditionOf compiles a condition; in holds the names and values it refers to.
func conditionOf(text string, in Document) (func(Document) bool, error) {
	p := parse(text, in)
	out := p.or()
	if p.err == nil && len(p.words) > 0 {
		p.fail("%q", p.peek())
	}
	return out, p.err
}

func (p *parser) or() func(Document) bool {
	left := p.and()
	for p.take("OR") {
		l, r := left, p.and()
		left = func(i Document) bool { return l(i) || r(i) }
	}
	return left
}

func (p *parser) and() func(Document) bool {
	left := p.not()
	for p.take("AND") {
		l, r := left, p.not()
		left = func(i Document) bool { return l(i) && r(i) }
	}
	return left
}

func (p *parser) not() func(Document) bool {
	if p.take("NOT") {
		inner := p.not()
		return func(i Document) bool { return !inner(i) }
	}
	if p.take("(") {
		inner := p.or()
		p.need(")")
		return inner
	}
	for name, present := range map[string]bool{"attribute_exists": true, "attribute_not_exists": false} {
		if p.take(name) {
			p.need("(")
			path := p.term()
			p.need(")")
			return func(i Document) bool { return (path(i) != nil) == present }
		}
	}
	return p.comparison()
}

var comparisons = map[string]func(int) bool{
	"=":  func(c int) bool { return c == 0 },
	"<>": func(c int) bool { return c != 0 },
	"<":  func(c int) bool { return c < 0 },
	"<=": func(c int) bool { return c <= 0 },
	">":  func(c int) bool { return c > 0 },
	">=": func(c int) bool { return c >= 0 },
}

func (p *parser) comparison() func(Document) bool {
	left := p.term()
	sign := p.next()
	holds, known := comparisons[sign]
	if !known {
		p.fail("%q, want a comparison", sign)
	}
	right := p.term()
	return func(i Document) bool {
		a, b := left(i), right(i)
		if a == nil || b == nil {
			return false
		}
		if typeOf(a) != typeOf(b) {
			return sign == "<>"
		}
		return holds(compare(a, b))
	}
}

// term reads an attribute, a placeholder of one, or a value.
func (p *parser) term() term {
	w := p.next()
	switch {
	case strings.HasPrefix(w, ":"):
		values, _ := p.in["ExpressionAttributeValues"].(map[string]any)
		v, ok := values[w]
		if !ok {
			p.fail("%q: an expression attribute value is not defined", w)
		}
		return func(Document) any { return v }
	case strings.HasPrefix(w, "#"):
		names, _ := p.in["ExpressionAttributeNames"].(map[string]any)
		name, ok := names[w].(string)
		if !ok {
			p.fail("%q: an expression attribute name is not defined", w)
		}
		return func(i Document) any { return i[name] }
	case w == "" || strings.ContainsAny(w, "<>=(),+-"):
		p.fail("%q, want an attribute at the top of the item", w)
	}
	return func(i Document) any { return i[w] }
}

// typeOf is the type of an attribute value, such as S or N.
func typeOf(v any) string {
	m, _ := v.(map[string]any)
	for name := range m {
		return name
	}
	return ""
}

// compare orders two attribute values of one type: numbers by size, texts by bytes.
func compare(a, b any) int {
	x, _ := a.(map[string]any)
	y, _ := b.(map[string]any)
	kind := typeOf(a)
	if kind == "N" {
		return cmp.Compare(numOr(x, kind, 0), numOr(y, kind, 0))
	}
	return strings.Compare(text(x[kind]), text(y[kind]))
}

// updateOf compiles an update.
func updateOf(text string, in Document) (func(Document) (Document, error), error) {
	p := parse(text, in)
	var steps []func(old, new Document) error
	for len(p.words) > 0 {
		switch {
		case p.take("SET"):
			for more := true; more; more = p.take(",") {
				steps = append(steps, p.assignment())
			}
		case p.take("REMOVE"):
			for more := true; more; more = p.take(",") {
				name := p.name()
				steps = append(steps, func(_, new Document) error { delete(new, name); return nil })
			}
		default:
			p.fail("%q, want SET or REMOVE", p.peek())
		}
	}
	return func(item Document) (Document, error) {
		changed := copyDoc(item)
		for _, step := range steps {
			if err := step(item, changed); err != nil {
				return nil, err
			}
		}
		return changed, nil
	}, p.err
}

// name reads the name of an attribute.
func (p *parser) name() string {
	w := p.next()
	if !strings.HasPrefix(w, "#") {
		return w
	}
	names, _ := p.in["ExpressionAttributeNames"].(map[string]any)
	name, ok := names[w].(string)
	if !ok {
		p.fail("%q: an expression attribute name is not defined", w)
	}
	return name
}

func (p *parser) assignment() func(old, new Document) error {
	name := p.name()
	p.need("=")
	value := p.operand()
	sign := 0.0
	switch {
	case p.take("+"):
		sign = 1
	case p.take("-"):
		sign = -1
	}
	var other term
	if sign != 0 {
		other = p.operand()
	}
	return func(old, new Document) error {
		v := value(old)
		if v == nil {
			return refuse(validation, "The provided expression refers to an attribute that does not exist in the item")
		}
		if other == nil {
			new[name] = copyValue(v)
			return nil
		}
		w := other(old)
		if w == nil || typeOf(v) != "N" || typeOf(w) != "N" {
			return refuse(validation, "An operand in the update expression has an incorrect data type")
		}
		sum := numOr(v.(map[string]any), "N", 0) + sign*numOr(w.(map[string]any), "N", 0)
		new[name] = Document{"N": strconv.FormatFloat(sum, 'f', -1, 64)}
		return nil
	}
}

// operand is a term, or if_not_exists(attribute, operand).
func (p *parser) operand() term {
	if !p.take("if_not_exists") {
		return p.term()
	}
	p.need("(")
	have := p.term()
	p.need(",")
	otherwise := p.operand()
	p.need(")")
	return func(i Document) any {
		if v := have(i); v != nil {
			return v
		}
		return otherwise(i)
	}
}
