package stacks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/system"
)

func TestLoad_readsDependencyKeys(t *testing.T) {
	t.Parallel()
	c, err := load(t, "Pulumi.primary.yaml", map[string]string{"dependencyKeys": `{"large-model":"k1","web-search":""}`})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"large-model": "k1", "web-search": ""}, c.DependencyKeys)

	_, err = load(t, "Pulumi.primary.yaml", map[string]string{"dependencyKeys": `{"large-model":`})
	require.ErrorContains(t, err, "redoubt:dependencyKeys is not an object of texts")

	c.DependencyKeys = map[string]string{"lage-model": "k1"}
	err = c.checkAgainst(example(t))
	require.ErrorContains(t, err, `redoubt:dependencyKeys names "lage-model", which is no dependency`)
	assert.NotContains(t, err.Error(), "k1", "a key is never shown")
}

func TestDeploy_aDependencyWithoutAKeyHasASecretWithoutAValue(t *testing.T) {
	t.Parallel()
	c := settings(system.Primary)
	c.DependencyKeys = map[string]string{"large-model": "k1", "web-search": ""}
	r := pulumitest.Run(t, deploy(c, example(t)), region("eu-west-1"), reference(t, "own-last", nil))
	assert.Len(t, r.OfType("aws:secretsmanager/secret:Secret"), 1+len(example(t).Dependencies), "and the database's")
	var values []string
	for _, v := range r.OfType("aws:secretsmanager/secretVersion:SecretVersion") {
		values = append(values, v.Name)
	}
	assert.ElementsMatch(t, []string{"secrets-large-model-value", "postgres-tasks-credentials-value"}, values)
}
