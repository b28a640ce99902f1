package rule

import "slices"

// JudgeResource lets a resource rule judge one resource. Of a type that the rule
// is not about it says nothing.
func (r Rule) JudgeResource(res *Resource, c Config) []Finding {
	if r.Resource == nil || !slices.Contains(r.Resource.Types, res.Type) {
		return nil
	}
	var m met
	found := r.Resource.Check(res.view(&tracker{&m}), c)
	if m.any() && !slices.ContainsFunc(found, func(f Finding) bool { return f.Kind == NotJudged }) {
		found = append(found, Finding{Kind: NotJudged, Subject: res.Name, URN: res.URN, Message: unknownsOf(&m)})
	}
	return filled(found)
}

// Remediate returns the inputs of a resource to change, by path, so that the rule holds; nil changes nothing.
func (r Rule) Remediate(res *Resource, c Config) map[string]any {
	if r.Resource == nil || r.Resource.Remediate == nil || !slices.Contains(r.Resource.Types, res.Type) {
		return nil
	}
	var m met
	changes := r.Resource.Remediate(res.view(&tracker{&m}), c)
	if m.any() {
		return nil // nobody knows whether something is to be mended
	}
	return changes
}

// JudgeStack lets a stack rule judge the graph of a home.
func (r Rule) JudgeStack(g *Graph, c Config) []Finding {
	if r.Stack == nil {
		return nil
	}
	if g.System == nil && !r.Stack.WithoutSystem {
		return []Finding{{Kind: NotJudged, Subject: "the stack", Message: "the file of the system cannot be read"}}
	}
	g = g.fork()
	found := r.Stack.Check(g, c)
	g.end()
	return filled(append(found, g.closed...))
}

// filled gives each finding its kind and drops those that say the same.
func filled(found []Finding) []Finding {
	var out []Finding
	for _, f := range found {
		if f.Kind == "" {
			f.Kind = Violation
		}
		if !slices.Contains(out, f) {
			out = append(out, f)
		}
	}
	return out
}
