package provider

import (
	"path"
	"slices"

	"github.com/pulumi/pulumi/sdk/v3/go/common/resource"
)

// variant says of properties that they belong to some variants of a resource
// only: those for which the property by, beside them, has one of the values.
// Elsewhere the upstream provider does not look at them, so that a change of
// them is none.
type variant struct {
	// properties are paths without indices; a star stands for any letters.
	properties []string
	by         string
	values     []string
	// otherwise is what an absent by stands for.
	otherwise string
}

func only(by string, values []string, properties ...string) variant {
	return variant{properties: properties, by: by, values: values}
}

func (v variant) or(value string) variant {
	v.otherwise = value
	return v
}

// foreign reports whether the property at the pattern belongs to another
// variant than the resource, or the block, that holds it. What AWS filled in
// counts where the inputs leave it out; what nobody knows yet decides nothing.
func (s spec) foreign(pattern string, old, new resource.PropertyMap) bool {
	return slices.ContainsFunc(s.variants, func(v variant) bool {
		if !slices.ContainsFunc(v.properties, func(p string) bool { ok, _ := path.Match(p, pattern); return ok }) {
			return false
		}
		by, known := bare(new[resource.PropertyKey(v.by)])
		if known && zero(by) {
			by, known = bare(old[resource.PropertyKey(v.by)])
		}
		if known && zero(by) {
			by = resource.NewStringProperty(v.otherwise)
		}
		return known && by.IsString() && !slices.Contains(v.values, by.StringValue())
	})
}

// The attributes of a load balancer by its type, of a listener by its protocol:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_LoadBalancerAttribute.html
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html
var (
	variantsOfLoadBalancer = []variant{
		only("loadBalancerType", []string{"application"}, "clientKeepAlive", "desyncMitigationMode",
			"dropInvalidHeaderFields", "enableHttp2", "enableTlsVersionAndCipherSuiteHeaders", "enableWafFailOpen",
			"enableXffClientPort", "idleTimeout", "ipamPools", "preserveHostHeader", "xffHeaderProcessingMode").or("application"),
		only("loadBalancerType", []string{"network", "gateway"}, "enableCrossZoneLoadBalancing").or("application"),
		only("loadBalancerType", []string{"network"}, "dnsRecordClientRoutingPolicy",
			"enforceSecurityGroupInboundRulesOnPrivateLinkTraffic").or("application"),
	}
	variantsOfListener = append([]variant{
		only("protocol", []string{"HTTPS"}, "routingHttpRequest*"),
		only("protocol", []string{"HTTP", "HTTPS"}, "routingHttpResponse*"),
		only("protocol", []string{"GENEVE", "TCP"}, "tcpIdleTimeoutSeconds"),
	}, variantsOfActions("defaultActions")...)
)

// variantsOfActions are the blocks of actions by their types.
func variantsOfActions(list string) []variant {
	return []variant{
		only("type", []string{"authenticate-cognito"}, list+".authenticateCognito"),
		only("type", []string{"authenticate-oidc"}, list+".authenticateOidc"),
		only("type", []string{"fixed-response"}, list+".fixedResponse"),
		only("type", []string{"redirect"}, list+".redirect"),
		only("type", []string{"forward"}, list+".forward", list+".targetGroupArn"),
	}
}

// redirectDefaults are what a redirect keeps of the request where the inputs
// leave it out:
// https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RedirectActionConfig.html
func redirectDefaults(list string) map[string]any {
	block := list + ".redirect."
	return map[string]any{block + "host": "#{host}", block + "path": "/#{path}", block + "port": "#{port}",
		block + "protocol": "#{protocol}", block + "query": "#{query}"}
}
