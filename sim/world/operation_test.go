package world_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

func TestOperationNamed_everyOperationHasASource(t *testing.T) {
	t.Parallel()
	require.NotEmpty(t, world.Operations())
	for _, name := range world.Operations() {
		o, ok := world.OperationNamed(name)
		require.True(t, ok, name)
		if o.Service != "kubernetes" { // one page for all
			assert.Contains(t, o.Source, "/API_"+o.Name+".html", name)
		}
		assert.NotEmpty(t, o.Source, name)
		assert.Equal(t, name, o.Service+"."+o.Name)
	}
	_, ok := world.OperationNamed("s3.MakeCoffee")
	assert.False(t, ok)
}

func TestOperationNamed_saysWhoServes(t *testing.T) {
	t.Parallel()
	put, _ := world.OperationNamed("cloudwatch.PutMetricData")
	assert.True(t, put.DataPlane, "the switch must not need a control plane")
	records, _ := world.OperationNamed("route53.ListResourceRecordSets")
	assert.Equal(t, "us-east-1", records.Region)
}
