package world_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

func vcpus(n float64) doc {
	return doc{"ServiceCode": "ec2", "QuotaCode": "L-1216C47A", "Value": n}
}

func TestQuota_onlyRises(t *testing.T) {
	t.Parallel()
	l := newLab(t, 6)
	const kind = "AWS::ServiceQuotas::Quota"
	_, err := l.Create(ireland, kind, "a", vcpus(4))
	require.Equal(t, "IllegalArgumentException", code(err), "less than AWS's default")

	q := l.make(ireland, "vcpus", kind, vcpus(100))
	assert.Equal(t, "ec2/L-1216C47A", q.ID)
	assert.Equal(t, 5.0, q.Out["DefaultValue"])
	assert.Equal(t, true, q.Out["Adjustable"])
	_, err = l.Create(ireland, kind, "b", vcpus(99))
	assert.Equal(t, "IllegalArgumentException", code(err), "a second declaration below the first")
	_, err = l.Create(ireland, kind, "b", vcpus(100))
	require.NoError(t, err, "what holds already is no request")
	_, err = l.Update(ireland, kind, q.ID, vcpus(99))
	assert.Equal(t, "IllegalArgumentException", code(err))
	_, err = l.Update(ireland, kind, q.ID, vcpus(120))
	require.NoError(t, err)

	l.make(frankfurt, "vcpus", kind, vcpus(50))
	_, err = l.Create(ireland, kind, "c", doc{"ServiceCode": "ec2", "QuotaCode": "L-00000000", "Value": 9.0})
	assert.Equal(t, "NoSuchResourceException", code(err))
	_, err = world.DefaultQuota("ec2", "L-00000000")
	assert.True(t, world.IsNotFound(err))
}
