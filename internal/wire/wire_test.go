package wire_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/archive"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/asset"
	"github.com/pulumi/pulumi/sdk/v3/go/common/resource/plugin"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/types/known/structpb"

	"redoubt/internal/wire"
)

// options are how the engine, the provider and the analyzer have properties travel.
var options = map[string]plugin.MarshalOptions{
	"engine":   {KeepUnknowns: true, KeepSecrets: true, KeepResources: true, PropagateNil: true},
	"provider": {KeepUnknowns: true, KeepSecrets: true, PropagateNil: true},
	"analyzer": {KeepUnknowns: true, KeepSecrets: true, KeepResources: true, KeepOutputValues: true},
}

// everything is every kind of value, also inside a list inside a block.
func everything(t *testing.T) resource.PropertyMap {
	t.Helper()
	text, err := asset.FromText("text")
	require.NoError(t, err)
	files, err := archive.FromAssets(map[string]any{"file": text})
	require.NoError(t, err)
	const urn = "urn:pulumi:one::redoubt::aws:ssm/parameter:Parameter::it"
	kinds := resource.PropertyMap{
		"null": resource.NewNullProperty(), "yes": resource.NewProperty(true), "number": resource.NewProperty(1.5),
		"text": resource.NewProperty("text"), "empty": resource.NewProperty(""),
		"long":     resource.NewProperty("00000000-0000-0000-0000-000000000000"), // as long as what says unknown
		"list":     resource.NewProperty([]resource.PropertyValue{resource.NewProperty("a"), resource.NewNullProperty()}),
		"nothing":  resource.NewProperty([]resource.PropertyValue{}),
		"block":    resource.NewProperty(resource.PropertyMap{"__internal": resource.NewProperty("kept")}),
		"secret":   resource.MakeSecret(resource.NewProperty(resource.PropertyMap{"a": resource.NewProperty("b")})),
		"asset":    resource.NewProperty(text),
		"archive":  resource.NewProperty(files),
		"resource": resource.NewProperty(resource.ResourceReference{URN: urn, ID: resource.NewProperty("id")}),
		"later": resource.NewProperty(resource.Output{Element: resource.NewProperty("v"), Known: true, Secret: true,
			Dependencies: []resource.URN{urn}}),
		"never": resource.NewProperty(resource.Output{Element: resource.NewProperty("")}),
	}
	for name, v := range map[string]resource.PropertyValue{"unknown": resource.NewProperty(""),
		"unknown list": resource.NewProperty([]resource.PropertyValue{}), "unknown number": resource.NewProperty(0.0)} {
		kinds[resource.PropertyKey(name)] = resource.MakeComputed(v)
	}
	deep := kinds.Copy()
	deep["deep"] = resource.NewProperty([]resource.PropertyValue{resource.NewProperty(kinds.Copy())})
	deep["deeply secret"] = resource.MakeSecret(resource.NewProperty(kinds.Copy()))
	return deep
}

func TestReadAndWrite_sayWhatTheSDKSays(t *testing.T) {
	t.Parallel()
	for who, o := range options {
		for how, written := range options {
			sent, err := plugin.MarshalProperties(everything(t), written)
			require.NoError(t, err)
			ours, err := wire.Write(everything(t), written)
			require.NoError(t, err)
			assert.Equal(t, sent, ours, "written by the %s", how)
			want, err := plugin.UnmarshalProperties(sent, o)
			require.NoError(t, err)
			got, err := wire.Read(sent, o)
			require.NoError(t, err)
			assert.Equal(t, want, got, "written by the %s and read by the %s", how, who)
		}
	}
}

func TestRead_ofNothingIsNoProperties(t *testing.T) {
	t.Parallel()
	for _, in := range []*structpb.Struct{nil, {}} {
		got, err := wire.Read(in, options["engine"])
		require.NoError(t, err)
		assert.Equal(t, resource.PropertyMap{}, got)
	}
	sent, err := wire.Write(nil, options["engine"])
	require.NoError(t, err)
	assert.NotNil(t, sent)
}

func TestRead_tellsOfASignatureThatItDoesNotKnow(t *testing.T) {
	t.Parallel()
	in, err := structpb.NewStruct(map[string]any{"list": []any{map[string]any{string(resource.SigKey): "odd"}}})
	require.NoError(t, err)
	_, err = wire.Read(in, options["engine"])
	assert.ErrorContains(t, err, `unrecognized signature 'odd' in property map for "list"`)
}
