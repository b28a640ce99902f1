//go:build apps

package wire

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	smithyhttp "github.com/aws/smithy-go/transport/http"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// TestOperations_overTheWire makes every operation of the registry: those that
// moto knows must answer what a condition can judge, the others as they always do.
func TestOperations_overTheWire(t *testing.T) {
	t.Parallel()
	p, tried := port(), map[string]bool{}
	var last doc
	for _, c := range story(standing(t)) {
		service, operation, _ := strings.Cut(c.operation, ".")
		out, err := p.Call(t.Context(), plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: service,
			Operation: operation, Input: filled(c.in, last)})
		if !assert.NoError(t, err, c.operation) {
			continue
		}
		tried[c.operation], last = true, out
		if len(c.all) > 0 {
			answer, why := plan.Condition{All: c.all}.Judge(out)
			assert.Equal(t, plan.Done, answer, "%s: %s: %v", c.operation, why, out)
		}
	}
	for _, name := range awsport.Operations() {
		_, listed := unknown[name]
		assert.NotEqual(t, listed, tried[name], "%s is tried or is one that moto does not know", name)
	}
	t.Logf("%d operations made, %d that moto does not know", len(tried), len(unknown))
}

// filled is the input with what the last answer told, where it asks for that in braces.
func filled(in, last doc) doc {
	out := doc{}
	for name, value := range in {
		if text, ok := value.(string); ok && strings.HasPrefix(text, "{Messages") {
			value, _ = plan.Path(strings.Trim(text, "{}")).Find(last)
		}
		out[name] = value
	}
	return out
}

// TestOperations_thatMotoDoesNotKnow fails when moto learns one: then it belongs into the story.
func TestOperations_thatMotoDoesNotKnow(t *testing.T) {
	t.Parallel()
	limits, err := os.ReadFile(filepath.Join("..", "..", "..", "docs", "limits.md"))
	require.NoError(t, err)
	for name, c := range unknown {
		assert.Contains(t, string(limits), "`"+name+"`", "docs/limits.md lists it")
		service, operation, _ := strings.Cut(name, ".")
		_, err := port().Call(t.Context(), plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: service,
			Operation: operation, Input: c.in})
		require.Error(t, err, "moto has learned %s", name)
		assert.Equal(t, c.answer, answer(err), "%s: %v", name, err)
	}
}

// answer is the class of an error and the status that it came with.
func answer(err error) string {
	var response *smithyhttp.ResponseError
	if !errors.As(err, &response) {
		return string(execute.ClassOf(err))
	}
	return fmt.Sprintf("%s %d", execute.ClassOf(err), response.HTTPStatusCode())
}
