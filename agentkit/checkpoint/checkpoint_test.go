package checkpoint_test

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/checkpoint"
	"redoubt/agentkit/measure"
	"redoubt/internal/interleave"
	"redoubt/internal/memtable"
	"redoubt/internal/metrictest"
	"redoubt/inventory"
)

func store(table *memtable.Table) checkpoint.Store {
	return checkpoint.Table{Client: table.Via(nil), Name: "sessions", Keep: time.Hour}
}

func newTable() *memtable.Table { return memtable.New(inventory.RecordsKey, inventory.RecordsSort) }

// plan has three steps; each returns its name and what it saw. It fails before the record where fail says so.
func plan(s checkpoint.Store, ran *[]string, fail func(step string) error) *checkpoint.Plan {
	step := func(name string) checkpoint.Step {
		return checkpoint.Step{Name: name, Do: func(_ context.Context, st checkpoint.State) ([]byte, error) {
			*ran = append(*ran, st.Token)
			return []byte(fmt.Sprintf("%s after %d", name, len(st.Results))), fail(name)
		}}
	}
	return &checkpoint.Plan{Name: "research", Version: "1", Store: s, Steps: []checkpoint.Step{step("ask"), step("read"), step("write")}}
}

func TestRun_goesOnAfterTheLastRecordedStep(t *testing.T) {
	t.Parallel()
	var ran []string
	broke, m := errors.New("killed"), metrictest.New(t)
	s := store(newTable())
	p := plan(s, &ran, func(step string) error {
		if step == "read" {
			return broke
		}
		return nil
	})
	p.Meter = m.Recorder
	_, err := p.Run(t.Context(), "job-1")
	require.ErrorIs(t, err, broke)
	require.ErrorContains(t, err, `job "job-1", step "read"`)
	p = plan(s, &ran, func(string) error { return nil })
	p.Meter = m.Recorder
	got, err := p.Run(t.Context(), "job-1")
	require.NoError(t, err)
	assert.Equal(t, []string{"job-1/ask", "job-1/read", "job-1/read", "job-1/write"}, ran, "the same token again")
	assert.Equal(t, "read after 1", string(got["read"]))
	again, err := p.Run(t.Context(), "job-1")
	require.NoError(t, err)
	assert.Equal(t, got, again)
	assert.Len(t, ran, 4, "a job that is over runs nothing")
	assert.InDelta(t, 4, m.Value(t, measure.Steps, "research", "found"), 0)
	assert.InDelta(t, 3, m.Value(t, measure.Steps, "research", "done"), 0)
}

func TestRun_refusesAnotherDefinition(t *testing.T) {
	t.Parallel()
	var ran []string
	s, none := store(newTable()), func(string) error { return nil }
	_, err := plan(s, &ran, none).Run(t.Context(), "job-1")
	require.NoError(t, err)
	for name, change := range map[string]func(*checkpoint.Plan){
		"version": func(p *checkpoint.Plan) { p.Version = "2" },
		"order":   func(p *checkpoint.Plan) { p.Steps[0], p.Steps[1] = p.Steps[1], p.Steps[0] },
		"name":    func(p *checkpoint.Plan) { p.Steps[2].Name = "print" },
		"fewer":   func(p *checkpoint.Plan) { p.Steps = p.Steps[:2] },
	} {
		p := plan(s, &ran, none)
		change(p)
		_, err := p.Run(t.Context(), "job-1")
		var changed *checkpoint.ChangedError
		require.ErrorAs(t, err, &changed, name)
		require.ErrorContains(t, err, `job "job-1" began as research 1: ask, read, write and the program now has`)
	}
	assert.Len(t, ran, 3, "nothing ran")
}

func TestRun_stopsWhenTheHomeMayNotWrite(t *testing.T) {
	t.Parallel()
	var ran []string
	p := plan(store(newTable()), &ran, func(string) error { return nil })
	p.MayWrite = func(context.Context) bool { return len(ran) == 0 }
	_, err := p.Run(t.Context(), "job-1")
	require.ErrorIs(t, err, checkpoint.ErrNotActive)
	assert.Len(t, ran, 1)
}

func TestRun_tellsAllFaultsOfAPlan(t *testing.T) {
	t.Parallel()
	_, err := (&checkpoint.Plan{Name: "x", Steps: []checkpoint.Step{{Name: "a"}, {Name: "a"}, {Name: "b,c"}}}).Run(t.Context(), "")
	for _, want := range []string{"the job has no name", `version ""`, "no store", `two steps are called "a"`, `called "b,c"`, "does nothing"} {
		require.ErrorContains(t, err, want)
	}
}

// TestRun_oneResultForAll lets two processes run one job while they crash and lose answers: both see the same results.
func TestRun_oneResultForAll(t *testing.T) {
	t.Parallel()
	l := interleave.Limits{Crashes: 1, Losses: 2, Pauses: []time.Duration{time.Second}, PausesMost: 2}
	interleave.Holds(t, l, func(w *interleave.World) func() error {
		table, ran := newTable(), 0
		var got []string
		for _, name := range []string{"ann", "bob"} {
			w.Go(name, func(p *interleave.Process) {
				s := checkpoint.Table{Client: table.Via(p.Access), Name: "sessions"}
				step := func(name string) checkpoint.Step {
					return checkpoint.Step{Name: name, Do: func(_ context.Context, st checkpoint.State) ([]byte, error) {
						ran++
						mine := fmt.Sprintf("%s's %d %v", p.Name, ran, st.Results)
						p.Step(name)
						return []byte(mine), nil
					}}
				}
				plan := checkpoint.Plan{Name: "research", Version: "1", Store: s, Steps: []checkpoint.Step{step("ask"), step("write")}}
				for range 4 {
					if results, err := plan.Run(context.Background(), "job-1"); err == nil {
						got = append(got, fmt.Sprint(results))
						return
					}
				}
			})
		}
		return func() error {
			for _, one := range got {
				if one != got[0] {
					return fmt.Errorf("two saw different results: %s and %s", got[0], one)
				}
			}
			return nil
		}
	})
}
