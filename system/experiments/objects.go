package experiments

import (
	"fmt"
	"slices"
)

// Object is one object of Kubernetes that breaks something as long as it stands in the agents' namespace. Nothing else is
// called ObjectName there, so that whoever cleans up knows what to take away.
type Object struct {
	APIVersion string         `yaml:"apiVersion"`
	Kind       string         `yaml:"kind"`
	Spec       map[string]any `yaml:"spec"`
}

// ObjectName is what every object of an experiment is called, and the switch (SwitchKind) by which they end.
const (
	ObjectName = "redoubt-experiment"
	SwitchKind = "Job"
	SwitchAPI  = "batch/v1"
	// Waits is the service's action that does nothing for the time of the fault.
	Waits = "aws:fis:wait"
	// Group is the group in a cluster whose members may lead experiments there.
	Group = "redoubt:experiments"
)

// Kind is a kind of which an experiment may set one object, Plural its name in rules.
type Kind struct{ APIVersion, Kind, Plural string }

// Kinds are those: what is set is new and is taken away as a whole, and no object that the homes declare is changed.
var Kinds = []Kind{
	{"networking.istio.io/v1", "VirtualService", "virtualservices"},
	{"networking.istio.io/v1alpha3", "EnvoyFilter", "envoyfilters"},
}

// objects says what is wrong with the cluster's part.
func (e Experiment) objects() []error {
	waits := slices.ContainsFunc(e.Fault.Actions, func(u Use) bool { return u.Action == Waits })
	var errs []error
	switch {
	case len(e.Fault.Objects) == 0 && !waits:
		return nil
	case len(e.Fault.Objects) == 0:
		return []error{fmt.Errorf("fault.actions only wait, and fault.objects is empty: nothing is broken")}
	case !waits || len(e.Fault.Actions) != 1:
		errs = append(errs, fmt.Errorf("fault.objects want one action, %s, which says how long they stand", Waits))
	}
	if e.Schedule != "" {
		errs = append(errs, fmt.Errorf("fault.objects are set and held by a drill: there is no schedule"))
	}
	seen := map[string]bool{}
	for _, o := range e.Fault.Objects {
		known := slices.ContainsFunc(Kinds, func(k Kind) bool { return k.APIVersion == o.APIVersion && k.Kind == o.Kind })
		if !known || seen[o.Kind] || len(o.Spec) == 0 {
			errs = append(errs, fmt.Errorf("object %s %s: want one with a spec of each kind of %v at most", o.APIVersion, o.Kind, Kinds))
		}
		seen[o.Kind] = true
	}
	return errs
}

// FillObjects puts words into the objects: {agent} and {namespace}, {pod} (one of the agent's), {host} (the
// dependency's), of a call {caller}, {callee} and {port} (the callee's).
func (e Experiment) FillObjects(words Words) ([]Object, error) {
	f := filler{words: words}
	var out []Object
	for _, o := range e.Fault.Objects {
		spec, _ := f.deep(o.Spec).(map[string]any)
		out = append(out, Object{o.APIVersion, o.Kind, spec})
	}
	return out, f.fault(e.Name)
}

func (f *filler) deep(in any) any {
	switch v := in.(type) {
	case string:
		return f.text(v)
	case []any:
		out := make([]any, len(v))
		for i, one := range v {
			out[i] = f.deep(one)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for key, one := range v {
			out[key] = f.deep(one)
		}
		return out
	default:
		return v
	}
}
