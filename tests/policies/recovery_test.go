package policies

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/iampolicy"
	"redoubt/policies/recoveryrole"
	"redoubt/policies/rule"
	"redoubt/system"
	"redoubt/tests/example"
)

// TestRecoveryRole_missesEachActionThatIsTakenAway: the rule finds each of them on what the program declares.
func TestRecoveryRole_missesEachActionThatIsTakenAway(t *testing.T) {
	t.Parallel()
	g := graphOf(system.Primary, example.System(t), example.Recovering(t, system.Primary))
	at := slices.IndexFunc(g.Resources(), func(r *rule.Resource) bool { return r.Name == "recovery-function-policy" })
	require.GreaterOrEqual(t, at, 0)
	policy := g.Resources()[at]
	doc, err := iampolicy.Parse(policy.Inputs["policy"].(string))
	require.NoError(t, err)
	taken := map[string]bool{}
	for _, s := range doc.Statements {
		for _, action := range s.Actions {
			if s.Effect == iampolicy.Deny || taken[action] {
				continue
			}
			taken[action] = true
			less := iampolicy.Document{Statements: slices.Clone(doc.Statements)}
			for n := range less.Statements {
				if less.Statements[n].Effect != iampolicy.Deny {
					less.Statements[n].Actions = slices.DeleteFunc(slices.Clone(less.Statements[n].Actions),
						func(a string) bool { return a == action })
				}
			}
			less.Statements = slices.DeleteFunc(less.Statements, func(s iampolicy.Statement) bool { return len(s.Actions) == 0 })
			policy.Inputs["policy"] = less.JSON()
			found := recoveryrole.Rule.JudgeResource(policy, rule.Config{})
			require.Len(t, found, 1, action)
			assert.Contains(t, found[0].String(), `lacks "`+action+`"`)
		}
	}
	assert.Greater(t, len(taken), 70)
	policy.Inputs["policy"] = "{"
	found := recoveryrole.Rule.JudgeResource(policy, rule.Config{})
	require.Len(t, found, 1)
	assert.Contains(t, found[0].String(), "policy cannot be read")
}
