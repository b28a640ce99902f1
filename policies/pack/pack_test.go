package pack

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/policies/rule"
)

func TestRules_areWholeAndHaveTheirOwnIDs(t *testing.T) {
	t.Parallel()
	ids, packages := map[string]bool{}, map[string]bool{}
	for _, r := range Rules() {
		assert.NoError(t, r.Validate())
		assert.False(t, ids[r.ID] || packages[r.Package()], "%s is there twice", r.ID)
		ids[r.ID], packages[r.Package()] = true, true
		_, err := r.Configure(nil)
		assert.NoError(t, err)
	}
}

func TestLevelOf_lowWarns(t *testing.T) {
	t.Parallel()
	assert.Equal(t, Advisory, LevelOf(rule.Rule{Severity: rule.Low}))
	assert.Equal(t, Mandatory, LevelOf(rule.Rule{Severity: rule.Medium}))
	assert.Equal(t, Mandatory, LevelOf(rule.Rule{Severity: rule.High}))
}

// TestPage_configuresTheRules holds the configuration that the page of the policies shows: rules, options and levels that there are.
func TestPage_configuresTheRules(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../../docs/policies.md")
	require.NoError(t, err)
	_, shown, _ := strings.Cut(string(page), "```json\n")
	shown, _, _ = strings.Cut(shown, "```")
	var config map[string]any
	require.NoError(t, json.Unmarshal([]byte(shown), &config))
	require.NotEmpty(t, config)
	for id, set := range config {
		at := slices.IndexFunc(Rules(), func(r rule.Rule) bool { return r.ID == id })
		require.GreaterOrEqual(t, at, 0, "%s is no rule", id)
		r, level := Rules()[at], set
		if options, is := set.(map[string]any); is {
			level = options["enforcementLevel"]
			delete(options, "enforcementLevel")
			_, err := r.Configure(options)
			require.NoError(t, err, id)
		}
		assert.Contains(t, []any{"disabled", string(Advisory), string(Mandatory), "remediate"}, level, id)
		assert.True(t, level != "remediate" || r.Resource != nil && r.Resource.Remediate != nil, "%s mends nothing", id)
	}
}
