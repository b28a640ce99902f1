package nearest_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/nearest"
)

func TestHint_proposes(t *testing.T) {
	t.Parallel()
	keys := []string{"name", "tier", "replicas", "perReplica", "retention"}
	for _, test := range []struct{ name, word, want string }{
		{"a letter too few", "replica", `did you mean "replicas"?`},
		{"another case", "perreplica", `did you mean "perReplica"?`},
		{"two letters swapped", "teir", `did you mean "tier"?`},
		{"nothing near", "colour", "one of name, tier, replicas, perReplica, retention"},
		{"one letter for nothing alike", "x", "one of name, tier, replicas, perReplica, retention"},
		{"a very long word", strings.Repeat("replicas", 100), "one of name, tier, replicas, perReplica, retention"},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			assert.Equal(t, test.want, nearest.Hint(test.word, keys))
		})
	}
}

func TestHint_takesNoLetterForAnother(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "one of a", nearest.Hint("b", []string{"a"}))
}

func TestHint_saysThatNothingIsDeclared(t *testing.T) {
	t.Parallel()
	assert.Equal(t, "none is declared", nearest.Hint[string]("tasks", nil))
}
