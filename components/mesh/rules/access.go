package rules

import (
	"strconv"

	"redoubt/system"
)

// closed holds for the whole namespace: nobody without an identity, nobody in
// and nothing out that no agent declares, and failures told in the proxies' logs.
func (m *mesh) closed() []Object {
	return []Object{
		{security, "PeerAuthentication", "default", map[string]any{"mtls": map[string]any{"mode": "STRICT"}}},
		// An ALLOW policy that allows nothing refuses all that no other allows.
		{security, "AuthorizationPolicy", "closed", map[string]any{}},
		{networking, "Sidecar", "default", map[string]any{
			"egress": []any{map[string]any{"hosts": []any{"~/*"}}}, "outboundTrafficPolicy": registryOnly(),
		}},
		{telemetry, "Telemetry", "default", map[string]any{"accessLogging": []any{map[string]any{
			"providers": []any{map[string]any{"name": "envoy"}},
			"filter":    map[string]any{"expression": "response.code >= 500"},
		}}}},
	}
}

// admission lets in the declared callers by their identity and, to a public
// agent's port, the load balancer by where it stands: it has no identity in the mesh.
func (m *mesh) admission(a system.Agent) []Object {
	spec := map[string]any{"selector": own(a.Name), "action": "ALLOW"}
	var rules []any
	to := []any{map[string]any{"operation": map[string]any{"ports": []any{strconv.Itoa(a.Port)}}}}
	var callers []any
	for _, caller := range m.callers(a) {
		callers = append(callers, "cluster.local/ns/"+m.Namespace+"/sa/"+caller.Name)
	}
	if len(callers) > 0 {
		rules = append(rules, from(map[string]any{"principals": callers}, to))
	}
	var out []Object
	if a.Public {
		rules = append(rules, from(map[string]any{"ipBlocks": texts(m.Entry)}, to))
		out = append(out, Object{security, "PeerAuthentication", a.Name, map[string]any{
			"selector": own(a.Name), "mtls": map[string]any{"mode": "STRICT"},
			"portLevelMtls": map[string]any{strconv.Itoa(a.Port): map[string]any{"mode": "PERMISSIVE"}},
		}})
	}
	if len(rules) > 0 {
		spec["rules"] = rules
	}
	return append(out, Object{security, "AuthorizationPolicy", a.Name, spec})
}

func from(source map[string]any, to []any) map[string]any {
	return map[string]any{"from": []any{map[string]any{"source": source}}, "to": to}
}

func registryOnly() map[string]any { return map[string]any{"mode": "REGISTRY_ONLY"} }
