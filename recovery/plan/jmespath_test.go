package plan_test

import (
	"testing"

	"github.com/jmespath/go-jmespath"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// TestPath_meansWhatTheCommandLineMeans compares both readings of each path of
// the corpus: our own, and that of the language which --query is written in.
func TestPath_meansWhatTheCommandLineMeans(t *testing.T) {
	t.Parallel()
	for _, c := range paths {
		ours, found := c.path.Find(document(t))
		theirs, err := jmespath.Search(c.path.JMESPath(), document(t))
		require.NoError(t, err, c.path)
		assert.Equal(t, theirs, ours, c.path)
		assert.Equal(t, theirs != nil, found, c.path)
	}
}
