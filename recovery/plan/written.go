package plan

import (
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"slices"
)

// written is the plan as it is after being written as JSON and read, with documents of its own: what is empty and left out
// there is nil.
func (p Plan) written() (Plan, error) {
	var err error
	p.Regions, p.Endpoints = maps.Clone(p.Regions), orNil(maps.Clone(p.Endpoints))
	if len(p.Gates) == 0 {
		p.Gates = nil
	}
	p.Gates, p.Steps = slices.Clone(p.Gates), slices.Clone(p.Steps)
	for n := range p.Gates {
		if c := p.Gates[n].Condition; c != nil {
			own, err := c.written()
			if err != nil {
				return p, fmt.Errorf("gate %s: %w", p.Gates[n].ID, err)
			}
			p.Gates[n].Condition = &own
		}
	}
	for n := range p.Steps {
		if p.Steps[n], err = p.Steps[n].written(); err != nil {
			return p, fmt.Errorf("step %s: %w", p.Steps[n].ID, err)
		}
	}
	return p, nil
}

func (s Step) written() (Step, error) {
	s.Needs = slices.Clone(s.Needs)
	if len(s.Needs) == 0 {
		s.Needs = nil
	}
	var err error
	if s.Call, err = s.Call.written(); err != nil {
		return s, err
	}
	if s.Condition, err = s.Condition.written(); err != nil {
		return s, err
	}
	if s.Undo != nil {
		own, err := s.Undo.written()
		if err != nil {
			return s, err
		}
		s.Undo = &own
	}
	return s, nil
}

func (c Call) written() (Call, error) {
	in, err := written(map[string]any(c.Input))
	if err != nil {
		return c, fmt.Errorf("%s: %w", c, err)
	}
	c.Input, _ = in.(map[string]any)
	c.Input = orNil(c.Input)
	late := c.Late
	c.Late = nil
	for _, l := range late {
		if l.Call, err = l.Call.written(); err != nil {
			return c, err
		}
		c.Late = append(c.Late, l)
	}
	return c, nil
}

func (c Condition) written() (Condition, error) {
	var err error
	if c.Call, err = c.Call.written(); err != nil {
		return c, err
	}
	c.All = slices.Clone(c.All)
	for n := range c.All {
		e := &c.All[n]
		if e.Value, err = written(e.Value); err != nil {
			return c, err
		}
		if e.Missing, err = written(e.Missing); err != nil {
			return c, err
		}
	}
	return c, nil
}

// orNil is nil in the place of a map that is empty.
func orNil[M ~map[K]V, K comparable, V any](m M) M {
	if len(m) == 0 {
		return nil
	}
	return m
}

// normal is v as it looks after being written and read: maps, lists, strings, truths and float64. It may be v itself.
func normal(v any) (any, error) {
	if isNormal(v) {
		return v, nil // most answers are so already
	}
	return written(v)
}

// written is a copy of v as it looks after being written and read.
func written(v any) (any, error) {
	switch v := v.(type) {
	case nil, string, bool:
		return v, nil
	case int:
		return float64(v), nil
	case float64:
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("%v is no number", v)
		}
		return v, nil
	case map[string]any:
		if v == nil {
			return nil, nil //nolint:nilnil // that is what null is read as
		}
		out := make(map[string]any, len(v))
		for name, one := range v {
			var err error
			if out[name], err = written(one); err != nil {
				return nil, err
			}
		}
		return out, nil
	case []any:
		if v == nil {
			return nil, nil //nolint:nilnil // that is what null is read as
		}
		out := make([]any, len(v))
		for n, one := range v {
			var err error
			if out[n], err = written(one); err != nil {
				return nil, err
			}
		}
		return out, nil
	}
	raw, err := json.Marshal(v)
	if err != nil {
		return nil, err
	}
	var out any
	err = json.Unmarshal(raw, &out)
	return out, err
}

// isNormal reports whether v looks already as it would after being written and
// read, which spares most answers the way through text.
func isNormal(v any) bool {
	switch v := v.(type) {
	case nil, string, bool:
		return true
	case float64:
		return !math.IsNaN(v) && !math.IsInf(v, 0)
	case map[string]any:
		for _, one := range v {
			if !isNormal(one) {
				return false
			}
		}
		return true
	case []any:
		return !slices.ContainsFunc(v, func(one any) bool { return !isNormal(one) })
	}
	return false
}
