package assess

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/wire"
	"redoubt/sim/world"
	"redoubt/system"
	"redoubt/tests/homes"
)

// BenchmarkRaise brings both homes of the example up, as a forecast does before its first recovery.
func BenchmarkRaise(b *testing.B) {
	before := spent()
	for b.Loop() {
		again(b)
	}
	b.ReportMetric((spent()-before).Seconds()/float64(b.N), "core-s/op")
}

// again brings both homes up on a world of their own.
func again(t testing.TB) *homes.Homes {
	t.Helper()
	h, err := homes.Raise(world.New(world.Config{Seed: 1}), "../..")
	require.NoError(t, err)
	return h
}

// The same homes are the same bytes, in the regions and in the state, though resources are made beside one another.
func TestRaise_givesTheSameBytes(t *testing.T) {
	t.Parallel()
	one, two := homes.Standing(t), again(t)
	want, err := one.Snapshot()
	require.NoError(t, err)
	got, err := two.Snapshot()
	require.NoError(t, err)
	assert.True(t, string(want) == string(got), "the regions differ")
	for _, home := range system.Homes {
		want, err := one.Engine.Stack(string(home)).Export()
		require.NoError(t, err)
		got, err := two.Engine.Stack(string(home)).Export()
		require.NoError(t, err)
		assert.True(t, string(want) == string(got), "the state of the %s differs", home)
	}
}

// What travels of whole homes is what the SDK's own functions make of it, there and back.
func TestRaise_travelsAsTheSDKHasIt(t *testing.T) {
	t.Parallel()
	options := plugin.MarshalOptions{KeepUnknowns: true, KeepSecrets: true, KeepResources: true, PropagateNil: true}
	n := 0
	for _, home := range system.Homes {
		for _, res := range homes.Standing(t).Engine.Stack(string(home)).Resources() {
			for _, properties := range []resource.PropertyMap{res.Inputs, res.Outputs} {
				n++
				want, err := plugin.MarshalProperties(properties, options)
				require.NoError(t, err)
				sent, err := wire.Write(properties, options)
				require.NoError(t, err)
				require.Equal(t, want, sent, res.URN)
				back, err := wire.Read(sent, options)
				require.NoError(t, err)
				require.Equal(t, properties, back, res.URN)
			}
		}
	}
	require.Greater(t, n, 1000)
}
