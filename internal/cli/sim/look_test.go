package sim

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/cli/project"
	"redoubt/internal/cli/streams"
	"redoubt/inventory"
	"redoubt/sim/world"
	"redoubt/system"
)

// looked is what a person sees of the example whose edge tier is restored from
// backups, with the stores given in each home.
func looked(t *testing.T, stores map[system.Home]map[string]inventory.Store) string {
	t.Helper()
	s, err := system.Load(filepath.Join("..", "..", "..", "system.yaml"))
	require.NoError(t, err)
	s.Stores = s.Stores[:2]
	require.Equal(t, []any{"sessions", system.Table, "tasks", system.Postgres},
		[]any{s.Stores[0].Name, s.Stores[0].Kind, s.Stores[1].Name, s.Stores[1].Kind})
	for i := range s.Tiers {
		s.Tiers[i].Strategy = system.BackupRestore
	}
	w := &workspace{Project: &project.Project{System: s}, world: world.New(world.Config{Seed: 1})}
	v := &View{System: s.Name}
	for _, h := range system.Homes {
		own := inventory.Home{Region: "eu-west-1", Stores: stores[h]}
		v.Homes = append(v.Homes, w.view(h, own))
		v.Homes[len(v.Homes)-1].Answers = true
		v.Missing = append(v.Missing, missing(s, h, own)...)
	}
	out, text, _ := streams.Test()
	v.print(out)
	return text.String()
}

func TestView_ofAStoreThatIsRestoredFromBackups(t *testing.T) {
	t.Parallel()
	tasks := inventory.Store{Kind: system.Postgres, Tier: "core", Name: "db"}
	sessions := inventory.Store{Kind: system.Table, Tier: "edge", Name: "demo-sessions"}
	text := looked(t, map[system.Home]map[string]inventory.Store{
		system.Primary:   {"tasks": tasks, "sessions": sessions},
		system.Secondary: {"tasks": tasks},
	})
	assert.Regexp(t, `sessions +edge +table +demo-sessions +copies of backups\n`, text)
	assert.NotContains(t, text, "not there yet", "nothing is missing")

	restored := looked(t, map[system.Home]map[string]inventory.Store{
		system.Primary:   {"tasks": tasks, "sessions": sessions},
		system.Secondary: {"tasks": tasks, "sessions": sessions},
	})
	assert.Regexp(t, `sessions +edge +table +demo-sessions +demo-sessions\n`, restored, "after a restore there")
}

func TestView_namesWhatIsDeclaredAndNotThere(t *testing.T) {
	t.Parallel()
	text := looked(t, map[system.Home]map[string]inventory.Store{system.Secondary: {}, system.Primary: {}})
	_, rest, found := strings.Cut(text, "declared, and not there yet (redoubt sim up): ")
	require.True(t, found, text)
	assert.Equal(t, "sessions (table) in the primary, tasks (postgres) in the primary, tasks (postgres) in the secondary\n", rest)
}
