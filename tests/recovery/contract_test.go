package recovery

import (
	"context"
	"encoding/json"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// plansVariable names a folder that the plans are written into, for the judge
// that holds them against AWS's API models (tools/judge/contract).
const plansVariable = "REDOUBT_PLANS"

// examples are the plans of all scenes, and those of the switch alone.
func examples(t *testing.T) map[string]plan.Plan {
	t.Helper()
	out := map[string]plan.Plan{}
	for name, scene := range scenes {
		_, out[name] = scene(t)
	}
	inv := standing(t).Inventory(t)
	for _, home := range system.Homes {
		p, err := planner.TakeTraffic(inv, home)
		require.NoError(t, err)
		out["take-traffic-"+string(home)] = p
	}
	p, err := planner.ResetSwitch(inv)
	require.NoError(t, err)
	out["reset-switch"] = p
	return out
}

// TestContract_thePortCanMakeEveryCall holds every call of every plan, and every
// path of its conditions, against the types of AWS's own SDK.
func TestContract_thePortCanMakeEveryCall(t *testing.T) {
	t.Parallel()
	plans, seen, calls := examples(t), map[string]bool{}, 0
	for name, p := range plans {
		require.NoError(t, awsport.CheckPlan(p), name)
		seen[p.Scenario] = true
		calls += len(p.Steps)
	}
	for scenario := range planner.Scenarios() {
		assert.True(t, seen[string(scenario)], "scenario %s has a scene", scenario)
	}
	t.Logf("%d plans, %d steps", len(plans), calls)
	dir := os.Getenv(plansVariable) //nolint:forbidigo // how the judge asks for the plans
	if dir == "" {
		return
	}
	for name, p := range plans {
		raw, err := plan.Encode(p)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(dir, name+".json"), raw, 0o600))
	}
}

// listening notes every answer that a run was given by AWS's operations.
type listening struct {
	plan.Port
	mu   sync.Mutex
	said map[string][]plan.Document
}

func (l *listening) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	out, err := l.Port.Call(ctx, c)
	if err == nil && c.Kind == plan.AWS {
		l.mu.Lock()
		defer l.mu.Unlock()
		l.said[c.Service+"."+c.Operation] = append(l.said[c.Service+"."+c.Operation], out)
	}
	return out, err
}

// TestContract_theSimulatorAnswersAsAWSDoes runs every plan and reads each answer
// of the simulator into the SDK's own type: no field may be one that AWS's
// operation does not have, and none of another kind.
func TestContract_theSimulatorAnswersAsAWSDoes(t *testing.T) {
	t.Parallel()
	ears := &listening{said: map[string][]plan.Document{}}
	for _, scene := range scenes {
		l, p := scene(t)
		v := l.driver(t)
		ears.Port = v.Port
		v.Port = ears
		f, err := v.Run(t.Context(), execute.New(p, execute.Options{Run: "contract", Generation: 1}))
		require.NoError(t, err)
		require.Equal(t, execute.Recovered, f.Outcome, f.Why)
	}
	answers := 0
	for _, name := range slices.Sorted(mapKeys(ears.said)) {
		service, operation, _ := strings.Cut(name, ".")
		for _, said := range ears.said[name] {
			answers++
			raw, err := json.Marshal(said)
			require.NoError(t, err)
			require.NoError(t, awsport.CheckAnswer(service, operation, said), "%s: %s", name, raw)
		}
	}
	t.Logf("%d answers of %d operations", answers, len(ears.said))
	assert.Greater(t, len(ears.said), 10)
}
