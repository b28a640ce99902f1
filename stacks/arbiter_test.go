package stacks

import (
	"encoding/json"
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	observer "redoubt/internal/observe/settings"
	"redoubt/internal/pulumitest"
	"redoubt/system"
)

func third() ArbiterConfig {
	return ArbiterConfig{
		Region: "eu-north-1", AccountID: "123456789012", Zones: []string{"eu-north-1a", "eu-north-1b"}, Protect: true,
		HomeRegions: map[system.Home]string{system.Primary: "eu-west-1", system.Secondary: "eu-central-1"},
	}
}

func told(name, value string) resource.PropertyMap {
	return resource.PropertyMap{resource.PropertyKey(name): resource.NewStringProperty(value)}
}

func deployArbiter(t *testing.T, options ...pulumitest.Option) *pulumitest.Recorder {
	t.Helper()
	s := example(t)
	run := func(ctx *pulumi.Context) error { return DeployArbiter(ctx, third(), s) }
	return pulumitest.Run(t, run, append(options, region("eu-north-1"))...)
}

func TestDeployArbiter_looksAtBothHomes(t *testing.T) {
	t.Parallel()
	r := deployArbiter(t, exporting("primary", told("address", "a.example.net")),
		exporting("secondary", told("address", "b.example.net")))
	pulumitest.CheckTree(t, r)
	task := r.Get(t, "aws:ecs/taskDefinition:TaskDefinition", "arbiter-task").Values()
	var containers []struct {
		Environment []struct{ Name, Value string }
	}
	require.NoError(t, json.Unmarshal([]byte(task["containerDefinitions"].(string)), &containers))
	c, err := observer.Decode(containers[0].Environment[1].Value)
	require.NoError(t, err, "the program reads what the stack writes")
	assert.Equal(t, observer.Arbiter, c.Observer)
	assert.Equal(t, observer.Place{Region: "eu-north-1", Table: "atlas-arbiter"}, c.Own())
	assert.Equal(t, observer.Home{Place: observer.Place{Region: "eu-central-1", Table: "atlas-locks-secondary"},
		Address: "b.example.net"}, c.Homes[system.Secondary])
}

func TestDeployArbiter_aHomeThatIsGoneRemovesNoObserver(t *testing.T) {
	t.Parallel()
	none := exporting("secondary", resource.PropertyMap{})
	first := deployArbiter(t, exporting("primary", told("address", "a")), none, exporting("own-last", resource.PropertyMap{}))
	assert.Empty(t, first.OfType("aws:ecs/service:Service"), "before both stand there is nothing to tell it")
	assert.NotEmpty(t, first.OfType("aws:dynamodb/table:Table"))
	later := deployArbiter(t, exporting("primary", told("address", "a")), none,
		exporting("own-last", told(observerOutput, `{"kept": true}`)))
	task := later.Get(t, "aws:ecs/taskDefinition:TaskDefinition", "arbiter-task").Values()
	assert.Contains(t, task["containerDefinitions"], `{\"kept\": true}`)
}

func TestArbiterConfig_namesEveryFault(t *testing.T) {
	t.Parallel()
	assert.Empty(t, third().validate())
	c := third()
	c.AccountID, c.Region, c.Zones = "1", "eu-west-1", []string{"eu-north-1a"}
	var all []string
	for _, err := range c.validate() {
		all = append(all, err.Error())
	}
	assert.Len(t, all, 4)
	for n, want := range []string{"redoubt:accountId", "redoubt:region is \"eu-west-1\" as a home's", "two or more", "zones of eu-west-1"} {
		assert.Contains(t, all[n], want)
	}
}
