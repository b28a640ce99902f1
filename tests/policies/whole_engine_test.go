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
	"redoubt/tests/example"
)

// primary opens the stack of the example's primary.
func (p place) primary(t *testing.T) engine {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(example.Root(), "Pulumi.primary.yaml"))
	require.NoError(t, err)
	var file struct{ Config map[string]any }
	require.NoError(t, yaml.Unmarshal(text, &file))
	file.Config["redoubt:system"] = filepath.Join(example.Root(), "system.yaml")
	e := p.stack(t, "primary", stacks.Program, file.Config)
	require.NoError(t, e.SetConfig(t.Context(), "redoubt:databasePassword",
		auto.ConfigValue{Value: "not-a-real-Passw0rd", Secret: true}))
	return e
}

// TestEngine_wholeExample lets the pack see the primary before its first update, where most is unknown: nothing is
// refused. Both homes that are up, the gate judges (make gate-homes). With a promise that nobody can keep it is, and
// the engine tells which one, and what takes the time.
func TestEngine_wholeExample(t *testing.T) {
	t.Parallel()
	primary := newPlace(t).primary(t)
	r := primary.preview(t, nil)
	require.NoError(t, r.err)
	assert.Empty(t, r.refused)
	assert.NotContains(t, r.told, "no forecast")
	assert.Contains(t, r.told, "not judged yet")

	promised, err := variant{System: map[string]any{"tiers[name=core].objectives.region.rto": "3m"}}.systemText()
	require.NoError(t, err)
	bad := filepath.Join(t.TempDir(), "system.yaml")
	require.NoError(t, os.WriteFile(bad, promised, 0o600))
	r = primary.preview(t, only(map[string]any{
		"promise-recovery": map[string]any{"enforcementLevel": "mandatory", "recoveries": 40},
		"system-file":      map[string]any{"enforcementLevel": "mandatory", "path": bad},
	}))
	require.Error(t, r.err)
	assert.Contains(t, strings.Join(r.refused["promise-recovery"], ""),
		`tier "core": loss of a region: the RTO is predicted to be`)
	assert.Contains(t, strings.Join(r.refused["promise-recovery"], ""), "want 3m: it holds in")
}
