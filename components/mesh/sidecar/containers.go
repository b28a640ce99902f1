package sidecar

import "strconv"

// validation holds that the plugin has led the pod's connections through the proxy before anything runs. Where it has
// not, because the node is new, the pod does not go on until the plugin has repaired it
// (https://istio.io/latest/docs/setup/additional-setup/cni/#race-condition--mitigation).
func (a Agent) validation() map[string]any {
	return map[string]any{
		"name": validator, "image": a.Image,
		"args": []any{
			"istio-iptables", "-p", "15001", "-z", "15006", "-u", strconv.Itoa(user), "-m", "REDIRECT", "-i", "*", "-x", "",
			"-b", "*", "-d", "15090,15021,15020", "-o", namePort, "--log_output_level=default:info",
			"--run-validation", "--skip-rule-apply",
		},
		"env": []any{plain(selfDiscovery, "true")}, "resources": resources(), "securityContext": confined(),
	}
}

// proxy runs beside the agent: it is ready before the agent starts, and ends after it.
func (a Agent) proxy() map[string]any {
	return map[string]any{
		"name": Proxy, "image": a.Image, "restartPolicy": "Always",
		"args": []any{
			"proxy", "sidecar", "--domain", "$(POD_NAMESPACE).svc.cluster.local", "--proxyLogLevel=warning",
			"--proxyComponentLogLevel=misc:error", "--log_output_level=default:info",
		},
		"ports": []any{map[string]any{"containerPort": 15090, "name": "http-envoy-prom", "protocol": "TCP"}},
		"env":   a.env(), "resources": resources(), "securityContext": confined(), "volumeMounts": mounts(),
		// Connections are told to close once the pod begins to end; new ones are still taken.
		"lifecycle": map[string]any{"preStop": map[string]any{"exec": map[string]any{"command": []any{
			"pilot-agent", "request", "--debug-port=" + strconv.Itoa(statusPort), "POST", "drain",
		}}}},
		"startupProbe":   ready(1, 600),
		"readinessProbe": ready(15, 4),
	}
}

func ready(period, failures int) map[string]any {
	return map[string]any{
		"httpGet":       map[string]any{"path": "/healthz/ready", "port": readyPort},
		"periodSeconds": period, "timeoutSeconds": 3, "failureThreshold": failures,
	}
}

// resources are those of components/controllers' mesh values (tools/charts).
func resources() map[string]any {
	memory := strconv.Itoa(MemoryMiB) + "Mi"
	return map[string]any{
		"requests": map[string]any{"cpu": strconv.Itoa(CPUMillis) + "m", "memory": memory},
		"limits":   map[string]any{"memory": memory},
	}
}

// confined is what the restricted profile demands of a container; the profile of system calls is the pod's.
func confined() map[string]any {
	return map[string]any{
		"allowPrivilegeEscalation": false, "privileged": false, "readOnlyRootFilesystem": true,
		"capabilities": map[string]any{"drop": []any{"ALL"}},
		"runAsGroup":   user, "runAsNonRoot": true, "runAsUser": user,
	}
}

// selfDiscovery has a proxy know which part of its own agent stands in its zone.
const selfDiscovery = "ISTIO_META_ENABLE_SELF_DISCOVERY"

func (a Agent) env() []any {
	return []any{
		plain("PILOT_CERT_PROVIDER", "istiod"),
		plain("CA_ADDR", ControlApp+"."+ControlNamespace+".svc:"+strconv.Itoa(ControlPort)),
		field("POD_NAME", "metadata.name"),
		field("POD_NAMESPACE", "metadata.namespace"),
		field("INSTANCE_IP", "status.podIP"),
		field("SERVICE_ACCOUNT", "spec.serviceAccountName"),
		field("HOST_IP", "status.hostIP"),
		limit("ISTIO_CPU_LIMIT", "cpu"),
		plain("PROXY_CONFIG", `{"concurrency":2,"proxyMetadata":{"`+selfDiscovery+`":"true"}}`+"\n"),
		plain("ISTIO_META_POD_PORTS", "[\n    "+text(struct {
			Name string `json:"name"`
			Port int    `json:"containerPort"`
		}{"http", a.Port})+"\n]"),
		plain("ISTIO_META_APP_CONTAINERS", a.Name),
		limit("GOMEMLIMIT", "memory"),
		limit("GOMAXPROCS", "cpu"),
		plain("ISTIO_META_CLUSTER_ID", "Kubernetes"),
		field("ISTIO_META_NODE_NAME", "spec.nodeName"),
		plain("ISTIO_META_INTERCEPTION_MODE", "REDIRECT"),
		plain("ISTIO_META_WORKLOAD_NAME", a.Name),
		plain("ISTIO_META_OWNER", "kubernetes://apis/apps/v1/namespaces/"+a.Namespace+"/deployments/"+a.Name),
		plain("ISTIO_META_MESH_ID", "cluster.local"),
		plain("TRUST_DOMAIN", "cluster.local"),
		plain(selfDiscovery, "true"),
		plain("ISTIO_KUBE_APP_PROBERS", a.probers()),
	}
}

// probers are the agent's own paths, by those at which the kubelet asks.
func (a Agent) probers() string {
	all := map[string]any{}
	for _, p := range a.Probes {
		all[a.ProbePath(p)] = map[string]any{
			"httpGet": map[string]any{"path": p.Path, "port": a.Port}, "timeoutSeconds": p.TimeoutSeconds,
		}
	}
	return text(all)
}

func plain(name, value string) map[string]any { return map[string]any{"name": name, "value": value} }

func field(name, path string) map[string]any {
	return map[string]any{"name": name, "valueFrom": map[string]any{"fieldRef": map[string]any{"fieldPath": path}}}
}

func limit(name, of string) map[string]any {
	return map[string]any{"name": name, "valueFrom": map[string]any{
		"resourceFieldRef": map[string]any{"resource": "limits." + of, "divisor": "1"},
	}}
}
