package provider

import (
	"context"
	"testing"

	pulumirpc "github.com/pulumi/pulumi/sdk/v3/proto/go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestServer_tellsWhatTheAccountMayHave(t *testing.T) {
	t.Parallel()
	s, _ := serve(t)
	c := connect(t, s.aws, map[string]any{"region": "eu-west-1"})
	look := func(code string) (map[string]any, error) {
		r, err := c.Invoke(context.Background(), &pulumirpc.InvokeRequest{
			Tok:  "aws:servicequotas/getServiceQuota:getServiceQuota",
			Args: sent(t, props(map[string]any{"serviceCode": "ec2", "quotaCode": code})),
		})
		if err != nil {
			return nil, err
		}
		return received(t, r.GetReturn()).Mappable(), nil
	}
	before, err := look("L-1216C47A")
	require.NoError(t, err)
	assert.Equal(t, 5.0, before["value"])
	id, _, _ := create(t, c, "urn:pulumi:test::redoubt::aws:servicequotas/serviceQuota:ServiceQuota::a",
		props(map[string]any{"serviceCode": "ec2", "quotaCode": "L-1216C47A", "value": 180.0}))
	assert.Equal(t, "ec2/L-1216C47A", id)
	after, err := look("L-1216C47A")
	require.NoError(t, err)
	assert.Equal(t, 180.0, after["value"])
	assert.Equal(t, 5.0, after["defaultValue"])
	assert.Equal(t, true, after["adjustable"])
	_, err = look("L-00000000")
	assert.ErrorContains(t, err, "NoSuchResourceException")
}
