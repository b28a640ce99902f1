//go:build engine

package engine

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/auto"
	"github.com/pulumi/pulumi/sdk/v3/go/auto/optpreview"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/clitest"
	"redoubt/internal/pulumitest"
	"redoubt/sim/provider"
	"redoubt/sim/world"
	"redoubt/stacks"
)

// TestState_movesIntoItsOwnPlace does what docs/bootstrap.md says with the real
// engine: the state's stack comes up with a state on the disk, which is then imported into another
// backend. There it has nothing to do, and it refuses to be destroyed.
func TestState_movesIntoItsOwnPlace(t *testing.T) {
	p := clitest.New(t)
	w := world.New(world.Config{Seed: 1, Account: "123456789012"})
	face, err := provider.Serve(t.Context(), w, provider.Options{})
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, face.Close()) })

	first := stateStack(t, face.Env(), filepath.Join(p.Dir, "system.yaml"))
	_, err = first.Up(t.Context())
	require.NoError(t, err)
	outputs, err := first.Outputs(t.Context())
	require.NoError(t, err)
	assert.Equal(t, "s3://atlas-state-123456789012-eu-central-1?region=eu-central-1", outputs["login"].Value)
	assert.Equal(t, "s3://atlas-state-123456789012-eu-west-1?region=eu-west-1", outputs["copyLogin"].Value)
	assert.Equal(t, map[string]any{
		"primary":   "awskms://alias/atlas-state-primary?region=eu-west-1",
		"secondary": "awskms://alias/atlas-state-secondary?region=eu-west-1",
	}, outputs["copySecretsProviders"].Value)
	state, err := first.Export(t.Context())
	require.NoError(t, err)

	second := stateStack(t, face.Env(), filepath.Join(p.Dir, "system.yaml"))
	require.NoError(t, second.Import(t.Context(), state))
	_, err = second.Preview(t.Context(), optpreview.ExpectNoChanges())
	require.NoError(t, err)
	_, err = second.Destroy(t.Context())
	require.ErrorContains(t, err, "protect")
	for _, region := range []string{"eu-central-1", "eu-west-1"} {
		assert.Len(t, w.Find(region, "AWS::S3::Bucket", nil), 1, region)
		assert.Len(t, w.Find(region, "AWS::S3::BucketReplication", nil), 1, region)
	}
}

// stateStack opens the state's stack with its settings and an empty backend of its own.
func stateStack(t *testing.T, providers, system string) auto.Stack {
	t.Helper()
	dir := t.TempDir()
	text, err := os.ReadFile(filepath.Join(clitest.Root(t), "bootstrap", "Pulumi.state.yaml"))
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(dir, "Pulumi.state.yaml"), text, 0o600))
	backend := t.TempDir()
	s, err := auto.UpsertStackInlineSource(t.Context(), "state", stacks.StateProject, stacks.Program, auto.WorkDir(dir),
		auto.EnvVars(map[string]string{
			"PULUMI_BACKEND_URL": "file://" + backend, "PULUMI_CONFIG_PASSPHRASE": "", "PULUMI_DEBUG_PROVIDERS": providers,
			"PULUMI_SKIP_UPDATE_CHECK": "true", "PULUMI_HOME": pulumitest.Home(t),
			"PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
		}))
	require.NoError(t, err)
	require.NoError(t, s.SetConfig(t.Context(), stacks.StateProject+":system", auto.ConfigValue{Value: system}))
	return s
}
