package recovery

import (
	"context"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/engine"
	"redoubt/recovery/execute"
	"redoubt/system"
)

// TestRestore_isAdopted tells both stacks what the plan's last step wrote: nothing
// is made, replaced or deleted, and in the end both previews, after a refresh, are empty.
func TestRestore_isAdopted(t *testing.T) {
	t.Parallel()
	for _, store := range []string{"sessions", "tasks", "scores"} {
		t.Run(store, func(t *testing.T) {
			t.Parallel()
			l := serving(t, system.Primary)
			at := l.Now().Add(-8 * time.Minute).Truncate(time.Second)
			f := l.quiet(t, l.plan(t, restoreRequest(store, system.Primary, at)), execute.Options{})
			require.Equal(t, execute.Recovered, f.Outcome, f.Why)
			for _, home := range system.Homes {
				l.adopts(t, home, store)
			}
			for range 2 { // each home's inventory holds the other's
				for _, home := range system.Homes {
					done, err := l.Engine.Stack(string(home)).Up(context.Background())
					require.NoError(t, err)
					for _, s := range done.Steps {
						assert.Equal(t, engine.Update, s.Op, s)
					}
				}
			}
			for _, home := range system.Homes {
				s := l.Engine.Stack(string(home))
				gone, err := s.Refresh(context.Background())
				require.NoError(t, err)
				assert.Empty(t, gone)
				left, err := s.Preview(context.Background())
				require.NoError(t, err)
				assert.Empty(t, left.Steps, "the %s home", home)
			}
		})
	}
}

// adopts does what redoubt adopt does for a home.
func (l *lab) adopts(t *testing.T, home system.Home, store string) {
	t.Helper()
	a, s := l.learns(t, home, store), l.Engine.Stack(string(home))
	s.Config["redoubt:storeGenerations"] = `{"` + store + `":` + a.Settings[0].Value + `}`
	state, err := s.Export()
	require.NoError(t, err)
	state, err = a.Apply(state)
	require.NoError(t, err)
	require.NoError(t, s.Import(state))
	gone, err := s.Refresh(context.Background())
	require.NoError(t, err)
	assert.Empty(t, gone)
}
