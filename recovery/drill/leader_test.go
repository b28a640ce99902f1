package drill_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clock"
	"redoubt/recovery/drill"
	"redoubt/recovery/execute"
	"redoubt/recovery/journal"
	"redoubt/recovery/plan"
)

type nobody struct{}

func (nobody) Call(context.Context, plan.Call) (plan.Document, error) {
	return nil, errors.New("nobody is asked anything")
}

// TestLed_allowsAndKeepsTheJournal: a gate that asks a person is allowed by the leader, and the folder has the run's journal.
func TestLed_allowsAndKeepsTheJournal(t *testing.T) {
	t.Parallel()
	p := plan.Plan{Gates: []plan.Gate{{ID: "approval", Title: "Somebody approves", Timeout: plan.Duration(time.Minute)}}}
	dir := t.TempDir()
	f, records, err := drill.Led(t.Context(), execute.Runner{Port: nobody{}, Clock: clock.Wall{}},
		execute.New(p, execute.Options{Run: "drill", Generation: 1}), dir, 3)
	require.NoError(t, err)
	assert.Equal(t, execute.Recovered, f.Outcome, f.Why)
	var said []journal.Record
	for _, r := range records {
		if r.Kind == journal.Decided {
			said = append(said, r)
		}
	}
	require.NotEmpty(t, said)
	assert.Equal(t, "the drill's leader", said[len(said)-1].By)
	kept, err := os.Stat(filepath.Join(dir, "journal-3"))
	require.NoError(t, err)
	assert.NotZero(t, kept.Size())
}
