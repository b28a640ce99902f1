package stacks

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"redoubt/internal/pulumitest"
)

// stateSettings are those of bootstrap/Pulumi.state.yaml with a few changes.
func stateSettings(t *testing.T, changes map[string]string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "bootstrap", "Pulumi.state.yaml"))
	require.NoError(t, err)
	var doc struct{ Config map[string]any }
	require.NoError(t, yaml.Unmarshal(text, &doc))
	out := map[string]string{StateProject + ":system": filepath.Join("..", "system.yaml")}
	for k, v := range doc.Config {
		if text, plain := v.(string); plain {
			out[k] = text
		}
	}
	for k, v := range changes {
		out[StateProject+":"+k] = v
	}
	return out
}

// stateKeys makes the mocks answer with keys of the regions that they are in.
func stateKeys() []pulumitest.Option {
	in := func(region string) resource.PropertyMap {
		return resource.PropertyMap{"arn": resource.NewStringProperty("arn:aws:kms:" + region + ":123456789012:key/mrk-1")}
	}
	return []pulumitest.Option{pulumitest.WithOutputs("aws:kms/key:Key", in("eu-central-1")),
		pulumitest.WithOutputs("aws:kms/replicaKey:ReplicaKey", in("eu-west-1"))}
}

func TestProgram_ofTheState(t *testing.T) {
	t.Parallel()
	r := pulumitest.Run(t, stateProgram, append(stateKeys(),
		pulumitest.WithConfig(stateSettings(t, map[string]string{"tags": `{"team":"platform"}`})))...)
	pulumitest.CheckTree(t, r)
	pulumitest.CheckPolicies(t, r)
	for name, region := range map[string]string{"state": "eu-central-1", "copy": "eu-west-1"} {
		p := r.Get(t, "pulumi:providers:aws", name).Values()
		assert.Equal(t, region, p["region"])
		assert.Equal(t, "platform", p["defaultTags"].(map[string]any)["tags"].(map[string]any)["team"])
		b := r.Get(t, "aws:s3/bucketV2:BucketV2", name+"-bucket-bucket")
		assert.Equal(t, "atlas-state-123456789012-"+region, b.Values()["bucket"])
		assert.Contains(t, b.Provider, "pulumi:providers:aws::"+name+"::", "each bucket in its own region")
		assert.True(t, b.RPC.GetProtect())
	}
	pulumitest.Preview(t, stateProgram, pulumitest.WithConfig(stateSettings(t, nil)))
}

// TestProgram_isChosenByTheProject: the settings of a home do not make a state, nor the other way round.
func TestProgram_isChosenByTheProject(t *testing.T) {
	t.Parallel()
	run := func(project string) *pulumitest.Recorder {
		r := &pulumitest.Recorder{}
		_ = pulumi.RunErr(Program, pulumi.WithMocks(project, "state", r), func(info *pulumi.RunInfo) {
			info.Config = stateSettings(t, nil)
		})
		return r
	}
	assert.NotEmpty(t, run(StateProject).OfType("redoubt:state:State"))
	assert.Empty(t, run(Namespace).OfType("redoubt:state:State"))
}

func TestLoadState_reportsEveryFault(t *testing.T) {
	t.Parallel()
	var err error
	_, _ = pulumitest.RunErr(func(ctx *pulumi.Context) error {
		_, err = LoadState(ctx)
		return nil
	}, pulumitest.WithConfig(stateSettings(t, map[string]string{
		"region": "mars-1", "peerRegion": "mars-1", "accountId": "1", "tags": "{",
	})))
	for _, want := range []string{`redoubt-state:region is "mars-1", want a region of the catalogue`, "as region is, want another",
		`redoubt-state:accountId is "1", want twelve digits`, "redoubt-state:tags is no object of texts"} {
		assert.ErrorContains(t, err, want)
	}
}

func TestStateProject_describesEveryKey(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "bootstrap", "Pulumi.yaml"))
	require.NoError(t, err)
	var doc struct {
		Name, Main string
		Config     map[string]struct{ Description string }
	}
	require.NoError(t, yaml.Unmarshal(text, &doc))
	assert.Equal(t, StateProject, doc.Name)
	assert.Equal(t, "..", doc.Main, "it is the same program")
	assert.Len(t, doc.Config, len(StateKeys))
	for _, key := range StateKeys {
		assert.NotEmpty(t, doc.Config[key].Description, "bootstrap/Pulumi.yaml describes %s", key)
	}
}
