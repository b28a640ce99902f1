package docs

import (
	"testing"

	"github.com/stretchr/testify/assert"

	commands "redoubt/internal/cli/root"
	"redoubt/internal/cli/streams"
)

// TestFeatures_haveEveryCommand holds that each command of redoubt stands in a row of the table of features.
func TestFeatures_haveEveryCommand(t *testing.T) {
	t.Parallel()
	s, _, _ := streams.Test()
	table, found := read(t, "docs/features.md"), 0
	for _, c := range commands.New(s).Commands() {
		if c.Hidden || c.Name() == "help" || c.Name() == "completion" {
			continue
		}
		found++
		assert.Regexp(t, "(?m)^\\|.*`redoubt "+c.Name()+"[ `]", table, "docs/features.md has no row for redoubt %s", c.Name())
	}
	assert.Greater(t, found, 15)
}
