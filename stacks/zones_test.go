package stacks

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/system"
)

// looked asks a region for its zones' ids and returns what the home then knows.
func looked(t *testing.T, names, ids []string) (map[string]string, error) {
	t.Helper()
	list := func(of []string) resource.PropertyValue {
		var all []resource.PropertyValue
		for _, one := range of {
			all = append(all, resource.NewStringProperty(one))
		}
		return resource.NewArrayProperty(all)
	}
	h := &home{config: settings(system.Primary), system: example(t)}
	r, err := pulumitest.RunErr(func(ctx *pulumi.Context) (err error) {
		h.ctx = ctx
		if h.provider, err = newProvider(ctx, h.config, h.system); err != nil {
			return err
		}
		return h.lookZones()
	}, pulumitest.WithOutputs("aws:index/getAvailabilityZones:getAvailabilityZones",
		resource.PropertyMap{"names": list(names), "zoneIds": list(ids)}))
	if err == nil {
		require.Len(t, r.Calls(), 1)
		assert.Contains(t, r.Calls()[0].Provider, "pulumi:providers:aws::home", "the home's own region is asked")
	}
	return h.zoneIDs, err
}

func TestZones_areKnownByTheIdThatMeansThemEverywhere(t *testing.T) {
	t.Parallel()
	ids, err := looked(t, []string{"eu-west-1a", "eu-west-1b", "eu-west-1c"}, []string{"euw1-az3", "euw1-az1", "euw1-az2"})
	require.NoError(t, err)
	assert.Equal(t, map[string]string{"eu-west-1a": "euw1-az3", "eu-west-1b": "euw1-az1", "eu-west-1c": "euw1-az2"}, ids)
}

func TestZones_ofAnotherAccountAreRefused(t *testing.T) {
	t.Parallel()
	_, err := looked(t, []string{"eu-west-1b", "eu-west-1c"}, []string{"euw1-az1", "euw1-az2"})
	assert.ErrorContains(t, err, "redoubt:zones: eu-west-1a is no zone of the account in eu-west-1")
}
