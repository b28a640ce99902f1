package policies

import (
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/policies/pack"
	"redoubt/policies/rule"
	"redoubt/system"
	"redoubt/tests/example"
)

// judge lets every rule judge a graph. What is configured is for one of them, or for all that look at a forecast.
func judge(t testing.TB, g *rule.Graph, configured string, set map[string]any) map[string][]rule.Finding {
	t.Helper()
	out := map[string][]rule.Finding{}
	for _, r := range pack.Rules() {
		given := map[string]any{}
		if mine := r.ID == configured || strings.HasPrefix(configured, "promise-") && foresees(r); mine && set != nil {
			given = plain(set).(map[string]any)
		}
		c, err := r.Configure(given)
		require.NoError(t, err)
		for _, res := range g.Resources() {
			out[r.ID] = append(out[r.ID], r.JudgeResource(res, c)...)
		}
		if g.Home.Valid() { // as the analyzer does
			out[r.ID] = append(out[r.ID], r.JudgeStack(g, c)...)
		}
	}
	return out
}

// of keeps the findings of a kind.
func of(kind rule.Kind, found []rule.Finding) []string {
	var out []string
	for _, f := range found {
		if f.Kind == kind {
			out = append(out, f.String())
		}
	}
	return out
}

// TestClean_triggersNoRule judges the example as it is: both homes with each
// other in sight, the same before an update, and the first home alone.
func TestClean_triggersNoRule(t *testing.T) {
	t.Parallel()
	s := example.System(t)
	alone := graphOf(system.Primary, s, example.Alone(t, s))
	alone.PeerReady = false
	for name, g := range map[string]*rule.Graph{
		"primary": recorded[system.Primary](t), "secondary": recorded[system.Secondary](t), "alone": alone,
		"recovering":       graphOf(system.Secondary, s, example.Recovering(t, system.Secondary)),
		"primary before":   graphOf(system.Primary, s, example.Foresee(t, system.Primary, s)),
		"secondary before": graphOf(system.Secondary, s, example.Foresee(t, system.Secondary, s)),
	} {
		if *show != "" && name == string(g.Home) {
			shown(t, g)
		}
		for id, found := range judge(t, g, "", nil) {
			assert.Empty(t, of(rule.Violation, found), "%s: %s", name, id)
			if name == string(g.Home) && !strings.HasPrefix(id, "promise-") {
				assert.Empty(t, of(rule.NotJudged, found), "%s: %s, and everything is known", name, id)
			}
		}
	}
}

// TestClean_theArbiterTriggersNoRule judges what the third region declares, a resource at a time: it is no home.
func TestClean_theArbiterTriggersNoRule(t *testing.T) {
	t.Parallel()
	g := graphOf("", nil, example.Arbiter(t))
	for id, found := range judge(t, g, "", nil) {
		assert.Empty(t, found, id)
	}
	bad := g.OfType("aws:kms/key:Key")[0]
	bad.Inputs["enableKeyRotation"] = false
	assert.NotEmpty(t, judge(t, g, "", nil)["key-rotation"], "and they look")
}

// TestClean_keepsItsPromises forecasts the example as the rules do.
func TestClean_keepsItsPromises(t *testing.T) {
	t.Parallel()
	text, err := variant{}.systemText()
	require.NoError(t, err)
	g := recorded[system.Primary](t).With(nil)
	g.Forecast = forecast(t, g.System, text)
	judged := 0
	for _, r := range pack.Rules() {
		if foresees(r) {
			c, err := r.Configure(nil)
			require.NoError(t, err)
			assert.Empty(t, r.JudgeStack(g, c), r.ID)
			judged++
		}
	}
	assert.NotZero(t, judged)
}

// TestCases holds each rule to the cases beside it: the bad ones are refused by
// the rule and by no other, the good ones by none.
func TestCases(t *testing.T) {
	t.Parallel()
	for _, r := range pack.Rules() {
		if r.Pending != "" {
			continue
		}
		t.Run(r.ID, func(t *testing.T) {
			t.Parallel()
			all := casesOf(t, r)
			require.NotEmpty(t, all.Bad, "a rule has a case that it refuses")
			require.NotEmpty(t, all.Good, "a rule has a case that it lets through")
			remedied := 0
			for _, v := range all.Bad {
				g, found := v.judge(t, r)
				assert.NotEmpty(t, of(rule.Violation, found), "%s: want it refused", v.Name)
				says(t, v, of(rule.Violation, found))
				remedied += remedies(t, v, r, g, found)
			}
			assert.Equal(t, r.Resource != nil && r.Resource.Remediate != nil, remedied > 0,
				"a rule that can mend mends one of its bad cases")
			for _, v := range all.Good {
				_, found := v.judge(t, r)
				assert.Empty(t, found, "%s: want it let through", v.Name)
			}
			for _, v := range all.Unjudged {
				_, found := v.judge(t, r)
				assert.Empty(t, of(rule.Violation, found), "%s: want no verdict", v.Name)
				says(t, v, of(rule.NotJudged, found))
			}
		})
	}
}

// judge applies the variant and returns what the rule found; no other rule may refuse anything.
func (v variant) judge(t *testing.T, r rule.Rule) (*rule.Graph, []rule.Finding) {
	t.Helper()
	home := v.Home
	if home == "" {
		home = system.Primary
	}
	require.True(t, home.Valid(), "%s: home is %q", v.Name, home)
	changes := len(v.Patch) + len(v.System) + len(v.Plans) + len(v.Settings) + len(v.Config)
	require.NotZero(t, changes, "%s changes nothing", v.Name)
	g, err := v.apply(recorded[home](t))
	require.NoError(t, err, v.Name)
	if foresees(r) { // no other change touches a forecast, which takes a second
		text, err := v.systemText()
		require.NoError(t, err)
		require.NoError(t, g.SystemError)
		g.Forecast = v.replanned(t, forecast(t, g.System, text))
	}
	found := judge(t, g, r.ID, v.Config)
	for id, others := range found {
		if id != r.ID {
			assert.Empty(t, of(rule.Violation, others), "%s: refused by %s too", v.Name, id)
		}
	}
	return g, found[r.ID]
}

// says holds that some finding says what the case wants.
func says(t *testing.T, v variant, found []string) {
	t.Helper()
	require.NotEmpty(t, v.Finds, "%s: say what the rule finds", v.Name)
	for _, f := range found {
		if strings.Contains(f, v.Finds) {
			return
		}
	}
	assert.Failf(t, "the rule says something else", "%s: got %q, want %q", v.Name, found, v.Finds)
}

// remedies lets the rule mend what it found, and holds that it finds nothing more there.
func remedies(t *testing.T, v variant, r rule.Rule, g *rule.Graph, found []rule.Finding) int {
	t.Helper()
	c, err := r.Configure(nil)
	if v.Config != nil {
		c, err = r.Configure(plain(v.Config).(map[string]any))
	}
	require.NoError(t, err)
	mended := 0
	for _, f := range found {
		res := g.ByURN(f.URN)
		if res == nil {
			continue
		}
		changes := r.Remediate(res, c)
		if len(changes) == 0 {
			continue
		}
		out := *res
		out.Inputs = rule.Copy(res.Inputs)
		for path, value := range changes {
			require.NoError(t, rule.Set(out.Inputs, path, plain(value)))
		}
		assert.Empty(t, r.JudgeResource(&out, c), "%s: mended, and refused again", v.Name)
		assert.Empty(t, r.Remediate(&out, c), "%s: mended, and mended again", v.Name)
		mended++
	}
	return mended
}

// TestRules_seeEveryStoreAndAgent takes everything away.
func TestRules_seeEveryStoreAndAgent(t *testing.T) {
	t.Parallel()
	for _, home := range system.Homes {
		g := recorded[home](t).With(nil)
		said := ""
		for _, found := range judge(t, g, "", nil) {
			said += strings.Join(of(rule.Violation, found), "\n") + "\n"
		}
		for _, st := range g.System.Stores {
			assert.Contains(t, said, fmt.Sprintf("store %q: has no", st.Name), home)
		}
		for _, a := range g.System.Agents {
			assert.Contains(t, said, fmt.Sprintf("agent %q: has no", a.Name), home)
		}
		assert.Contains(t, said, "the configuration: has no bucket", home)
	}
}

// TestCases_areMany counts the changes that are refused, and holds that none is told twice.
func TestCases_areMany(t *testing.T) {
	t.Parallel()
	bad, good, unjudged := 0, 0, 0
	told := map[string]string{}
	for _, r := range pack.Rules() {
		if r.Pending != "" {
			continue
		}
		all := casesOf(t, r)
		bad, good, unjudged = bad+len(all.Bad), good+len(all.Good), unjudged+len(all.Unjudged)
		for _, v := range all.Bad {
			what := fmt.Sprintf("%s %+v %v %+v %v %v", v.Home, v.Patch, v.System, v.Plans, v.Settings, v.Config)
			assert.Empty(t, told[what], "%s: %s is the same change", r.ID, v.Name)
			told[what] = r.ID + ": " + v.Name
		}
	}
	t.Logf("%d rules: %d changes are refused, %d let through, %d not judged yet", len(pack.Rules()), bad, good, unjudged)
	assert.Greater(t, bad, 100)
}

// TestCases_thatDoNothingFail: a patch that selects nothing or changes nothing is no case.
func TestCases_thatDoNothingFail(t *testing.T) {
	t.Parallel()
	g := recorded[system.Primary](t)
	for want, p := range map[string]patch{
		"selects nothing":    {Remove: true},
		"changes nothing of": {Set: map[string]any{"versioningConfiguration.status": "Enabled"}},
		"has no":             {Unset: []string{"nothing"}},
	} {
		if want != "selects nothing" {
			p.Select.Name = "bucket-artifacts-versioning"
		}
		_, err := variant{Patch: []patch{p}}.apply(g)
		assert.ErrorContains(t, err, want)
	}
	_, err := variant{System: map[string]any{"name": "atlas"}}.apply(g)
	assert.ErrorContains(t, err, "has name: atlas already")
}
