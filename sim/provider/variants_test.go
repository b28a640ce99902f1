package provider_test

import (
	"testing"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/provider"
)

func TestDiff_ignoresWhatTheVariantLacks(t *testing.T) {
	listener := func(protocol any, more map[string]any) resource.PropertyMap {
		in := map[string]any{"loadBalancerArn": "arn:aws:elasticloadbalancing:eu-west-1:123456789012:loadbalancer/net/a/1",
			"protocol": protocol, "port": 80.0, "defaultActions": []any{map[string]any{"type": "forward", "targetGroupArn": "arn:aws:a"}}}
		for k, v := range more {
			in[k] = v
		}
		return resource.NewPropertyMapFromMap(in)
	}
	action := func(block string) map[string]any {
		return map[string]any{"defaultActions": []any{map[string]any{"type": "forward", "targetGroupArn": "arn:aws:a",
			block: map[string]any{"statusCode": "HTTP_301"}}}}
	}
	for name, c := range map[string]struct {
		protocol any
		more     map[string]any
		update   bool
	}{
		"a header of requests, where there is TLS":  {"HTTPS", map[string]any{"routingHttpRequestXAmznTlsVersionHeaderName": "v"}, true},
		"a header of requests, where there is none": {"HTTP", map[string]any{"routingHttpRequestXAmznTlsVersionHeaderName": "v"}, false},
		"a header of answers, without TLS":          {"HTTP", map[string]any{"routingHttpResponseServerEnabled": true}, true},
		"a header of answers, below HTTP":           {"TCP", map[string]any{"routingHttpResponseServerEnabled": true}, false},
		"idle connections of TCP":                   {"TCP", map[string]any{"tcpIdleTimeoutSeconds": 60.0}, true},
		"idle connections of HTTP":                  {"HTTP", map[string]any{"tcpIdleTimeoutSeconds": 60.0}, false},
		"a block of another action":                 {"HTTP", action("redirect"), false},
	} {
		t.Run(name, func(t *testing.T) {
			update, _, err := provider.DiffInputs("aws:lb/listener:Listener", listener(c.protocol, nil), listener(c.protocol, c.more))
			require.NoError(t, err)
			assert.Equal(t, c.update, update)
		})
	}
}

func TestDiff_takesAnAbsentTypeForTheDefault(t *testing.T) {
	balancer := func(more map[string]any) resource.PropertyMap {
		in := map[string]any{"name": "entry", "subnets": []any{"subnet-1"}}
		for k, v := range more {
			in[k] = v
		}
		return resource.NewPropertyMapFromMap(in)
	}
	for property, update := range map[string]bool{"preserveHostHeader": true, "enableCrossZoneLoadBalancing": false} {
		got, _, err := provider.DiffInputs("aws:lb/loadBalancer:LoadBalancer", balancer(nil), balancer(map[string]any{property: true}))
		require.NoError(t, err)
		assert.Equal(t, update, got, "%s of an application load balancer", property)
	}
}
