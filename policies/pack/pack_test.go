package pack

import (
	"testing"

	"github.com/stretchr/testify/assert"

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
