package stacks

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/system"
)

func TestDeploy_watchesUnlessItIsTold(t *testing.T) {
	t.Parallel()
	for _, at := range system.Homes {
		assert.Empty(t, whole(t, at, unwatched).OfType("aws:cloudwatch/compositeAlarm:CompositeAlarm"), "no watch, no alarms")
		r := whole(t, at, nil)
		rpo := r.Get(t, "aws:cloudwatch/metricAlarm:MetricAlarm", "watch-tasks-rpo").Values()
		assert.Equal(t, map[string]any{"System": "atlas", "Home": string(at), "Store": "tasks"}, rpo["dimensions"])
		lag := r.Get(t, "aws:cloudwatch/metricAlarm:MetricAlarm", "watch-tasks-lag").Values()
		assert.Equal(t, map[string]any{"DBClusterIdentifier": "atlas-tasks-" + string(at)}, lag["dimensions"])
		require.NotNil(t, r.Get(t, "aws:cloudwatch/compositeAlarm:CompositeAlarm", "watch-lost"))
	}
}

func TestLoad_readsSubscriptions(t *testing.T) {
	t.Parallel()
	c, err := load(t, "Pulumi.primary.yaml", map[string]string{
		"subscriptions": `{"duty":{"severity":"page","protocol":"https","endpoint":"https://pager.example/key"}}`})
	require.NoError(t, err)
	require.Len(t, c.Subscriptions, 1)
	assert.Equal(t, "duty", c.Subscriptions[0].Name)
	_, err = load(t, "Pulumi.primary.yaml", map[string]string{
		"subscriptions": `{"duty":{"severity":"loud","protocol":"https","endpoint":"https://pager.example/key"}}`})
	require.ErrorContains(t, err, `redoubt:subscriptions.duty: severity is "loud"`)
	assert.NotContains(t, err.Error(), "pager.example", "an address is a secret")
}
