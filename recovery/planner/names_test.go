package planner_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// The page on plans names every rule that a plan can break, and no other.
func TestRules_areAllOnThePage(t *testing.T) {
	t.Parallel()
	var rules []string
	for _, file := range []string{"rules.go", "rules_scenario.go", "rules_restore.go"} {
		code, err := os.ReadFile(file)
		require.NoError(t, err)
		for _, m := range regexp.MustCompile(`(?m)^\t[A-Z]\w+ += "([a-z-]+)"$`).FindAllSubmatch(code, -1) {
			rules = append(rules, string(m[1]))
		}
	}
	require.Len(t, rules, 12)
	page, err := os.ReadFile("../../docs/plans.md")
	require.NoError(t, err)
	section := regexp.MustCompile(`(?s)## Rules of every plan(.*?)\n## `).FindSubmatch(page)
	require.NotNil(t, section)
	var told []string
	for _, m := range regexp.MustCompile("(?m)`([a-z]+-[a-z-]+)`[:,]").FindAllSubmatch(section[1], -1) {
		told = append(told, string(m[1]))
	}
	assert.ElementsMatch(t, rules, told)
}
