package recovery

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/recovery/plan"
	"redoubt/sim/drive"
	"redoubt/system"
)

// contract is a port of the simulated regions whose every answer is read into
// the type that AWS's own SDK has for it: no field may be one that the operation
// does not have, and none of another kind.
type contract struct {
	drive.World
	t testing.TB
}

func (c contract) Call(ctx context.Context, call plan.Call) (plan.Document, error) {
	out, err := c.World.Call(ctx, call)
	if err == nil && call.Kind == plan.AWS {
		raw, _ := json.Marshal(out)
		assert.NoError(c.t, awsport.CheckAnswer(call.Service, call.Operation, out), "%s: %s", call, raw)
	}
	return out, err
}

// TestContract_namesAWrongAnswer has a field that AWS does not have.
func TestContract_namesAWrongAnswer(t *testing.T) {
	t.Parallel()
	l := standing(t)
	call := plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: "rds", Operation: "DescribeGlobalClusters"}
	out, err := contract{l.port(t), t}.Call(t.Context(), call)
	require.NoError(t, err)
	out["Writer"] = "a"
	require.ErrorContains(t, awsport.CheckAnswer("rds", "DescribeGlobalClusters", out),
		"Writer: rds.DescribeGlobalClustersOutput has no such field")
}
