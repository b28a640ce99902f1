package policies

import (
	"encoding/json"
	"flag"
	"maps"
	"path"
	"slices"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/policies/analyzer"
	"redoubt/policies/rule"
	"redoubt/system"
	"redoubt/tests/example"
)

// show prints what the recorded graphs hold, for whoever writes a rule:
// go test ./tests/policies -run Clean -v -show 'aws:rds/*'.
var show = flag.String("show", "", "print the recorded resources whose type or name fits the pattern")

// recorded is the example's graph of a home, recorded once. Nobody changes what it holds.
var recorded = map[system.Home]func(testing.TB) *rule.Graph{
	system.Primary:   once(func(t testing.TB) *rule.Graph { return record(t, system.Primary) }),
	system.Secondary: once(func(t testing.TB) *rule.Graph { return record(t, system.Secondary) }),
}

func once(of func(testing.TB) *rule.Graph) func(testing.TB) *rule.Graph {
	var one sync.Once
	var g *rule.Graph
	return func(t testing.TB) *rule.Graph {
		one.Do(func() { g = of(t) })
		require.NotNil(t, g, "the recording failed in another test")
		return g
	}
}

func record(t testing.TB, home system.Home) *rule.Graph {
	t.Helper()
	s := example.System(t)
	return graphOf(home, s, example.Record(t, home, s))
}

// graphOf is the graph as the analyzer makes it from what the engine tells.
func graphOf(home system.Home, s *system.System, r *pulumitest.Recorder) *rule.Graph {
	var all []*rule.Resource
	for _, res := range r.All() {
		out := &rule.Resource{
			URN: res.URN, Type: res.Type, Name: res.Name, Parent: res.Parent, Home: home, Read: res.Read,
			Inputs: analyzer.Plain(res.Inputs), PropertyDependencies: map[string][]string{},
		}
		if rpc := res.RPC; rpc != nil {
			out.Protect, out.IgnoreChanges, out.Dependencies = rpc.GetProtect(), rpc.GetIgnoreChanges(), rpc.GetDependencies()
			for property, to := range rpc.GetPropertyDependencies() {
				out.PropertyDependencies[property] = to.GetUrns()
			}
		}
		all = append(all, out)
	}
	return rule.NewGraph(rule.Graph{System: s, Home: home, PeerReady: true, Settings: map[string]string{}}, all)
}

// shown prints the resources that fit the pattern.
func shown(t *testing.T, g *rule.Graph) {
	t.Helper()
	for _, r := range g.Resources() {
		if !fits(*show, r.Type) && !fits(*show, r.Name) {
			continue
		}
		text, err := json.MarshalIndent(r.Inputs, "", "  ")
		require.NoError(t, err)
		t.Logf("%s %s %s, from %v\n%s", g.Home, r.Type, r.Name, slices.Sorted(maps.Keys(r.PropertyDependencies)), text)
	}
}

func fits(pattern, name string) bool {
	ok, err := path.Match(pattern, name)
	if err != nil {
		panic(err)
	}
	return ok
}
