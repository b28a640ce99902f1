package plan_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/plan"
)

const answer = `{
	"State": "ok", "Lag": 3, "Ready": true, "Gone": null, "Empty": [], "Notes": {"a.b/c": "d"},
	"Alarms": [
		{"Name": "a", "State": "OK", "N": 1, "Dims": [{"K": "x", "V": 5}]},
		{"Name": "b", "State": "ALARM", "N": 2, "Dims": [{"K": "x", "V": 6}, {"K": "y", "V": 7}]}
	]
}`

// paths is the corpus of paths: what each finds in answer and how it reads in JMESPath.
var paths = []struct {
	path plan.Path
	want any
	jmes string
}{
	{"State", "ok", "State"},
	{"Lag", 3.0, "Lag"},
	{"Gone", nil, "Gone"},
	{"None", nil, "None"},
	{"State.Deeper", nil, "State.Deeper"},
	{"State[0]", nil, "State[0]"},
	{"Empty[0].Name", nil, "Empty[0].Name"},
	{"Alarms[0].State", "OK", "Alarms[0].State"},
	{"Alarms[7].State", nil, "Alarms[7].State"},
	{`Alarms[?Name=="b"].State`, "ALARM", "Alarms[?Name==`\"b\"`] | [0].State"},
	{`Alarms[?Name=="c"].State`, nil, "Alarms[?Name==`\"c\"`] | [0].State"},
	{`Alarms[?Name=="it's \"so\""].State`, nil, "Alarms[?Name==`\"it's \\\"so\\\"\"`] | [0].State"},
	{`Alarms[?N==2].Name`, "b", "Alarms[?N==`2`] | [0].Name"},
	{
		`Alarms[?Name=="b"].Dims[?K=="y"].V`, 7.0,
		"Alarms[?Name==`\"b\"`] | [0].Dims[?K==`\"y\"`] | [0].V",
	},
	{`Alarms[?Name=="b"].Dims[1].V`, 7.0, "Alarms[?Name==`\"b\"`] | [0].Dims[1].V"},
	{`Notes."a.b/c"`, "d", `Notes."a.b/c"`},
	{`Notes."a.b"`, nil, `Notes."a.b"`},
}

func TestPath_findsOrTellsThatItIsMissing(t *testing.T) {
	t.Parallel()
	doc := document(t)
	for _, c := range paths {
		got, found := c.path.Find(doc)
		assert.Equal(t, c.want != nil, found, c.path)
		assert.Equal(t, c.want, got, c.path)
		assert.Equal(t, c.jmes, c.path.JMESPath(), c.path)
	}
}

func TestPath_refusesWhatJMESPathReadsDifferently(t *testing.T) {
	t.Parallel()
	for _, path := range []plan.Path{
		"", ".", "a.", ".a", "a..b", "a b", "a[*]", "a[-1]", "a[]", "a[?b]", "a[?b=='c']", "a[?b==c]", "a-b", "a[?b<1]",
		"a[?b==1.2.3]",
	} {
		p := plans(step("one"))
		p.Steps[0].Condition.All[0].Path = path
		_, err := plan.New(p)
		require.Error(t, err, "path %q", path)
		_, found := path.Find(document(t))
		assert.False(t, found, "path %q", path)
	}
}

func TestCondition_hasThreeAnswers(t *testing.T) {
	t.Parallel()
	is := func(path plan.Path, op plan.Op, value any) plan.Expect {
		return plan.Expect{Path: path, Op: op, Value: value}
	}
	counts := func(path plan.Path, op plan.Op, value any) plan.Expect {
		return plan.Expect{Path: path, Op: op, Value: value, Missing: 0}
	}
	for name, c := range map[string]struct {
		all  []plan.Expect
		want plan.Answer
		why  string
	}{
		"equal":                  {[]plan.Expect{is("State", plan.Is, "ok")}, plan.Done, ""},
		"not equal":              {[]plan.Expect{is("State", plan.Is, "bad")}, plan.NotDone, "State is ok, want bad"},
		"other than":             {[]plan.Expect{is("State", plan.IsNot, "bad")}, plan.Done, ""},
		"number":                 {[]plan.Expect{is("Lag", plan.Is, 3)}, plan.Done, ""},
		"at most":                {[]plan.Expect{is("Lag", plan.AtMost, 3)}, plan.Done, ""},
		"too much":               {[]plan.Expect{is("Lag", plan.AtMost, 2.5)}, plan.NotDone, "Lag is 3, want at most 2.5"},
		"at least":               {[]plan.Expect{is("Lag", plan.AtLeast, 4)}, plan.NotDone, "Lag is 3, want at least 4"},
		"truth":                  {[]plan.Expect{is("Ready", plan.Is, true)}, plan.Done, ""},
		"missing":                {[]plan.Expect{is("None", plan.Is, "ok")}, plan.CannotTell, "None is missing in the answer"},
		"null":                   {[]plan.Expect{is("Gone", plan.IsNot, "ok")}, plan.CannotTell, "Gone is missing in the answer"},
		"another type":           {[]plan.Expect{is("Lag", plan.Is, "3")}, plan.CannotTell, "Lag is 3"},
		"a list":                 {[]plan.Expect{is("Empty", plan.IsNot, "ok")}, plan.CannotTell, "Empty is []"},
		"all":                    {[]plan.Expect{is("State", plan.Is, "ok"), is("Lag", plan.Is, 3)}, plan.Done, ""},
		"one of them":            {[]plan.Expect{is("State", plan.Is, "ok"), is("Lag", plan.Is, 4)}, plan.NotDone, "Lag is 3"},
		"half an answer":         {[]plan.Expect{is("Lag", plan.Is, 4), is("None", plan.Is, 1)}, plan.CannotTell, "None is"},
		"left out, counted":      {[]plan.Expect{counts("None", plan.AtLeast, 1)}, plan.NotDone, "None is 0, want at least 1"},
		"left out, enough":       {[]plan.Expect{counts("None", plan.AtMost, 0)}, plan.Done, ""},
		"there, whatever counts": {[]plan.Expect{counts("Lag", plan.AtLeast, 3)}, plan.Done, ""},
		"the other way up":       {[]plan.Expect{is("None", plan.Is, 1), is("Lag", plan.Is, 4)}, plan.CannotTell, "None is"},
	} {
		got, why := plan.Condition{All: c.all}.Judge(document(t))
		assert.Equal(t, c.want, got, name)
		assert.Contains(t, why, c.why, name)
	}
}

func TestCondition_judgesGoValuesAsTheirJSON(t *testing.T) {
	t.Parallel()
	type state string
	c := plan.Condition{All: []plan.Expect{
		{Path: "List[0].State", Op: plan.Is, Value: "ok"}, {Path: "List[0].N", Op: plan.Is, Value: 1},
	}}
	got, why := c.Judge(plan.Document{"List": []map[string]any{{"State": state("ok"), "N": int32(1)}}})
	assert.Equal(t, plan.Done, got, why)
	got, _ = c.Judge(nil)
	assert.Equal(t, plan.CannotTell, got, "no answer tells nothing")
	got, _ = c.Judge(plan.Document{"List": func() {}})
	assert.Equal(t, plan.CannotTell, got)
}

func document(t *testing.T) plan.Document {
	t.Helper()
	var doc plan.Document
	require.NoError(t, json.Unmarshal([]byte(answer), &doc))
	return doc
}
