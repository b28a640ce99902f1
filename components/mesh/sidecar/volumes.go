package sidecar

// tokenSeconds is how long the token is good by which a proxy proves its pod to the control plane. The kubelet
// renews it.
const tokenSeconds = 43200

func mounts() []any {
	var out []any
	for _, m := range []struct{ name, path string }{
		{"workload-socket", "/var/run/secrets/workload-spiffe-uds"},
		{"credential-socket", "/var/run/secrets/credential-uds"},
		{"workload-certs", "/var/run/secrets/workload-spiffe-credentials"},
		{"istiod-ca-cert", "/var/run/secrets/istio"},
		{"istio-ca-crl", "/var/run/secrets/istio/crl"},
		{"istio-data", "/var/lib/istio/data"},
		{"istio-envoy", "/etc/istio/proxy"},
		{"istio-token", "/var/run/secrets/tokens"},
		{"istio-podinfo", "/etc/istio/pod"},
	} {
		out = append(out, map[string]any{"name": m.name, "mountPath": m.path})
	}
	return out
}

// volumes are the proxy's: it writes to these alone, as its root is read-only. The control plane writes
// istio-ca-root-cert into every namespace.
func volumes() []map[string]any {
	empty := func(name string) map[string]any {
		return map[string]any{"name": name, "emptyDir": map[string]any{}}
	}
	info := func(path string) map[string]any {
		return map[string]any{"path": path, "fieldRef": map[string]any{"fieldPath": "metadata." + path}}
	}
	return []map[string]any{
		empty("workload-socket"), empty("credential-socket"), empty("workload-certs"),
		{"name": "istio-envoy", "emptyDir": map[string]any{"medium": "Memory"}},
		empty("istio-data"),
		{"name": "istio-podinfo", "downwardAPI": map[string]any{"items": []any{info("labels"), info("annotations")}}},
		{"name": "istio-token", "projected": map[string]any{"sources": []any{map[string]any{
			"serviceAccountToken": map[string]any{
				"path": "istio-token", "expirationSeconds": tokenSeconds, "audience": "istio-ca",
			},
		}}}},
		{"name": "istiod-ca-cert", "configMap": map[string]any{"name": "istio-ca-root-cert"}},
		{"name": "istio-ca-crl", "configMap": map[string]any{"name": "istio-ca-crl", "optional": true}},
	}
}
