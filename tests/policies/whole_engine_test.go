//go:build engine

package policies

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"redoubt/stacks"
	"redoubt/system"
	"redoubt/tests/example"
)

// home opens the stack of one home of the example.
func (p place) home(t *testing.T, h system.Home) engine {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(example.Root(), "Pulumi."+string(h)+".yaml"))
	require.NoError(t, err)
	var file struct{ Config map[string]any }
	require.NoError(t, yaml.Unmarshal(text, &file))
	file.Config["redoubt:system"] = filepath.Join(example.Root(), "system.yaml")
	file.Config["redoubt:peerReady"] = h == system.Secondary
	e := p.stack(t, string(h), stacks.Program, file.Config)
	require.NoError(t, e.SetConfig(t.Context(), "redoubt:databasePassword",
		auto.ConfigValue{Value: "not-a-real-Passw0rd", Secret: true}))
	return e
}

// TestEngine_wholeExample lets the pack see both homes: nothing is refused, neither before the first update, nor by it, nor of
// the other home. With a promise that nobody can keep it is, and the engine tells which one, and what takes the time.
func TestEngine_wholeExample(t *testing.T) {
	t.Parallel()
	p := newPlace(t)
	primary := p.home(t, system.Primary)
	clean := func(r run, what string) {
		t.Helper()
		require.NoError(t, r.err, what)
		assert.Empty(t, r.refused, what)
		assert.NotContains(t, r.told, "no forecast", what)
		t.Logf("%s: %s", what, r.told)
	}
	clean(primary.preview(t, nil), "a preview of the primary")
	foreseen := map[string]any{"promise-recovery": "disabled", "promise-availability": "disabled"} // by the first
	clean(primary.up(t, foreseen), "an update of the primary")
	clean(p.home(t, system.Secondary).preview(t, foreseen), "a preview of the secondary")

	promised, err := variant{System: map[string]any{"tiers[name=core].objectives.region.rto": "3m"}}.systemText()
	require.NoError(t, err)
	bad := filepath.Join(t.TempDir(), "system.yaml")
	require.NoError(t, os.WriteFile(bad, promised, 0o600))
	r := primary.preview(t, only(map[string]any{
		"promise-recovery": map[string]any{"enforcementLevel": "mandatory", "recoveries": 40},
		"system-file":      map[string]any{"enforcementLevel": "mandatory", "path": bad},
	}))
	require.Error(t, r.err)
	assert.Contains(t, strings.Join(r.refused["promise-recovery"], ""),
		`tier "core": loss of a region: the RTO is predicted to be`)
	assert.Contains(t, strings.Join(r.refused["promise-recovery"], ""), "want 3m: it holds in")
}
