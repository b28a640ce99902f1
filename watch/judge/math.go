package judge

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"redoubt/watch"
)

// The metric math that the catalogue uses:
// https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
// A line without a value in a period has none in what is made from it, but in FILL and in MAX. What is divided by zero
// has no value.

// window is one period of one alarm.
type window struct {
	series  *Series
	queries []watch.Query
	// keys are those of the queries' metrics, where they are known already.
	keys   []string
	period time.Duration
	to     time.Time
	// quota is what SERVICE_QUOTA gives; ok is false where AWS knows none.
	quota func(watch.Metric) (float64, bool)
}

// line is the value of the query with an id.
func (w window) line(id string) (float64, bool, error) {
	for n, q := range w.queries {
		if q.ID != id {
			continue
		}
		if q.Expression == "" {
			v, ok := w.series.value(w.key(n), q.Statistic, w.to.Add(-w.period), w.to)
			return v, ok, nil
		}
		p := parser{window: w, text: strings.ReplaceAll(q.Expression, " ", "")}
		v, ok, err := p.sum()
		if err == nil && p.at < len(p.text) {
			err = fmt.Errorf("%q is left over", p.text[p.at:])
		}
		if err != nil {
			return 0, false, fmt.Errorf("expression %q: %w", q.Expression, err)
		}
		return v, ok && !math.IsNaN(v) && !math.IsInf(v, 0), nil
	}
	return 0, false, fmt.Errorf("no line has the id %q", id)
}

func (w window) key(n int) string {
	if w.keys != nil {
		return w.keys[n]
	}
	return Key(w.queries[n].Metric)
}

// before is the window of so many periods earlier.
func (w window) before(n int) window {
	w.to = w.to.Add(-time.Duration(n) * w.period)
	return w
}

// parser reads an expression and works it out at once.
type parser struct {
	window
	text string
	at   int
}

func (p *parser) next() byte {
	if p.at < len(p.text) {
		return p.text[p.at]
	}
	return 0
}

func (p *parser) want(c byte) error {
	if p.next() != c {
		return fmt.Errorf("want %q at %q", c, p.text[p.at:])
	}
	p.at++
	return nil
}

// sum is products with plus and minus between them, and perhaps a comparison.
func (p *parser) sum() (float64, bool, error) {
	v, ok, err := p.product()
	for err == nil && (p.next() == '+' || p.next() == '-' || p.next() == '>') {
		sign := p.next()
		p.at++
		more, has, wrong := p.product()
		err, ok = wrong, ok && has
		switch {
		case sign == '+':
			v += more
		case sign == '-':
			v -= more
		case v > more:
			v = 1
		default:
			v = 0
		}
	}
	return v, ok, err
}

func (p *parser) product() (float64, bool, error) {
	v, ok, err := p.term()
	for err == nil && (p.next() == '*' || p.next() == '/') {
		times := p.next() == '*'
		p.at++
		more, has, wrong := p.term()
		err, ok = wrong, ok && has
		if times {
			v *= more
		} else {
			v /= more
		}
	}
	return v, ok, err
}

// term is a number, the id of a line, a function, or what stands in brackets.
func (p *parser) term() (float64, bool, error) {
	if p.next() == '(' {
		p.at++
		v, ok, err := p.sum()
		if err != nil {
			return 0, false, err
		}
		return v, ok, p.want(')')
	}
	word := p.word()
	if word == "" {
		return 0, false, fmt.Errorf("want a value at %q", p.text[p.at:])
	}
	if v, err := strconv.ParseFloat(word, 64); err == nil {
		return v, true, nil
	}
	if p.next() != '(' {
		return p.line(word)
	}
	p.at++
	v, ok, err := p.function(word)
	if err != nil {
		return 0, false, err
	}
	return v, ok, p.want(')')
}

func (p *parser) word() string {
	from := p.at
	for p.at < len(p.text) && (p.text[p.at] == '.' || p.text[p.at] == '_' || p.text[p.at] >= '0' && p.text[p.at] <= '9' ||
		p.text[p.at]|0x20 >= 'a' && p.text[p.at]|0x20 <= 'z') {
		p.at++
	}
	return p.text[from:p.at]
}

func (p *parser) function(name string) (float64, bool, error) {
	switch name {
	case "FILL":
		v, ok, rest, err := p.two()
		if !ok {
			v = rest
		}
		return v, true, err
	case "IF":
		return p.choice()
	case "MAX":
		return p.most()
	case "DIFF":
		id := p.word()
		now, has, err := p.line(id)
		if err != nil {
			return 0, false, err
		}
		old, had, err := p.before(1).line(id)
		return now - old, has && had, err
	case "SERVICE_QUOTA":
		id := p.word()
		for _, q := range p.queries {
			if q.ID == id && p.quota != nil {
				v, ok := p.quota(q.Metric)
				return v, ok, nil
			}
		}
		return 0, false, nil
	}
	return 0, false, fmt.Errorf("function %s is not known here", name)
}

// two are a value and what stands in for it.
func (p *parser) two() (v float64, ok bool, rest float64, err error) {
	if v, ok, err = p.sum(); err != nil {
		return 0, false, 0, err
	}
	if err = p.want(','); err != nil {
		return 0, false, 0, err
	}
	rest, _, err = p.sum()
	return v, ok, rest, err
}

// choice is IF(condition, then, else).
func (p *parser) choice() (float64, bool, error) {
	type value struct {
		v  float64
		ok bool
	}
	var of [3]value
	for n := range of {
		if n > 0 {
			if err := p.want(','); err != nil {
				return 0, false, err
			}
		}
		v, ok, err := p.sum()
		if err != nil {
			return 0, false, err
		}
		of[n] = value{v, ok}
	}
	chosen := of[2]
	if of[0].v != 0 {
		chosen = of[1]
	}
	return chosen.v, of[0].ok && chosen.ok, nil
}

// most is MAX([a,b,...]): of those that have a value.
func (p *parser) most() (float64, bool, error) {
	if err := p.want('['); err != nil {
		return 0, false, err
	}
	highest, any := math.Inf(-1), false
	for {
		v, ok, err := p.sum()
		if err != nil {
			return 0, false, err
		}
		if ok {
			highest, any = max(highest, v), true
		}
		if p.next() != ',' {
			return highest, any, p.want(']')
		}
		p.at++
	}
}
