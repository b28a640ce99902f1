package report

import (
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestPage_isFresh(t *testing.T) {
	t.Parallel()
	page, err := Page()
	require.NoError(t, err)
	kept, err := os.ReadFile("../../../docs/judged.md")
	require.NoError(t, err)
	assert.Equal(t, string(kept), page, "docs/judged.md is stale: go run . page in tools/judge")
}

// broken is a test that counts what is wrong.
type broken struct{ faults int }

func (*broken) Helper()                 {}
func (b *broken) Fatalf(string, ...any) { b.faults++ }
func (b *broken) Errorf(string, ...any) { b.faults++ }

func TestKeep_refusesAStaleSection(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.Mkdir(folder+"/sections", 0o755))
	b := &broken{}
	Keep(b, folder, "one", "text", true)
	Keep(b, folder, "one", "text", false)
	assert.Zero(t, b.faults)
	Keep(b, folder, "one", "another", false)
	assert.Equal(t, 1, b.faults)
}
