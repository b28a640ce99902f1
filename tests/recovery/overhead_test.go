package recovery

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
	"redoubt/sim/drive"
)

// timed is a port that finds out how long each step's effect takes, on a fork
// that nobody else looks at.
type timed struct {
	drive.World
	steps map[string]plan.Step // by the text of the call
	takes map[string]time.Duration
}

// Call makes a call and lets a fork tell when the step is done.
func (p *timed) Call(ctx context.Context, c plan.Call) (plan.Document, error) {
	out, err := p.World.Call(ctx, c)
	s, is := p.steps[c.String()+c.Token+text(c.Input)]
	if !is || err != nil {
		return out, err
	}
	fork := p.World
	fork.World = p.World.World.Fork()
	began := fork.Now()
	for fork.Now().Sub(began) < time.Hour {
		doc, err := fork.Call(ctx, s.Condition.Call)
		if err == nil {
			if answer, _ := s.Condition.Judge(doc); answer == plan.Done {
				p.takes[s.ID] = fork.Now().Sub(began)
				return out, nil
			}
		}
		next, _ := fork.NextChange()
		fork.Advance(next)
	}
	return out, nil
}

// TestOverhead compares the simulated time from the run's beginning to the
// proof with the critical path of what the steps took in that run.
func TestOverhead_ofTheRegionLossPlan(t *testing.T) {
	t.Parallel()
	l := standing(t)
	p := l.loseTheRegion(t)
	port := &timed{World: l.port(t), steps: map[string]plan.Step{}, takes: map[string]time.Duration{}}
	for _, s := range p.Steps {
		if text(s.Call) != text(s.Condition.Call) {
			port.steps[s.Call.String()+s.Call.Token+text(s.Call.Input)] = s
		}
	}
	began := l.Now()
	store := &journal.Memory{}
	v := execute.Virtual{Time: port, Port: port, Store: store}
	f, err := v.Run(context.Background(), execute.New(p, execute.Options{Run: "r", Generation: 1}))
	require.NoError(t, err)
	require.Equal(t, execute.Recovered, f.Outcome, f.Why)
	records, err := store.Load(t.Context(), "r")
	require.NoError(t, err)
	var took time.Duration
	for _, r := range records {
		if r.Kind == journal.Ended && r.Step == "probe" {
			took = r.At.Sub(began)
		}
	}
	path := map[string]time.Duration{}
	for _, s := range p.Steps { // each follows what it needs
		for _, need := range s.Needs {
			path[s.ID] = max(path[s.ID], path[need])
		}
		path[s.ID] += port.takes[s.ID]
	}
	require.Positive(t, path["probe"])
	ratio := took.Seconds() / path["probe"].Seconds()
	t.Logf("recovered after %s, critical path %s: %.3f times (simulated)", took, path["probe"], ratio)
	assert.LessOrEqual(t, ratio, 1.02)
}

func text(v any) string { return fmt.Sprint(v) }
