package plan_test

import (
	"testing"

	"github.com/jmespath/go-jmespath"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/plan"
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

func TestExpect_countsWhatIsLeftOutAsTheCommandLineDoes(t *testing.T) {
	t.Parallel()
	for _, c := range paths {
		e := plan.Expect{Path: c.path, Op: plan.Is, Value: 0, Missing: 0}
		theirs, err := jmespath.Search(e.JMESPath(), document(t))
		require.NoError(t, err, e.JMESPath())
		if c.want == nil {
			assert.Equal(t, 0.0, theirs, e.JMESPath())
		} else {
			assert.Equal(t, c.want, theirs, e.JMESPath())
		}
	}
}

func TestPath_readsAsKubectlTakesIt(t *testing.T) {
	t.Parallel()
	for path, want := range map[plan.Path]string{
		"status.readyReplicas":                     `{.status.readyReplicas}`,
		`metadata.annotations."keda.sh/paused"`:    `{.metadata.annotations.keda\.sh/paused}`,
		`status.conditions[?type=="Ready"].status`: `{.status.conditions[?(@.type=="Ready")].status}`,
		`spec.template.spec.containers[0].image`:   `{.spec.template.spec.containers[0].image}`,
	} {
		assert.Equal(t, want, path.JSONPath(), path)
	}
}
