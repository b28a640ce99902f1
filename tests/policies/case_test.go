package policies

import (
	"bytes"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"redoubt/policies/rule"
	"redoubt/system"
	"redoubt/tests/example"
)

// cases are what stands in the cases.yaml beside a rule.
type cases struct {
	// Bad are refused, by the rule and only by it; Good by none; of Unjudged the rule says that it cannot tell.
	Bad, Good, Unjudged []variant
}

// variant is one small change to the recorded example.
type variant struct {
	Name string
	// Home is the home whose graph is changed, the primary when empty.
	Home system.Home
	// Patch changes resources; System sets values of system.yaml by path, such as agents[0].replicas.
	Patch  []patch
	System map[string]any
	// Plans changes the plans that a forecast shows.
	Plans []planPatch
	// Settings are those of the stack; Config is what is configured for the rule.
	Settings map[string]string
	Config   map[string]any
	// Finds is a part of what the rule says.
	Finds string
}

// patch changes the resources that it selects, or adds one.
type patch struct {
	// Select names a type, a name, or both; both may have stars.
	Select struct{ Type, Name string }
	Set    map[string]any
	Unset  []string
	// Protect sets the resource option.
	Protect *bool
	Remove  bool
	Add     *added
}

// added is a resource that the example does not have.
type added struct {
	Type, Name string
	// Parent is the name of the parent.
	Parent  string
	Inputs  map[string]any
	Protect bool
}

// unknownText stands in a patch for a value that only an update brings.
const unknownText = "<unknown>"

func casesOf(t testing.TB, r rule.Rule) cases {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(example.Root(), "policies", r.Package(), "cases.yaml"))
	require.NoError(t, err, "every rule has its cases beside it")
	var out cases
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	require.NoError(t, d.Decode(&out))
	return out
}

// apply is the graph with the change.
func (v variant) apply(whole *rule.Graph) (*rule.Graph, error) {
	all := slices.Clone(whole.Resources())
	for n, p := range v.Patch {
		var err error
		if all, err = p.apply(whole, all); err != nil {
			return nil, fmt.Errorf("patch %d: %w", n, err)
		}
	}
	g := whole.With(all)
	g.Settings = maps.Clone(whole.Settings)
	for key, value := range v.Settings {
		g.Settings[key] = value
		if key == "redoubt:peerReady" {
			g.PeerReady = value == "true"
		}
	}
	if len(v.System) > 0 {
		text, err := v.systemText()
		if err != nil {
			return nil, err
		}
		g.System, g.SystemError = system.Parse("system.yaml", text)
	}
	return g, nil
}

// systemText is the example's file with the change.
func (v variant) systemText() ([]byte, error) {
	text, err := os.ReadFile(filepath.Join(example.Root(), "system.yaml"))
	if err != nil {
		return nil, err
	}
	var tree map[string]any
	if err := yaml.Unmarshal(text, &tree); err != nil {
		return nil, err
	}
	for _, path := range slices.Sorted(maps.Keys(v.System)) {
		before := rule.Lookup(tree, path)
		if err := rule.Set(tree, path, v.System[path]); err != nil {
			return nil, err
		}
		if len(before) == 1 && reflect.DeepEqual(before[0], v.System[path]) {
			return nil, fmt.Errorf("system.yaml has %s: %v already", path, before[0])
		}
	}
	return yaml.Marshal(tree)
}

func (p patch) apply(whole *rule.Graph, all []*rule.Resource) ([]*rule.Resource, error) {
	if p.Add != nil {
		return append(all, p.Add.resource(whole)), nil
	}
	var out []*rule.Resource
	selected := 0
	for _, r := range all {
		if !p.selects(r) {
			out = append(out, r)
			continue
		}
		selected++
		if p.Remove {
			continue
		}
		changed, err := p.change(r)
		if err != nil {
			return nil, err
		}
		out = append(out, changed)
	}
	if selected == 0 {
		return nil, fmt.Errorf("selects nothing: %+v", p.Select)
	}
	return out, nil
}

func (p patch) selects(r *rule.Resource) bool {
	return p.Select != struct{ Type, Name string }{} && (p.Select.Type == "" || fits(p.Select.Type, r.Type)) &&
		(p.Select.Name == "" || p.Select.Name == r.Name || fits(p.Select.Name, r.Name))
}

// change is the changed resource; a patch that changes nothing is an error.
func (p patch) change(r *rule.Resource) (*rule.Resource, error) {
	out := *r
	out.Inputs = rule.Copy(r.Inputs)
	for _, path := range slices.Sorted(maps.Keys(p.Set)) {
		if err := rule.Set(out.Inputs, path, plain(p.Set[path])); err != nil {
			return nil, fmt.Errorf("%s: %w", r.Name, err)
		}
	}
	for _, path := range p.Unset {
		if !rule.Unset(out.Inputs, path) {
			return nil, fmt.Errorf("%s has no %s", r.Name, path)
		}
	}
	if p.Protect != nil {
		out.Protect = *p.Protect
	}
	if reflect.DeepEqual(*r, out) {
		return nil, fmt.Errorf("changes nothing of %s", r.Name)
	}
	return &out, nil
}

func (a added) resource(whole *rule.Graph) *rule.Resource {
	out := &rule.Resource{
		URN: "urn:pulumi:test::redoubt::" + a.Type + "::" + a.Name, Type: a.Type, Name: a.Name, Home: whole.Home,
		Inputs: plain(a.Inputs).(map[string]any), Protect: a.Protect, PropertyDependencies: map[string][]string{},
	}
	for _, r := range whole.Resources() {
		if a.Parent != "" && r.Name == a.Parent {
			out.Parent = r.URN
		}
	}
	return out
}

// plain are values of a case as the wire has them: every number a float64.
func plain(v any) any {
	switch v := v.(type) {
	case int:
		return float64(v)
	case string:
		if v == unknownText {
			return rule.Unknown
		}
	case []any:
		out := make([]any, len(v))
		for n, e := range v {
			out[n] = plain(e)
		}
		return out
	case map[string]any:
		out := make(map[string]any, len(v))
		for k, e := range v {
			out[k] = plain(e)
		}
		return out
	case nil:
		return map[string]any{}
	}
	return v
}
