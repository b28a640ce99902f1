package rule

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
)

// says judges a resource of the type t by a rule about it, and returns what is found or, where the rule mends, what it
// would set.
func says(t *testing.T, r Rule, in map[string]any) []any {
	t.Helper()
	c, err := r.Configure(nil)
	require.NoError(t, err)
	res := &Resource{Name: "n", Type: "t", Inputs: in}
	out := []any{}
	for _, f := range r.JudgeResource(res, c) {
		out = append(out, f.String())
	}
	for path, value := range r.Remediate(res, c) {
		out = append(out, path, value)
	}
	return out
}

func in(path string, value any) map[string]any { return map[string]any{path: value} }

const later = "n: n x: known after the update"

func TestFixed_wantsTheValueSet(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		rule *ResourceRule
		in   map[string]any
		want []any
	}{
		{Fixed("x", "DNS", "t"), in("x", "DNS"), []any{}},
		{Fixed("x", "DNS", "t"), in("x", "EMAIL"), []any{`n: x is "EMAIL", want "DNS"`}},
		{Fixed("x", "DNS", "t"), nil, []any{`n: x is not set, want "DNS"`}},
		{Fixed("x", true, "t"), in("x", "true"), []any{}},
		{Fixed("x", true, "t"), in("x", false), []any{"n: x is false, want true"}},
		{Fixed("x", true, "t"), in("x", Unknown), []any{later}},
		{Mended("x", true, "t"), nil, []any{"n: x is not set, want true", "x", true}},
		{Mended("x", true, "t"), in("x", Unknown), []any{later}},
		{Mended("x", false, "t"), nil, []any{"n: x is not set, want false", "x", false}},
		{Mended("x", false, "t"), in("x", true), []any{"n: x is true, want false", "x", false}},
		{Mended("x", false, "t"), in("x", false), []any{}},
		{Mended("x", false, "t"), in("x", Unknown), []any{later}},
		{Mended("x", "A", "t"), in("x", "B"), []any{`n: x is "B", want "A"`, "x", "A"}},
	} {
		assert.Equal(t, test.want, says(t, Rule{Resource: test.rule}, test.in), "%v", test.in)
	}
	assert.Panics(t, func() { (&Resource{}).WantFixed("x", 1) }, "a number is no value of Fixed")
}

func TestAmong_wantsEachText(t *testing.T) {
	t.Parallel()
	r := Rule{Resource: Among("x", []string{"a", "b"}, "t")}
	all := []any{"a", "b"}
	assert.Equal(t, []any{`n: x is not set, want a among them`, "x", all}, says(t, r, nil))
	assert.Equal(t, []any{`n: x is [a], want b among them`, "x", all}, says(t, r, in("x", []any{"a"})))
	assert.Empty(t, says(t, r, in("x", []any{"c", "b", "a"})))
	assert.Equal(t, []any{"n: n x[*]: known after the update"}, says(t, r, in("x", Unknown)))
}

func TestOwnKey_refusesThoseOfAWS(t *testing.T) {
	t.Parallel()
	r := Rule{Resource: OwnKey("x", "t")}
	for _, key := range []any{Unknown, "alias/atlas-data", "arn:aws:kms:eu-west-1:123456789012:key/mrk-1"} {
		assert.Empty(t, says(t, r, in("x", key)), "%v", key)
	}
	for _, key := range []any{nil, "", "alias/aws/sqs", "arn:aws:kms:eu-west-1:123456789012:alias/aws/sqs"} {
		assert.Len(t, says(t, r, in("x", key)), 1, "%v", key)
	}
}

func TestLeast_isBoundByTheOption(t *testing.T) {
	t.Parallel()
	options := []Option{{Name: "days", Kind: Integer, Default: 7, Min: 1, Max: 30, Describes: "d"}}
	for _, test := range []struct {
		least Least
		in    map[string]any
		want  []any
	}{
		{Least{Path: "x", Option: "days"}, in("x", 7.0), []any{}},
		{Least{Path: "x", Option: "days"}, in("x", 6.0), []any{"n: x is 6, want at least 7"}},
		{Least{Path: "x", Option: "days"}, nil, []any{"n: x is not set, want at least 7"}},
		{Least{Path: "x", Option: "days"}, in("x", Unknown), []any{later}},
		{Least{Path: "x", Option: "days", IfSet: true}, nil, []any{}},
		{Least{Path: "x", Option: "days", IfSet: true}, in("x", 0.0), []any{"n: x is 0, want at least 7"}},
		{Least{Path: "x", Option: "days", Mends: true}, in("x", 1.0), []any{"n: x is 1, want at least 7", "x", 7}},
		{Least{Path: "x", Option: "days", IfSet: true, Mends: true}, nil, []any{}},
	} {
		r := Rule{Options: options, Resource: test.least.Of("t")}
		assert.Equal(t, test.want, says(t, r, test.in), "%+v %v", test.least, test.in)
	}
	assert.Empty(t, (&Resource{Inputs: in("x", 3.0)}).WantLeast("x", 3))
	assert.Len(t, (&Resource{Inputs: in("x", 2.0)}).WantLeast("x", 3), 1)
}

func TestOneTo_isBoundOnBothSides(t *testing.T) {
	t.Parallel()
	r := Rule{Resource: OneTo("x", "most", "t"),
		Options: []Option{{Name: "most", Kind: Integer, Default: 60, Min: 1, Max: 60, Describes: "d"}}}
	for value, holds := range map[any]bool{0.0: false, 1.0: true, 60.0: true, 61.0: false, nil: false} {
		assert.Equal(t, holds, len(says(t, r, in("x", value))) == 0, "%v", value)
	}
	assert.Equal(t, []any{"n: x is 61, want 1 to 60"}, says(t, r, in("x", 61.0)))
}

func TestEach_looksAtOneSubjectAfterAnother(t *testing.T) {
	t.Parallel()
	instance := func(name, zone string) *Resource {
		return &Resource{URN: name, Type: "i", Name: name, Parent: "p", Inputs: in("availabilityZone", zone)}
	}
	look := func(g *Graph, r *Resource, c Config) []Finding {
		return g.WantZonesBeside(r, "i", "its instances", c)
	}
	r := Rule{Options: ZonesOption(), Stack: Each("database", look, "t")}
	c, err := r.Configure(nil)
	require.NoError(t, err)
	all := []*Resource{{URN: "db", Type: "t", Name: "db", Parent: "p"}, {URN: "late", Type: "t", Name: "late", Parent: "q"},
		{URN: "l", Type: "i", Name: "l", Parent: "q", Inputs: in("availabilityZone", Unknown)},
		instance("1", "a"), instance("2", "b"), instance("3", "b"),
		{URN: "o", Type: "other", Name: "o", Parent: "p", Inputs: in("availabilityZone", "c")}}
	g := NewGraph(Graph{Home: system.Primary}, all)
	assert.Equal(t, []Finding{
		{Kind: Violation, Subject: `database "db"`, URN: "db", Message: "its instances stand in 2 zones, want at least 3"},
		{Kind: NotJudged, Subject: `database "late"`, URN: "late", Message: "l availabilityZone: known after the update"},
	}, r.JudgeStack(g, c), "also without the system's file")
	assert.Empty(t, r.JudgeStack(g.With(append(all[:1:1], all[3], all[4], instance("4", "c"))), c))
}
