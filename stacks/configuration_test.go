package stacks

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi/config"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/configuration"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

const objectToken = "aws:s3/bucketObjectv2:BucketObjectv2"

// graph is everything that a run registered, with its inputs.
func graph(r *pulumitest.Recorder) map[string]any {
	out := map[string]any{}
	for _, res := range r.All() {
		out[res.Type+" "+res.Name] = res.Values()
	}
	return out
}

func TestProgram_isRebuiltFromTheConfigurationThatItKept(t *testing.T) {
	t.Parallel()
	of := func(path string, settings map[string]string) *pulumitest.Recorder {
		settings["redoubt:system"] = path
		return pulumitest.Run(t, Program, region("eu-west-1"), reference(t, "own-last", nil),
			pulumitest.WithConfig(settings))
	}
	first := of(filepath.Join("..", "system.yaml"), given(t, "Pulumi.primary.yaml", map[string]string{
		"tags": `{"team":"agents"}`, "storeGenerations": `{"artifacts":2}`, "clientCidrs": `["203.0.113.0/24"]`, "checkerPrefixListId": "pl-0123",
		"adopt": `{"zoneId":"Z0ADOPTED"}`,
	}))
	kept := func(part string) []byte {
		return []byte(first.Get(t, objectToken, "configuration-"+part).Values()["content"].(string))
	}

	// All that is left are the two objects, and the secrets that a person keeps.
	path := filepath.Join(t.TempDir(), "system.yaml")
	require.NoError(t, os.WriteFile(path, kept("system"), 0o600))
	settings, err := Rebuilt(kept("settings"))
	require.NoError(t, err)
	settings["redoubt:databasePassword"] = "not-a-real-Passw0rd"
	again := of(path, settings)

	require.Greater(t, len(graph(first)), 100)
	assert.Equal(t, graph(first), graph(again))
	assert.Contains(t, settings, "redoubt:tags")
}

func TestPlainSettings_holdNoSecret(t *testing.T) {
	t.Parallel()
	settings := map[string]string{
		"redoubt:home": "primary", "redoubt:databasePassword": "hidden", "redoubt:postgresVersion": "marked-secret",
		"redoubt:system": "elsewhere.yaml", "other:key": "x",
	}
	var got map[string]string
	require.NoError(t, pulumi.RunErr(func(ctx *pulumi.Context) error {
		got = plainSettings(ctx, config.New(ctx, Namespace))
		return nil
	}, pulumi.WithMocks("redoubt", "test", &pulumitest.Recorder{}), func(info *pulumi.RunInfo) {
		info.Config, info.ConfigSecretKeys = settings, []string{"redoubt:postgresVersion"}
	}))
	assert.Equal(t, map[string]string{"redoubt:home": "primary"}, got)
	assert.Equal(t, encodeSettings(got), encodeSettings(map[string]string{"redoubt:home": "primary"}))
}

func TestRebuilt_refusesWhatIsNoSettings(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{"{": "settings", `{"aws:region":"x"}`: `key "aws:region"`, "[]": "settings"} {
		_, err := Rebuilt([]byte(text))
		assert.ErrorContains(t, err, want)
	}
}

func TestDeploy_configurationReplicatesAndIsBackedUp(t *testing.T) {
	t.Parallel()
	s := example(t)
	c := settings(system.Primary)
	c.PeerReady = true
	peer := seen(system.Secondary)
	home := peer.Own()
	home.Configuration = "atlas-configuration-of-the-peer"
	peer.Homes[system.Secondary] = home
	r := pulumitest.Run(t, deploy(c, s), region("eu-west-1"), reference(t, "own-last", nil), reference(t, "peer", peer))
	rules := r.Get(t, "aws:s3/bucketReplicationConfig:BucketReplicationConfig", "bucket-configuration-replication")
	to := rules.Values()["rules"].([]any)[0].(map[string]any)["destination"].(map[string]any)
	assert.Equal(t, "arn:aws:s3:::atlas-configuration-of-the-peer", to["bucket"])
	r.Get(t, "aws:backup/selection:Selection", "vault-selection-"+configuration.Store)
	r.Get(t, "aws:backup/restoreTestingSelection:RestoreTestingSelection", "vault-test-selection-"+configuration.Store)

	home.Configuration = ""
	peer.Homes[system.Secondary] = home
	r = pulumitest.Run(t, deploy(c, s), region("eu-west-1"), reference(t, "own-last", nil), reference(t, "peer", peer))
	for _, config := range r.OfType("aws:s3/bucketReplicationConfig:BucketReplicationConfig") {
		assert.NotEqual(t, "bucket-configuration-replication", config.Name, "S3 refuses a bucket that is not there")
	}
}
