package awsport_test

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/awsport"
	"redoubt/inventory"
	"redoubt/recovery/execute"
	"redoubt/system"
)

const (
	panel   = "arn:aws:route53-recovery-control::123456789012:controlpanel/a"
	control = panel + "/routingcontrol/b"
)

// TestRouting_asksTheNextEndpoint has a cluster of which one endpoint is dead.
func TestRouting_asksTheNextEndpoint(t *testing.T) {
	t.Parallel()
	dead := httptest.NewServer(http.NotFoundHandler())
	dead.Close()
	var target, who, path, body string
	status, answer := 200, `{"RoutingControls":[{"RoutingControlArn":"`+control+`","RoutingControlState":"On"}]}`
	alive := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		raw, _ := io.ReadAll(r.Body)
		target, who, path, body = r.Header.Get("X-Amz-Target"), r.Header.Get("Authorization"), r.URL.Path, string(raw)
		w.WriteHeader(status)
		_, _ = w.Write([]byte(answer))
	}))
	t.Cleanup(alive.Close)
	o := homes()
	o.Routing = []awsport.RoutingEndpoint{
		{URL: dead.URL + "/v1", Region: "us-east-1"}, {URL: alive.URL + "/v1", Region: "eu-west-1"},
	}
	port := awsport.New(aws.Config{Credentials: aws.CredentialsProviderFunc(keys)}, o)
	out, err := port.Call(t.Context(), call("route53-recovery-cluster", "ListRoutingControls",
		doc{"ControlPanelArn": panel}))
	require.NoError(t, err)
	assert.Equal(t, doc{"RoutingControls": []any{
		map[string]any{"RoutingControlArn": control, "RoutingControlState": "On"}}}, out)
	assert.Equal(t, "ToggleCustomerAPI.ListRoutingControls", target)
	assert.Contains(t, who, "/eu-west-1/route53-recovery-cluster/aws4_request")
	assert.Equal(t, "/v1/", path)
	assert.JSONEq(t, `{"ControlPanelArn":"`+panel+`"}`, body)

	status, answer = 409, `{"__type":"com.amazonaws.toggle#ConflictException","message":"safety rule"}`
	_, err = port.Call(t.Context(), call("route53-recovery-cluster", "UpdateRoutingControlStates",
		doc{"UpdateRoutingControlStateEntries": []any{doc{"RoutingControlArn": control, "RoutingControlState": "Off"}}}))
	require.ErrorContains(t, err, "safety rule")
	assert.Equal(t, execute.Conflict, execute.ClassOf(err))

	alive.Close()
	_, err = port.Call(t.Context(), call("route53-recovery-cluster", "ListRoutingControls", doc{"ControlPanelArn": panel}))
	assert.Equal(t, execute.Unreachable, execute.ClassOf(err), "%v", err)
	assert.ErrorContains(t, err, "us-east-1")
	assert.ErrorContains(t, err, "eu-west-1")
}

func TestOptions_holdTheEndpointsOfBothHomes(t *testing.T) {
	t.Parallel()
	all := map[string]string{"us-west-2": "https://b.example/v1", "eu-west-1": "https://a.example/v1"}
	o := awsport.OptionsOf(inventory.Inventory{Homes: map[system.Home]inventory.Home{
		system.Primary:   {Entry: inventory.Entry{RoutingEndpoints: all}},
		system.Secondary: {Entry: inventory.Entry{RoutingEndpoints: all}},
	}})
	assert.Equal(t, []awsport.RoutingEndpoint{
		{URL: "https://a.example/v1", Region: "eu-west-1"}, {URL: "https://b.example/v1", Region: "us-west-2"},
	}, o.Routing, "each once, in an order that does not change")
}
