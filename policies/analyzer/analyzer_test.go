package analyzer

import (
	"context"
	"errors"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/structpb"

	"redoubt/assess"
	"redoubt/policies/rule"
	"redoubt/system"
)

// named wants a name, and can give one.
var named = rule.Rule{
	ID: "named", Title: "It has a name", Why: "w", Source: "assumed", Severity: rule.High, Remedy: "Name it.",
	Options: []rule.Option{{Name: "name", Kind: rule.Text, Default: "good", Describes: "d"}},
	Resource: &rule.ResourceRule{Types: []string{"t"},
		Check: func(r *rule.Resource, c rule.Config) []rule.Finding {
			return r.Want("inner.name", r.Text("inner.name") == c.Text("name"), c.Text("name"))
		},
		Remediate: func(_ *rule.Resource, c rule.Config) map[string]any {
			return map[string]any{"inner.name": c.Text("name")}
		},
	},
}

// paired wants a second resource of the home, which it finds by the first's inputs.
var paired = rule.Rule{
	ID: "paired", Title: "It has a pair", Why: "w", Source: "assumed", Severity: rule.Low, Remedy: "Pair it.",
	Stack: &rule.StackRule{Check: func(g *rule.Graph, _ rule.Config) (out []rule.Finding) {
		for _, r := range g.OfType("t") {
			g.About("thing %q", r.Name)
			if pair := r.Text("inner.pair"); !g.Has("t", pair) {
				out = append(out, g.ViolationAt(r, "has no pair %s", pair))
			}
		}
		return out
	}},
}

type fixture struct {
	*Server
	told string
}

func serve(t *testing.T, o Options) *fixture {
	t.Helper()
	f := &fixture{}
	o.Log = func(_ context.Context, text string) error { f.told += text; return nil }
	o.Load = func(string) (*system.System, error) { return &system.System{Name: "atlas"}, nil }
	var err error
	f.Server, err = New(o)
	require.NoError(t, err)
	_, err = f.ConfigureStack(t.Context(), &pulumirpc.AnalyzerStackConfigureRequest{
		DryRun: true, ConfigSecretKeys: []string{"redoubt:databasePassword"},
		Config: map[string]string{"redoubt:home": "primary", "redoubt:databasePassword": "hidden"},
	})
	require.NoError(t, err)
	return f
}

func (f *fixture) configure(t *testing.T, id string, level pulumirpc.EnforcementLevel, set map[string]any) error {
	t.Helper()
	properties, err := structpb.NewStruct(set)
	require.NoError(t, err)
	_, err = f.Configure(t.Context(), &pulumirpc.ConfigureAnalyzerRequest{PolicyConfig: map[string]*pulumirpc.PolicyConfig{
		id: {EnforcementLevel: level, Properties: properties}}})
	return err
}

func thing(t *testing.T, name string, inner resource.PropertyMap) *pulumirpc.AnalyzeRequest {
	t.Helper()
	wired, err := plugin.MarshalProperties(resource.PropertyMap{"inner": resource.NewObjectProperty(inner)}, travel)
	require.NoError(t, err)
	return &pulumirpc.AnalyzeRequest{Type: "t", Name: name, Urn: "urn:" + name, Properties: wired}
}

func word(s string) resource.PropertyValue { return resource.NewStringProperty(s) }

func TestAnalyze_tellsGotAndWantButNoSecret(t *testing.T) {
	t.Parallel()
	f := serve(t, Options{Rules: []rule.Rule{named}})
	out, err := f.Analyze(t.Context(), thing(t, "a", resource.PropertyMap{"name": resource.MakeSecret(word("sesame"))}))
	require.NoError(t, err)
	require.Len(t, out.GetDiagnostics(), 1)
	d := out.GetDiagnostics()[0]
	assert.Equal(t, "It has a name\na: inner.name is \"[secret]\", want good\nName it.", d.GetMessage())
	assert.Equal(t, pulumirpc.EnforcementLevel_MANDATORY, d.GetEnforcementLevel())
	assert.Equal(t, "urn:a", d.GetUrn())
}

func TestConfigure_refusesWhatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	f := serve(t, Options{Rules: []rule.Rule{named}})
	mandatory := pulumirpc.EnforcementLevel_MANDATORY
	require.ErrorContains(t, f.configure(t, "nmaed", mandatory, nil), `names "nmaed", which is no rule`)
	require.ErrorContains(t, f.configure(t, "named", mandatory, map[string]any{"nam": "x"}), `did you mean "name"?`)
	require.NoError(t, f.configure(t, "named", mandatory, map[string]any{"name": "better"}))
	out, err := f.Analyze(t.Context(), thing(t, "a", resource.PropertyMap{"name": word("better")}))
	require.NoError(t, err)
	assert.Empty(t, out.GetDiagnostics())
}

func TestRemediate_leavesTheRestAsItCame(t *testing.T) {
	t.Parallel()
	f := serve(t, Options{Rules: []rule.Rule{named}})
	secret := resource.MakeSecret(word("sesame"))
	in := thing(t, "a", resource.PropertyMap{"name": word("bad"), "key": secret, "late": resource.MakeComputed(word(""))})
	out, err := f.Remediate(t.Context(), in)
	require.NoError(t, err)
	assert.Empty(t, out.GetRemediations(), "a mandatory rule changes nothing")
	require.NoError(t, f.configure(t, "named", pulumirpc.EnforcementLevel_REMEDIATE, nil))
	out, err = f.Remediate(t.Context(), in)
	require.NoError(t, err)
	require.Len(t, out.GetRemediations(), 1)
	got, err := read(out.GetRemediations()[0].GetProperties())
	require.NoError(t, err)
	inner := got["inner"].ObjectValue()
	assert.Equal(t, "good", inner["name"].StringValue())
	assert.True(t, inner["key"].IsSecret(), "%v", inner)
	assert.True(t, inner["late"].IsComputed(), "%v", inner)
}

func TestAnalyzeStack_judgesInputsAndListsWhatItCannot(t *testing.T) {
	t.Parallel()
	f := serve(t, Options{Rules: []rule.Rule{paired}})
	stack := &pulumirpc.AnalyzeStackRequest{}
	for name, pair := range map[string]resource.PropertyValue{
		"a": word("b"), "b": word("nobody"), "c": resource.MakeComputed(word("")),
	} {
		in := thing(t, name, resource.PropertyMap{"pair": pair})
		_, err := f.Analyze(t.Context(), in)
		require.NoError(t, err)
		stack.Resources = append(stack.Resources, &pulumirpc.AnalyzerResource{Urn: in.GetUrn(), Type: "t", Name: name})
	}
	out, err := f.AnalyzeStack(t.Context(), stack)
	require.NoError(t, err)
	require.Len(t, out.GetDiagnostics(), 1)
	assert.Contains(t, out.GetDiagnostics()[0].GetMessage(), `thing "b": has no pair nobody`)
	assert.Equal(t, pulumirpc.EnforcementLevel_ADVISORY, out.GetDiagnostics()[0].GetEnforcementLevel(), "low warns")
	require.Len(t, out.GetNotApplicable(), 1)
	assert.Equal(t, "redoubt policies: 1 not judged yet\n"+
		"  paired: thing \"c\": c inner.pair: known after the update\n", f.told)
}

func TestAnalyzeStack_listsWhatWaitsForTheSameOnOneLine(t *testing.T) {
	t.Parallel()
	f := serve(t, Options{Rules: []rule.Rule{named}})
	for _, name := range []string{"a", "b"} {
		_, err := f.Analyze(t.Context(), thing(t, name, resource.PropertyMap{"name": resource.MakeComputed(word(""))}))
		require.NoError(t, err)
	}
	_, err := f.AnalyzeStack(t.Context(), &pulumirpc.AnalyzeStackRequest{})
	require.NoError(t, err)
	assert.Equal(t, "redoubt policies: 2 not judged yet\n  named: a, b: inner.name: known after the update\n", f.told)
}

func TestForecast_beginsBesideTheProgramAndOnce(t *testing.T) {
	t.Parallel()
	asked := make(chan assess.Options, 9)
	promise := rule.Rule{ID: "promise", Severity: rule.High, Stack: &rule.StackRule{
		Forecasts: func(rule.Config) assess.Options { return assess.Options{Recoveries: 7} },
		Check: func(g *rule.Graph, _ rule.Config) []rule.Finding {
			_, err := g.Forecast(assess.Options{Recoveries: 7})
			return []rule.Finding{g.Violation("says %v", err)}
		},
	}}
	f := serve(t, Options{Rules: []rule.Rule{promise}, Forecast: func(
		_ context.Context, _, _ string, o assess.Options) (assess.Report, error) {
		asked <- o
		return assess.Report{}, errors.New("no")
	}})
	require.NoError(t, f.configure(t, "promise", pulumirpc.EnforcementLevel_MANDATORY, nil))
	assert.Equal(t, 7, (<-asked).Recoveries, "before the stack is judged")
	out, err := f.AnalyzeStack(t.Context(), &pulumirpc.AnalyzeStackRequest{})
	require.NoError(t, err)
	assert.Contains(t, out.GetDiagnostics()[0].GetMessage(), "says no")
	assert.Empty(t, asked, "and not again")
}
