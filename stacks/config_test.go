package stacks

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gopkg.in/yaml.v3"

	"redoubt/components/vault"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

func lines(text string) []string { return strings.Split(strings.TrimSpace(text), "\n") }

// key is the setting that a line of a stack file sets.
func key(line string) string {
	line = strings.TrimSpace(line)
	if i := strings.Index(line, ": "); i > 0 {
		return line[:i]
	}
	return line
}

// load runs Load with the settings of a stack file and a few changes.
func load(t *testing.T, file string, changes map[string]string) (Config, error) {
	t.Helper()
	var c Config
	var loadErr error
	_, err := pulumitest.RunErr(func(ctx *pulumi.Context) error {
		c, loadErr = Load(ctx)
		return nil
	}, pulumitest.WithConfig(given(t, file, changes)))
	return c, errors.Join(err, loadErr)
}

// given are the settings of a stack file with a few changes, as the engine passes them.
func given(t *testing.T, file string, changes map[string]string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", file))
	require.NoError(t, err)
	var doc struct{ Config map[string]any }
	require.NoError(t, yaml.Unmarshal(text, &doc))
	given := map[string]string{"redoubt:databasePassword": "not-a-real-Passw0rd"}
	for k, v := range doc.Config {
		switch v := v.(type) {
		case string:
			given[k] = v
		case []any:
			var items []string
			for _, item := range v {
				items = append(items, `"`+item.(string)+`"`)
			}
			given[k] = "[" + strings.Join(items, ",") + "]"
		}
	}
	for k, v := range changes {
		given["redoubt:"+k] = v
	}
	return given
}

func TestLoad_readsBothStackFiles(t *testing.T) {
	t.Parallel()
	for _, h := range system.Homes {
		c, err := load(t, "Pulumi."+string(h)+".yaml", nil)
		require.NoError(t, err)
		assert.Equal(t, h, c.Home)
		assert.Equal(t, string(h.Peer()), c.PeerStack)
		assert.Len(t, c.Zones, 3)
		assert.True(t, c.Protect, "protection is on unless it is switched off")
		assert.False(t, c.PeerReady)
	}
}

func TestLoad_takesWhatIsSet(t *testing.T) {
	t.Parallel()
	c, err := load(t, "Pulumi.primary.yaml", map[string]string{
		"protect": "false", "peerReady": "true", "clientCidrs": `["203.0.113.0/24"]`,
		"permissionsBoundary": "true", "clusterViewers": `["arn:aws:iam::123456789012:role/looks"]`,
		"storeGenerations": `{"tasks": 2}`, "adopt": `{"zoneId": "Z1", "buckets": {"artifacts": "old-bucket"}}`,
	})
	require.NoError(t, err)
	assert.False(t, c.Protect)
	assert.True(t, c.PeerReady)
	assert.Equal(t, []string{"203.0.113.0/24"}, c.ClientCIDRs)
	assert.True(t, c.PermissionsBoundary)
	assert.Equal(t, []string{"arn:aws:iam::123456789012:role/looks"}, c.ClusterViewers)
	assert.Equal(t, 2, c.Generation("tasks"))
	assert.Equal(t, 1, c.Generation("work"))
	assert.Equal(t, "Z1", c.Adopt.ZoneID)
	assert.Equal(t, "old-bucket", c.Adopt.Buckets["artifacts"])
}

func TestLoad_reportsEveryFaultAtOnce(t *testing.T) {
	t.Parallel()
	_, err := load(t, "Pulumi.primary.yaml", map[string]string{
		"home": "third", "accountId": "12", "switch": "lever", "clientCidrs": `["everyone"]`,
		"storeGenerations": `{"tasks": 0}`, "copyAccount": `{"id": "12"}`,
	})
	for _, want := range []string{
		`redoubt:home is "third"`, `redoubt:accountId is "12"`, `redoubt:switch is "lever"`,
		`redoubt:clientCidrs has "everyone"`, `redoubt:storeGenerations has 0 for tasks`,
		`redoubt:copyAccount id is "12", want twelve digits`,
	} {
		assert.ErrorContains(t, err, want)
	}
}

func TestLoad_copiesGoToAnotherAccountOfTheSameRegion(t *testing.T) {
	t.Parallel()
	const there = "arn:aws:backup:%s:210987654321:backup-vault:kept"
	set := func(region string) map[string]string {
		return map[string]string{"copyAccount": `{"id": "210987654321", "vaultArn": "` + fmt.Sprintf(there, region) + `"}`}
	}
	c, err := load(t, "Pulumi.primary.yaml", set("eu-west-1"))
	require.NoError(t, err)
	assert.Equal(t, &vault.CopyAccount{ID: "210987654321", VaultArn: fmt.Sprintf(there, "eu-west-1")}, c.CopyAccount)
	_, err = load(t, "Pulumi.secondary.yaml", set("eu-west-1"))
	assert.ErrorContains(t, err, `redoubt:copyAccount vaultArn is in "eu-west-1", want "eu-central-1"`)
	c, err = load(t, "Pulumi.primary.yaml", map[string]string{"copyAccount": "{}"})
	require.NoError(t, err)
	assert.Nil(t, c.CopyAccount, "the default of Pulumi.yaml means none")
}

// TestLoad_watchesUnlessItIsTold: a home is watched without a setting, whether or not the default of Pulumi.yaml is read.
func TestLoad_watchesUnlessItIsTold(t *testing.T) {
	t.Parallel()
	for _, file := range []string{"Pulumi.primary.yaml", "Pulumi.secondary.yaml"} {
		for given, want := range map[string]bool{"": true, "true": true, "false": false} {
			c, err := load(t, file, map[string]string{"watch": given})
			require.NoError(t, err)
			assert.Equal(t, want, c.Watch, "%s: %q", file, given)
		}
	}
	var project struct {
		Config map[string]struct{ Default any }
	}
	text, err := os.ReadFile(filepath.Join("..", "Pulumi.yaml"))
	require.NoError(t, err)
	require.NoError(t, yaml.Unmarshal(text, &project))
	assert.Equal(t, true, project.Config["watch"].Default)
}

func TestLoad_aSlipDoesNotSwitchProtectionOff(t *testing.T) {
	t.Parallel()
	c, err := load(t, "Pulumi.primary.yaml", map[string]string{"protect": "ture", "peerReady": "yes"})
	assert.True(t, c.Protect)
	assert.ErrorContains(t, err, `redoubt:protect is "ture", want true or false`)
	assert.ErrorContains(t, err, `redoubt:peerReady is "yes", want true or false`)
}

func TestLoad_tagsLeaveRoomForItsOwn(t *testing.T) {
	t.Parallel()
	_, err := load(t, "Pulumi.primary.yaml", map[string]string{
		"tags": `{"a":"1","b":"1","c":"1","d":"1","e":"1","f":"1","redoubt:home":"third","aws:x":"1"}`,
	})
	assert.ErrorContains(t, err, "has 8 tags, want at most 7")
	assert.ErrorContains(t, err, `has "redoubt:home", which is not yours`)
	assert.ErrorContains(t, err, `has "aws:x", which is not yours`)
	_, err = load(t, "Pulumi.primary.yaml", map[string]string{"tags": `{"cost-centre":"42"}`})
	assert.NoError(t, err)
}

func TestConfig_namesOnlyStoresThatExist(t *testing.T) {
	t.Parallel()
	c := settings(system.Primary)
	c.Generations = map[string]int{"taskz": 2}
	c.RPOEnforced = []string{"artifacts"}
	err := c.checkAgainst(example(t))
	assert.ErrorContains(t, err, `names "taskz", which is no store`)
	assert.ErrorContains(t, err, `names "artifacts", which is a bucket`)
	assert.NoError(t, settings(system.Primary).checkAgainst(example(t)))
}

// TestProject_describesEveryKey compares Pulumi.yaml with what Load reads.
func TestProject_describesEveryKey(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile(filepath.Join("..", "Pulumi.yaml"))
	require.NoError(t, err)
	var doc struct {
		Config map[string]struct{ Type, Description string }
	}
	require.NoError(t, yaml.Unmarshal(text, &doc))
	source, err := os.ReadFile("config.go")
	require.NoError(t, err)
	for _, name := range Keys {
		assert.NotEmpty(t, doc.Config[name].Description, "Pulumi.yaml describes redoubt:%s", name)
		assert.Contains(t, string(source), `"`+name+`"`, "Load reads redoubt:%s", name)
	}
	assert.Len(t, doc.Config, len(Keys), "Pulumi.yaml describes nothing that is not read: %v",
		reflect.ValueOf(doc.Config).MapKeys())
}
