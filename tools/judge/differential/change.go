package differential

import (
	"maps"
	"regexp"
	"slices"
	"strings"

	"redoubt/tools/judge/upstream"
)

// changes asks what changes of the created resource do: nothing at all, every
// accepted mutation, every value replaced by another valid one, and the way
// back from everything that was added.
func (a *asker) changes(prior upstream.State, accepted []Mutation) error {
	if err := a.change(nil, a.base.Inputs, prior, a.base.Inputs); err != nil {
		return err
	}
	for _, m := range accepted {
		in, _ := m.Apply(a.base.Inputs)
		if err := a.change(m.At, m.To, prior, in); err != nil {
			return err
		}
		if m.Kind == Added {
			if err := a.back(m, in); err != nil {
				return err
			}
		}
	}
	return a.others(prior)
}

// back asks what taking an added property away again does.
func (a *asker) back(m Mutation, in map[string]any) error {
	_, created, err := a.judged.Upstream(a.ctx, in)
	if err != nil || created == nil {
		return err
	}
	return a.change(m.At, drop, upstream.Applied(created), a.base.Inputs)
}

// others replaces every value of the base by another one that is valid.
func (a *asker) others(prior upstream.State) error {
	var failed error
	walk(a.base.Inputs, nil, func(at Path, v any) {
		for _, to := range alternatives(v, a.words[at.Pattern()]) {
			if failed != nil {
				return
			}
			in := editMap(a.base.Inputs, at, to)
			verdict, _, err := a.judged.Upstream(a.ctx, in)
			if failed = err; err != nil || verdict.Says != Accepted {
				continue
			}
			failed = a.change(at, to, prior, in)
		}
	})
	return failed
}

// change asks both judges what the new inputs do to the prior state. Inputs
// that a judge refuses are not put to it.
func (a *asker) change(at Path, to any, prior upstream.State, in map[string]any) error {
	theirs, err := a.judged.UpstreamChange(a.ctx, prior, in)
	if err != nil {
		return err
	}
	if theirs.Says == Refused || a.judged.Simulator(in).Says == Refused {
		return nil // whether inputs are refused was asked before
	}
	ours, err := a.judged.SimulatorChange(prior, in)
	if err != nil {
		return err
	}
	a.add(Changed, at, to, theirs, ours)
	return nil
}

// alternatives lists values that differ from v and may be valid in its place.
func alternatives(v any, words []any) []any {
	var out []any
	switch v := v.(type) {
	case bool:
		out = []any{!v}
	case float64:
		out = []any{v + 1, v * 2, v - 1}
	case string:
		out = append(out, vary(v), strings.Replace(v, "Allow", "Deny", 1), strings.Replace(v, ":", ": ", 1))
		out = append(out, words...)
	case []any:
		out = lists(v)
	case map[string]any:
		more := maps.Clone(v)
		more["Another"] = "one"
		out = []any{more}
	}
	var met []string
	return slices.DeleteFunc(out, func(one any) bool {
		text := show(one)
		known := text == show(v) || slices.Contains(met, text)
		met = append(met, text)
		return known
	})
}

// vary changes the last letter or digit, which keeps most forms valid.
func vary(s string) string {
	runes := []rune(s)
	for i, r := range slices.Backward(runes) {
		switch {
		case r == '9' || r == 'z' || r == 'Z':
			runes[i] = r - 1
		case r >= '0' && r < '9', r >= 'a' && r < 'z', r >= 'A' && r < 'Z':
			runes[i] = r + 1
		default:
			continue
		}
		return string(runes)
	}
	return s
}

func lists(v []any) []any {
	if len(v) == 0 {
		return nil
	}
	backwards := slices.Clone(v)
	slices.Reverse(backwards)
	out := []any{v[:len(v)-1], backwards}
	if s, ok := v[len(v)-1].(string); ok {
		out = append(out, append(v[:len(v):len(v)], vary(s)))
	}
	return out
}

var (
	listed = regexp.MustCompile(`(?:one of:?|Valid Values:) \[([^\]]*)\]`)
	quoted = regexp.MustCompile(`"([^"]*)"`)
)

// namedValues reads the values that a refusal says it wants.
func namedValues(reason string) []any {
	found := listed.FindStringSubmatch(reason)
	if found == nil {
		return nil
	}
	var out []any
	for _, match := range quoted.FindAllStringSubmatch(found[1], 4) {
		out = append(out, match[1])
	}
	if out == nil {
		for _, word := range strings.Fields(strings.ReplaceAll(found[1], ",", " ")) {
			out = append(out, word)
		}
	}
	return out[:min(len(out), 4)]
}
