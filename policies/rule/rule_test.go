package rule

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
)

func inputs() map[string]any {
	return map[string]any{
		"days": 7.0, "on": "true", "name": "tasks", "late": Unknown,
		"rules": []any{
			map[string]any{"to": []any{map[string]any{"arn": "a"}, map[string]any{"arn": Unknown}}},
			map[string]any{"to": []any{map[string]any{"arn": "b"}}},
		},
		"named":  []any{map[string]any{"name": "one"}, map[string]any{"name": "two", "arn": "b"}},
		"labels": map[string]any{"app.kubernetes.io/name": "gateway"},
	}
}

func TestResource_readsByPath(t *testing.T) {
	t.Parallel()
	var m met
	r := (&Resource{Name: "x", Inputs: inputs()}).view(&tracker{&m})
	assert.Equal(t, 7, r.Int("days"))
	assert.True(t, r.True("on"))
	assert.Equal(t, "gateway", r.Text(`labels["app.kubernetes.io/name"]`))
	assert.Equal(t, "b", r.Text("rules[1].to[0].arn"))
	assert.Equal(t, "b", r.Text("rules[to=x].to[0].arn")+r.Text("named[name=two].arn"))
	assert.False(t, r.Exists("rules[2]"))
	assert.Equal(t, "not set", r.At("nothing").String())
	assert.Empty(t, m.paths, "nothing of this was unknown")
	assert.Len(t, r.All("rules[*].to[*].arn"), 2, "an unknown is left out")
	assert.Equal(t, []string{"x rules[*].to[*].arn"}, m.paths, "and remembered")
}

func TestSet_makesAndReplaces(t *testing.T) {
	t.Parallel()
	in := inputs()
	whole := Copy(in)
	require.NoError(t, Set(in, "rules[*].to[0].arn", "c"))
	require.NoError(t, Set(in, "a.b.c", true))
	assert.Equal(t, []any{"c", "c"}, Lookup(in, "rules[*].to[0].arn"))
	assert.Equal(t, []any{true}, Lookup(in, "a.b.c"))
	require.NoError(t, Set(in, "named[name=one].arn", "c"))
	assert.Equal(t, []any{"c"}, Lookup(in, "named[0].arn"))
	require.ErrorContains(t, Set(in, "named[name=six].arn", "c"), "no such element in a list of 2")
	require.ErrorContains(t, Set(in, "days.x", 1), "is float64, want an object")
	assert.True(t, Unset(in, "a.b.c"))
	assert.False(t, Unset(in, "a.b.c"))
	assert.Equal(t, []any{"a"}, Lookup(whole, "rules[0].to[0].arn"), "a copy is deep")
}

// want judges a resource by two inputs in turn.
var want = Rule{ID: "two", Resource: &ResourceRule{Types: []string{"t"}, Check: func(r *Resource, _ Config) []Finding {
	return append(r.Want("first", r.True("first"), "true"), r.Want("second", r.True("second"), "true")...)
}}}

func TestJudgeResource_neverJudgesOnAnUnknown(t *testing.T) {
	t.Parallel()
	judge := func(first, second any) (kinds []Kind) {
		res := &Resource{Type: "t", Inputs: map[string]any{"first": first, "second": second}}
		for _, f := range want.JudgeResource(res, nil) {
			kinds = append(kinds, f.Kind)
		}
		return kinds
	}
	assert.Empty(t, judge(true, true))
	assert.Equal(t, []Kind{Violation}, judge(false, true))
	assert.Equal(t, []Kind{NotJudged}, judge(Unknown, true), "it could hold")
	assert.Equal(t, []Kind{NotJudged}, judge(Unknown, false), "what comes after an unknown may stand on it")
	assert.Equal(t, []Kind{Violation, NotJudged}, judge(false, Unknown), "what came before does not")
	passes := Rule{Resource: &ResourceRule{Types: []string{"t"}, Check: func(r *Resource, _ Config) []Finding {
		if r.True("first") {
			return []Finding{r.Violation("is true, want false")}
		}
		return nil
	}}}
	found := passes.JudgeResource(&Resource{Name: "n", Type: "t", Inputs: map[string]any{"first": Unknown}}, nil)
	assert.Equal(t, []Finding{{Kind: NotJudged, Subject: "n", Message: "n first: known after the update"}}, found)
	assert.Empty(t, want.JudgeResource(&Resource{Type: "other"}, nil))
}

func TestJudgeStack_unknownsTouchTheirOwnSubject(t *testing.T) {
	t.Parallel()
	r := Rule{Stack: &StackRule{Check: func(g *Graph, _ Config) (out []Finding) {
		for _, res := range g.OfType("t") {
			g.About("store %q", res.Name)
			if !res.True("on") {
				out = append(out, g.Violation("is off"))
			}
		}
		return out
	}}}
	all := []*Resource{
		{URN: "1", Type: "t", Name: "a", Inputs: map[string]any{"on": false}},
		{URN: "2", Type: "t", Name: "b", Inputs: map[string]any{"on": Unknown}},
		{URN: "3", Type: "t", Name: "c", Inputs: map[string]any{"on": false}},
	}
	g := NewGraph(Graph{System: &system.System{}, Home: system.Primary}, all)
	assert.Equal(t, []Finding{
		{Kind: Violation, Subject: `store "a"`, Message: "is off"},
		{Kind: NotJudged, Subject: `store "b"`, Message: "b on: known after the update"},
		{Kind: Violation, Subject: `store "c"`, Message: "is off"},
	}, r.JudgeStack(g, nil))
	g.System, g.SystemError = nil, errors.New("gone")
	found := r.JudgeStack(g, nil)
	require.Len(t, found, 1)
	assert.Equal(t, NotJudged, found[0].Kind, "without the file nobody knows what must survive")
}

func TestConfigure_holdsOptionsToTheirBounds(t *testing.T) {
	t.Parallel()
	r := Rule{ID: "r", Options: []Option{
		{Name: "days", Kind: Integer, Default: 7, Min: 1, Max: 35, Describes: "d"},
		{Name: "mode", Kind: Text, Default: "a", Enum: []string{"a", "b"}, Describes: "d"},
		{Name: "names", Kind: TextList, Default: []string{"x"}, Describes: "d"},
		{Name: "on", Kind: Flag, Default: true, Describes: "d"},
	}}
	c, err := r.Configure(map[string]any{"days": 9.0})
	require.NoError(t, err)
	assert.Equal(t, 9, c.Int("days"))
	assert.Equal(t, "a", c.Text("mode"))
	assert.Equal(t, []string{"x"}, c.Texts("names"))
	assert.True(t, c.True("on"))
	for text, set := range map[string]map[string]any{
		`days is 36, want 1 to 35`:                 {"days": 36.0},
		`days is 1.5, want integer`:                {"days": 1.5},
		`mode is "c", want a, b`:                   {"mode": "c"},
		`names is [1], want array`:                 {"names": []any{1.0}},
		`"day" is no option: did you mean "days"?`: {"day": 1.0},
	} {
		_, err := r.Configure(set)
		require.ErrorContains(t, err, text)
	}
}

func TestValidate_wantsTextsAndOneKind(t *testing.T) {
	t.Parallel()
	err := Rule{ID: "Bad", Title: "A.", Source: "somewhere", Severity: "grave", Pending: "#9", Stack: &StackRule{},
		Options: []Option{{Name: "n", Kind: Integer, Default: 0, Min: 1, Max: 2, Describes: "d"}}}.Validate()
	for _, text := range []string{"no such form", "full stop", "no why", "no remedy", `source is "somewhere"`,
		`severity is "grave"`, "of 2 kinds", "needs a check", "n is 0, want 1 to 2"} {
		assert.ErrorContains(t, err, text)
	}
}

func TestMend_setsOneInputUnlessTheRuleHolds(t *testing.T) {
	t.Parallel()
	assert.Nil(t, Mend(true, "days", 7))
	assert.Equal(t, map[string]any{"days": 7}, Mend(false, "days", 7))
}

func TestLen_countsWhatNobodyKnowsYet(t *testing.T) {
	t.Parallel()
	r := &Resource{Name: "r", Inputs: map[string]any{"zones": []any{Unknown, "b"}, "later": Unknown}}
	var m met
	seen := r.view(&tracker{&m})
	assert.Equal(t, 2, seen.At("zones").Len())
	assert.Zero(t, seen.At("nothing").Len())
	assert.False(t, m.any(), "a list of unknowns has a known length")
	assert.Zero(t, seen.At("later").Len())
	assert.True(t, m.any())
}

func TestZones_countsTheZonesOfTheSubnetsThatAnInputIsMadeOf(t *testing.T) {
	t.Parallel()
	subnet := func(name, zone string) *Resource {
		return &Resource{URN: "urn::" + name, Type: Subnet, Name: name, Inputs: map[string]any{"availabilityZone": zone}}
	}
	made := map[string][]string{"config": {"urn::a", "urn::b", "urn::b2"}}
	later := &Resource{URN: "urn::later", Type: "t", Name: "later", PropertyDependencies: made,
		Inputs: map[string]any{"config": map[string]any{"ids": Unknown}}}
	short := &Resource{URN: "urn::short", Type: "t", Name: "short", PropertyDependencies: made,
		Inputs: map[string]any{"config": map[string]any{"ids": []any{"one"}}}}
	adopted := &Resource{URN: "urn::adopted", Type: "t", Name: "adopted",
		Inputs: map[string]any{"config": map[string]any{"ids": []any{"one", "two", "three"}}}}
	g := NewGraph(Graph{System: &system.System{}},
		[]*Resource{subnet("a", "a"), subnet("b", "b"), subnet("b2", "b"), later, short, adopted})
	for name, want := range map[string]int{"later": 2, "short": 1, "adopted": 3} {
		assert.Equal(t, want, g.Zones(g.Get("t", name), "config.ids"), name)
	}
	r := Rule{Options: ZonesOption(), Stack: InZones("config.ids", "t")}
	c, err := r.Configure(map[string]any{"leastZones": 2.0})
	require.NoError(t, err)
	found := r.JudgeStack(g, c)
	require.Len(t, found, 1)
	assert.Equal(t, "short: config.ids stand in 1 zones, want at least 2", found[0].String())
}
