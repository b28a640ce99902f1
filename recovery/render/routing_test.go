package render_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/recovery/plan"
	"redoubt/recovery/render"
	"redoubt/system"
)

// A service that has five endpoints and no regional one is called at an endpoint, and not at one in a lost region.
func TestCommand_setsRoutingControlsAtAnEndpoint(t *testing.T) {
	t.Parallel()
	p := plan.Plan{
		Regions:   map[system.Home]string{system.Primary: "eu-west-1", system.Secondary: "eu-central-1"},
		Endpoints: map[string]string{"us-west-2": "https://b.example/v1", "eu-west-1": "https://a.example/v1"},
	}
	call := plan.Call{Kind: plan.AWS, Home: system.Secondary, Service: "route53-recovery-cluster",
		Operation: "ListRoutingControls", Input: plan.Document{"ControlPanelArn": "panel"}}
	const tail = ` --cli-input-json '{"ControlPanelArn":"panel"}'`
	got, err := render.Command(p, call, nil)
	require.NoError(t, err)
	assert.Equal(t, "aws route53-recovery-cluster list-routing-controls --region eu-west-1 --endpoint-url https://a.example/v1"+tail, got)
	p.Lost = system.Primary
	got, err = render.Command(p, call, nil)
	require.NoError(t, err)
	assert.Equal(t, "aws route53-recovery-cluster list-routing-controls --region us-west-2 --endpoint-url https://b.example/v1"+tail, got)
}
