package rule

import "fmt"

// Least holds a number that is an input to at least what an option of the rule says.
type Least struct {
	// Path is the input, Option the name of the rule's option.
	Path, Option string
	// IfSet is true where AWS takes the highest number when none is set. Otherwise one that is not set is 0.
	IfSet bool
	// Mends is true where the number may be set for whoever runs.
	Mends bool
}

// Of is the rule about resources of the types.
func (l Least) Of(types ...string) *ResourceRule {
	out := &ResourceRule{Types: types, Check: func(r *Resource, c Config) []Finding {
		return r.wantLeast(l.Path, l.holds(r, c), c.Int(l.Option))
	}}
	if l.Mends {
		out.Remediate = func(r *Resource, c Config) map[string]any {
			return Mend(l.holds(r, c), l.Path, c.Int(l.Option))
		}
	}
	return out
}

func (l Least) holds(r *Resource, c Config) bool {
	return l.IfSet && !r.Exists(l.Path) || r.Int(l.Path) >= c.Int(l.Option)
}

// WantLeast is Want of a number that is at least so high; one that is not set is 0.
func (r *Resource) WantLeast(path string, least int) []Finding {
	return r.wantLeast(path, r.Int(path) >= least, least)
}

func (r *Resource) wantLeast(path string, holds bool, least int) []Finding {
	return r.Want(path, holds, fmt.Sprintf("at least %d", least))
}

// OneTo is a rule that holds a number of each resource of the types between 1 and what an option of the rule says. One
// that is not set is refused.
func OneTo(path, option string, types ...string) *ResourceRule {
	return &ResourceRule{Types: types, Check: func(r *Resource, c Config) []Finding {
		return r.WantOneTo(path, c.Int(option))
	}}
}

// WantOneTo is Want of a number between 1 and the most; one that is not set is 0.
func (r *Resource) WantOneTo(path string, most int) []Finding {
	return r.Want(path, r.Int(path) >= 1 && r.Int(path) <= most, fmt.Sprintf("1 to %d", most))
}
