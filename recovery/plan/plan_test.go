package plan_test

import (
	"encoding/json"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/timings"
)

func TestNew_ordersStepsAfterWhatTheyNeed(t *testing.T) {
	t.Parallel()
	p, err := plan.New(plans(step("traffic", "promote", "queue"), step("fence"), step("promote", "fence"), step("queue")))
	require.NoError(t, err)
	assert.Equal(t, []string{"fence", "promote", "queue", "traffic"}, ids(p))
}

func TestNew_anyGivenOrderIsSound(t *testing.T) {
	t.Parallel()
	seed := rand.Uint64() //nolint:gosec // the seed of a property test
	t.Logf("seed %d", seed)
	r := rand.New(rand.NewPCG(seed, 1))
	for range 100 {
		steps := randomSteps(r)
		p, err := plan.New(plans(steps...))
		require.NoError(t, err, "seed %d", seed)
		require.Len(t, p.Steps, len(steps), "seed %d", seed)
		placed := map[string]bool{}
		for _, s := range p.Steps {
			for _, need := range s.Needs {
				require.True(t, placed[need], "seed %d: %s stands before %s", seed, s.ID, need)
			}
			placed[s.ID] = true
		}
	}
}

// TestNew_isAsWrittenAndRead: what is empty is nothing, and a number is a number.
func TestNew_isAsWrittenAndRead(t *testing.T) {
	t.Parallel()
	one := step("x")
	one.Needs, one.Call.Input = []string{}, plan.Document{}
	one.Condition.Call.Input = plan.Document{"Count": 1, "List": []any{}, "Names": []string{"a"}, "None": []any(nil)}
	given := plans(one)
	given.Gates, given.Endpoints = []plan.Gate{}, map[string]string{}
	p, err := plan.New(given)
	require.NoError(t, err)
	raw, err := json.Marshal(given)
	require.NoError(t, err)
	var read plan.Plan
	require.NoError(t, json.Unmarshal(raw, &read))
	assert.Equal(t, read, p)
	p.Steps[0].Condition.Call.Input["Count"] = 2.0
	assert.Equal(t, 1, one.Condition.Call.Input["Count"], "its documents are its own")
}

func TestNew_namesACycle(t *testing.T) {
	t.Parallel()
	_, err := plan.New(plans(step("x"), step("a", "b"), step("b", "c"), step("c", "a")))
	require.ErrorContains(t, err, "steps need each other: step a -> b -> c -> a")
	_, err = plan.New(plans(step("x", "x")))
	require.ErrorContains(t, err, "step x -> x")
}

func TestNew_refuses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*plan.Plan)
		want   string
	}{
		"no title":        {func(p *plan.Plan) { p.Title = "" }, "title is missing"},
		"no inventory":    {func(p *plan.Plan) { p.Inventory = "" }, "inventory is missing"},
		"no steps":        {func(p *plan.Plan) { p.Steps = nil }, "it has no steps"},
		"a step twice":    {func(p *plan.Plan) { p.Steps = append(p.Steps, p.Steps[0]) }, "step one stands twice"},
		"a bad id":        {func(p *plan.Plan) { p.Steps[0].ID = "One!" }, `id is "One!"`},
		"an unknown need": {func(p *plan.Plan) { p.Steps[0].Needs = []string{"none"} }, "step one needs none, which is no"},
		"no why":          {func(p *plan.Plan) { p.Steps[0].Why = "" }, "step one: why is missing"},
		"no source":       {func(p *plan.Plan) { p.Steps[0].Source = "" }, "source is missing"},
		"no budget":       {func(p *plan.Plan) { p.Steps[0].Budget = "soon" }, `budget is "soon", which is no timing`},
		"no timeout":      {func(p *plan.Plan) { p.Steps[0].Timeout = 0 }, "timeout is 0s"},
		"no meaning":      {func(p *plan.Plan) { p.Steps[0].OnFailure = "" }, "onFailure is \"\", want stop, continue"},
		"no operation":    {func(p *plan.Plan) { p.Steps[0].Call.Operation = "" }, "call: service or operation is missing"},
		"a foreign kind":  {func(p *plan.Plan) { p.Steps[0].Call.Kind = "shell" }, `call: kind is "shell", want one of`},
		"no number": {func(p *plan.Plan) {
			p.Title, p.Steps[0].Call.Input = "", plan.Document{"Size": math.NaN()} // both are named
			p.Steps[0].Condition.Call.Input = plan.Document{"Of": func() {}}
		}, "title is missing\nstep one: call: NaN is no number\nstep one: condition: json: unsupported type"},
		"no region":        {func(p *plan.Plan) { p.Regions = nil }, `condition: the region of home "secondary" is missing`},
		"a bad undo":       {func(p *plan.Plan) { p.Steps[0].Undo = &plan.Call{} }, "undo: service or operation"},
		"no expectation":   {func(p *plan.Plan) { p.Steps[0].Condition.All = nil }, "condition expects nothing"},
		"a broken path":    {func(p *plan.Plan) { p.Steps[0].Condition.All[0].Path = "a..b" }, `path "a..b"`},
		"an unknown op":    {func(p *plan.Plan) { p.Steps[0].Condition.All[0].Op = "~" }, "cannot be judged"},
		"a list as value":  {func(p *plan.Plan) { p.Steps[0].Condition.All[0].Value = []string{"a"} }, "cannot be judged"},
		"text to be under": {func(p *plan.Plan) { p.Steps[0].Condition.All[0].Op = plan.AtMost }, "cannot be judged"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := plans(step("one"))
			c.change(&p)
			_, err := plan.New(p)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestNew_refusesLateValues(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*plan.Late)
		want   string
	}{
		"a plain name":     {func(l *plan.Late) { l.Name = "id" }, `late value "id": want late- and`},
		"an unused name":   {func(l *plan.Late) { l.Name = "late-other" }, `"late-other": it stands nowhere`},
		"a bad path":       {func(l *plan.Late) { l.Path = "[" }, `"late-id": path "["`},
		"no operation":     {func(l *plan.Late) { l.Call.Operation = "" }, `"late-id": call: service or operation`},
		"one within a one": {func(l *plan.Late) { l.Call.Late = []plan.Late{{}} }, `"late-id": its call has late values`},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p := plans(late())
			c.change(&p.Steps[0].Call.Late[0])
			_, err := plan.New(p)
			require.ErrorContains(t, err, c.want)
		})
	}
}

func TestCall_isFilledWithLateValues(t *testing.T) {
	t.Parallel()
	p, err := plan.New(plans(late()))
	require.NoError(t, err)
	c := p.Steps[0].Call
	require.Len(t, c.Asks(), 2)
	full := c.Filled(map[string]string{"late-id": "s-1"})
	assert.Equal(t, plan.Document{"Id": "s-1", "List": []any{"of s-1", 1.0}, "In": plan.Document{"Id": "s-1"}}, full.Input)
	assert.Empty(t, full.Late)
	assert.Equal(t, "late-id", c.Input["Id"], "the plan's own call stays as it is")
}

func TestCondition_isFilledWithTheLateValuesOfItsCall(t *testing.T) {
	t.Parallel()
	s := late()
	s.Condition.Call.Late, s.Call.Late, s.Call.Input = s.Call.Late, nil, nil
	s.Condition.All = []plan.Expect{{Path: "Value", Op: plan.Is, Value: "led to late-id"}, {Path: "Count", Op: plan.AtLeast, Value: 1.0}}
	p, err := plan.New(plans(s))
	require.NoError(t, err, "a late value may stand in what is expected alone")
	c := p.Steps[0].Condition
	full := c.Filled(map[string]string{"late-id": "s-1"})
	assert.Equal(t, []any{"led to s-1", 1.0}, []any{full.All[0].Value, full.All[1].Value})
	assert.Empty(t, full.Call.Late)
	assert.Equal(t, "led to late-id", c.All[0].Value, "the plan's own condition stays as it is")
}

// late is a step whose call takes an id that only the call before tells.
func late() plan.Step {
	s := step("one")
	s.Call.Input = plan.Document{"Id": "late-id", "List": []any{"of late-id", 1}, "In": plan.Document{"Id": "late-id"}}
	s.Call.Late = []plan.Late{{Name: "late-id", Call: s.Condition.Call, Path: "Things[0].Id"}}
	return s
}

func TestFile_roundTripsWithTheSameHash(t *testing.T) {
	t.Parallel()
	s := step("one")
	s.Call.Input = plan.Document{"Count": 3, "Names": []string{"<a>", "b"}, "Share": 0.5, "On": true}
	s.Undo = &plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: "rds", Operation: "Undo", Token: "t"}
	p, err := plan.New(plans(s, step("two", "one")))
	require.NoError(t, err)
	raw, err := plan.Encode(p)
	require.NoError(t, err)
	back, err := plan.Decode(raw)
	require.NoError(t, err)
	assert.Equal(t, p, back, "a plan in memory is the plan on disk")
	again, err := plan.Encode(back)
	require.NoError(t, err)
	assert.Equal(t, string(raw), string(again))
	assert.Contains(t, string(raw), `"timeout": "5m0s"`)
	assert.Contains(t, string(raw), `"<a>"`)
}

func TestHash_isStableAndOfTheContent(t *testing.T) {
	t.Parallel()
	p, err := plan.New(plans(step("one")))
	require.NoError(t, err)
	hash, err := p.Hash()
	require.NoError(t, err)
	assert.Equal(t, "7205e40b30c2f9baad9d5d2e51f690be43b0b1a95e975e0c4d2fed0910f05142", hash,
		"the hash of an unchanged plan must not change; raise Version when the format does")
	other := plans(step("one"))
	other.Steps[0].Call.Input = plan.Document{"A": 1}
	other, err = plan.New(other)
	require.NoError(t, err)
	changed, err := other.Hash()
	require.NoError(t, err)
	assert.NotEqual(t, hash, changed)
}

func TestDecode_refuses(t *testing.T) {
	t.Parallel()
	raw, err := plan.Encode(plans(step("one")))
	require.NoError(t, err)
	for name, c := range map[string]struct{ old, now, want string }{
		"another version": {`"version": 1`, `"version": 2`, "version is 2, this program reads 1"},
		"an edited plan":  {`"secondary"`, `"primary"`, "make the plan again"},
		"a new field":     {`"why"`, `"how"`, `unknown field "how"`},
		"a cut file":      {"\n}\n", "", "unexpected end"},
		"a second plan":   {"\n}\n", "\n}\n{}", "invalid character"},
	} {
		changed := strings.Replace(string(raw), c.old, c.now, 1)
		require.NotEqual(t, string(raw), changed, name)
		_, err := plan.Decode([]byte(changed))
		require.ErrorContains(t, err, c.want, name)
	}
}

func TestDuration_readsAsText(t *testing.T) {
	t.Parallel()
	raw, err := json.Marshal(plan.Duration(90 * time.Second))
	require.NoError(t, err)
	assert.Equal(t, `"1m30s"`, string(raw))
	var d plan.Duration
	require.NoError(t, json.Unmarshal([]byte(`"2h"`), &d))
	assert.Equal(t, plan.Duration(2*time.Hour), d)
	require.Error(t, json.Unmarshal([]byte(`"soon"`), &d))
}

func plans(steps ...plan.Step) plan.Plan {
	return plan.Plan{
		System: "agents", Title: "test", Inventory: "abc", Steps: steps,
		Regions: map[system.Home]string{system.Primary: "eu-west-1", system.Secondary: "eu-central-1"},
	}
}

func step(id string, needs ...string) plan.Step {
	call := plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: "store", Operation: "Set"}
	look := call
	look.Operation = "Get"
	return plan.Step{
		ID: id, Title: "do " + id, Why: "because", Source: "https://docs.aws.amazon.com/", Needs: needs, Call: call,
		Condition: plan.Condition{Call: look, All: []plan.Expect{{Path: "State", Op: plan.Is, Value: "set"}}},
		Budget:    timings.CWAlarmPeriod, Timeout: plan.Duration(5 * time.Minute), OnFailure: plan.Stop,
	}
}

func randomSteps(r *rand.Rand) []plan.Step {
	const names = "abcdefghij"
	steps := make([]plan.Step, 0, len(names))
	for i := range names {
		var needs []string
		for j := range i {
			if r.IntN(3) == 0 {
				needs = append(needs, string(names[j]))
			}
		}
		steps = append(steps, step(string(names[i]), needs...))
	}
	r.Shuffle(len(steps), func(i, j int) { steps[i], steps[j] = steps[j], steps[i] })
	return steps
}

func ids(p plan.Plan) []string {
	out := make([]string, 0, len(p.Steps))
	for _, s := range p.Steps {
		out = append(out, s.ID)
	}
	return out
}

func TestCondition_aProbeSaysItselfWhyItDidNotPass(t *testing.T) {
	t.Parallel()
	passed := plan.Expect{Path: "Passed", Op: plan.Is, Value: true}
	for name, c := range map[string]struct {
		kind   plan.Kind
		answer plan.Document
		want   string
	}{
		"its own words":     {plan.Probe, plan.Document{"Passed": false, "Why": "nobody answers"}, "nobody answers"},
		"none of its own":   {plan.Probe, plan.Document{"Passed": false, "Why": ""}, "Passed is false, want true"},
		"what AWS answered": {plan.AWS, plan.Document{"Passed": false, "Why": "x"}, "Passed is false, want true"},
	} {
		verdict, why := plan.Condition{Call: plan.Call{Kind: c.kind}, All: []plan.Expect{passed}}.Judge(c.answer)
		assert.Equal(t, plan.NotDone, verdict, name)
		assert.Equal(t, c.want, why, name)
	}
}
