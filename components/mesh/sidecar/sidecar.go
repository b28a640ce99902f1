// Package sidecar gives an agent's pod its proxy: the containers, volumes, labels and annotations that Istio's
// injector would add. Nothing injects them, because a webhook that does not answer stops pods from starting just
// when many must: see docs/decisions/0028-proxies-are-declared-with-the-agents.md. It is pure: components/agents
// declares what it returns, and tools/mesh holds that against the injector of the release.
//
// Whatever is a map has the names and the shape of the Kubernetes API.
package sidecar

import (
	"encoding/json"
	"strings"
)

const (
	// Image is the proxy's, as its makers name it.
	Image = "registry.istio.io/release/proxyv2:1.31.4"
	// ControlNamespace and ControlApp are where the mesh's control plane runs, and its pods' label app.
	ControlNamespace, ControlApp = "istio-system", "istiod"
	// ControlPort is where proxies get their identity and their configuration from it.
	ControlPort = 15012
	// CPUMillis and MemoryMiB are what a proxy asks for beside its agent, assumed. Memory is limited to that.
	CPUMillis, MemoryMiB = 100, 256
	// DrainSeconds is how long a proxy finishes connections once its agent is gone
	// (terminationDrainDuration, https://istio.io/latest/docs/reference/config/istio.mesh.v1alpha1/#ProxyConfig).
	DrainSeconds = 5
	// statusPort is where the proxy asks its agent on the kubelet's behalf, readyPort where it tells of itself. Both
	// are not led through the proxy.
	statusPort, readyPort = 15020, 15021
	// user is whose connections are not led through the proxy: its own.
	user = 1337
	// namePort is left out, so that a name that needs TCP is asked for as any other.
	namePort = "53"
)

// Names of the containers. The plugin on the node looks for them.
const (
	Proxy     = "istio-proxy"
	validator = "istio-validation"
)

// Agent is what a proxy is told of the agent that it stands beside.
type Agent struct {
	// Name is that of the agent, of its container and of its Deployment.
	Name, Namespace string
	// Port is where the agent listens, under the name http.
	Port int
	// Image is the proxy's, where the home has it.
	Image string
	// Probes are how the kubelet asks the agent about itself.
	Probes []Probe
}

// Question is what the kubelet asks an agent about itself, by the name under which the proxy takes it.
type Question string

// The questions.
const (
	Started Question = "startupz"
	Ready   Question = "readyz"
	Alive   Question = "livez"
)

// Probe is how the kubelet asks.
type Probe struct {
	Question
	// Path is where the agent answers, TimeoutSeconds how long that may take.
	Path           string
	TimeoutSeconds int
}

// Pod is what a pod has beside its agent.
type Pod struct {
	// Labels and Annotations are of the pod, beside its own. The agent's own labels must have AgentLabel of
	// components/mesh/rules, from which the name in the mesh's figures comes.
	Labels, Annotations map[string]string
	// InitContainers run before the agent: the second for as long as it does.
	InitContainers []map[string]any
	Volumes        []map[string]any
}

// For gives the pods of an agent their proxy.
func For(a Agent) Pod {
	p := Pod{
		Labels: map[string]string{
			"security.istio.io/tlsMode":           "istio",
			"service.istio.io/canonical-name":     a.Name,
			"service.istio.io/canonical-revision": "latest",
		},
		InitContainers: []map[string]any{a.validation(), a.proxy()},
		Volumes:        volumes(),
	}
	p.Annotations = map[string]string{
		"istio.io/rev": "default",
		"kubectl.kubernetes.io/default-container":          a.Name,
		"kubectl.kubernetes.io/default-logs-container":     a.Name,
		"prometheus.io/path":                               "/stats/prometheus",
		"prometheus.io/port":                               "15020",
		"prometheus.io/scrape":                             "true",
		"sidecar.istio.io/interceptionMode":                "REDIRECT",
		"sidecar.istio.io/status":                          p.status(),
		"traffic.sidecar.istio.io/excludeInboundPorts":     "15020",
		ExcludedPorts:                                      namePort,
		"traffic.sidecar.istio.io/includeInboundPorts":     "*",
		"traffic.sidecar.istio.io/includeOutboundIPRanges": "*",
	}
	return p
}

// ExcludedPorts is the annotation with the ports of others that a pod calls past its proxy.
const ExcludedPorts = "traffic.sidecar.istio.io/excludeOutboundPorts"

// ProbePath is where the kubelet asks instead of the agent's own path, and ProbePort at which port: the kubelet has
// no identity in the mesh.
func (a Agent) ProbePath(p Probe) string { return "/app-health/" + a.Name + "/" + string(p.Question) }

// ProbePort is the port of ProbePath.
const ProbePort = statusPort

// status says what was added. Without it the plugin on the node takes the pod for one outside the mesh.
func (p Pod) status() string {
	names := func(all []map[string]any) []string {
		var out []string
		for _, o := range all {
			out = append(out, o["name"].(string))
		}
		return out
	}
	return text(struct {
		InitContainers   []string `json:"initContainers"`
		Containers       []string `json:"containers"`
		Volumes          []string `json:"volumes"`
		ImagePullSecrets []string `json:"imagePullSecrets"`
		Revision         string   `json:"revision"`
	}{InitContainers: names(p.InitContainers), Volumes: names(p.Volumes), Revision: "default"})
}

// text is a value as JSON. What this package makes can always be written.
func text(v any) string {
	var b strings.Builder
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	_ = e.Encode(v)
	return strings.TrimSpace(b.String())
}
