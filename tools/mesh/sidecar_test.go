package mesh

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"istio.io/istio/pilot/pkg/features"
	meshconfig "istio.io/istio/pkg/config/mesh"
	"istio.io/istio/pkg/kube/inject"
	apps "k8s.io/api/apps/v1"
	core "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"redoubt/components/mesh/rules"
	"redoubt/components/mesh/sidecar"
)

// rendered is an object of the controllers that the homes declare.
func rendered(t *testing.T, kind, name string) object {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "components", "controllers", "rendered", "istio.yaml"))
	require.NoError(t, err)
	for _, doc := range strings.Split(string(text), "\n---\n") {
		var o object
		require.NoError(t, yaml.Unmarshal([]byte(doc), &o))
		if meta, _ := o["metadata"].(object); o["kind"] == kind && meta["name"] == name {
			return o
		}
	}
	t.Fatalf("no %s %s is rendered", kind, name)
	return nil
}

// injected is the Deployment as Istio's injector makes it, with the template of
// the release and the values and the mesh's set-up that the homes declare.
func injected(t *testing.T, in object) *apps.Deployment {
	t.Helper()
	features.EnableNativeSidecars = features.NativeSidecarModeEnabled
	dir, err := exec.Command("go", "list", "-m", "-f", "{{.Dir}}", "istio.io/istio").Output()
	require.NoError(t, err)
	template, err := os.ReadFile(filepath.Join(strings.TrimSpace(string(dir)),
		"manifests/charts/istio-control/istio-discovery/files/injection-template.yaml"))
	require.NoError(t, err)
	templates, err := inject.ParseTemplates(map[string]string{inject.SidecarTemplateName: string(template)})
	require.NoError(t, err)
	var merged object
	data := rendered(t, "ConfigMap", "values")["data"].(object)
	require.NoError(t, json.Unmarshal([]byte(data["merged-values"].(string)), &merged))
	// As templates/istiod-injector-configmap.yaml cuts them.
	values, err := json.Marshal(object{"global": merged["global"], "sidecarInjectorWebhook": merged["sidecarInjectorWebhook"],
		"revision": merged["revision"], "pilot": object{"cni": merged["cni"], "env": merged["env"]}})
	require.NoError(t, err)
	config, err := inject.NewValuesConfig(string(values))
	require.NoError(t, err)
	mesh, err := meshconfig.ApplyMeshConfigDefaults(rendered(t, "ConfigMap", "istio")["data"].(object)["mesh"].(string))
	require.NoError(t, err)
	raw, err := json.Marshal(in)
	require.NoError(t, err)
	var d apps.Deployment
	require.NoError(t, json.Unmarshal(raw, &d))
	out, err := inject.IntoObject(nil, templates, config, "default", mesh, &d, func(s string) { t.Fatal(s) })
	require.NoError(t, err)
	return out.(*apps.Deployment)
}

// fields are where a container has its probes.
var fields = map[sidecar.Question]string{
	sidecar.Started: "startupProbe", sidecar.Ready: "readinessProbe", sidecar.Alive: "livenessProbe",
}

// bare is an agent's Deployment without its proxy, as far as the injector looks at it.
func bare(a sidecar.Agent) object {
	container := object{"name": a.Name, "image": "registry.example.com/agent:1",
		"ports": []any{object{"name": "http", "containerPort": a.Port}}}
	for _, p := range a.Probes {
		container[fields[p.Question]] = object{"timeoutSeconds": p.TimeoutSeconds,
			"httpGet": object{"path": p.Path, "port": "http"}}
	}
	return object{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": object{"name": a.Name, "namespace": a.Namespace},
		"spec": object{"template": object{
			"metadata": object{"labels": object{rules.AgentLabel: a.Name},
				"annotations": object{sidecar.ExcludedPorts: "53"}},
			"spec": object{"serviceAccountName": a.Name, "securityContext": object{"fsGroup": 65532},
				"containers": []any{container}},
		}}}
}

// beside adds to the pod what an agent's pod declares.
func beside(a sidecar.Agent) object {
	d, p := bare(a), sidecar.For(a)
	template := d["spec"].(object)["template"].(object)
	meta, spec := template["metadata"].(object), template["spec"].(object)
	for key, value := range p.Labels {
		meta["labels"].(object)[key] = value
	}
	for key, value := range p.Annotations {
		meta["annotations"].(object)[key] = value
	}
	spec["initContainers"], spec["volumes"] = p.InitContainers, p.Volumes
	container := spec["containers"].([]any)[0].(object)
	for _, p := range a.Probes {
		container[fields[p.Question]].(object)["httpGet"] = object{"path": a.ProbePath(p), "port": sidecar.ProbePort}
	}
	return d
}

// typed reads an object as the API server does.
func typed(t *testing.T, in any) *apps.Deployment {
	t.Helper()
	raw, err := json.Marshal(in)
	require.NoError(t, err)
	var d apps.Deployment
	require.NoError(t, yaml.UnmarshalStrict(raw, &d))
	for n, v := range d.Spec.Template.Spec.Volumes {
		if v.VolumeSource == (core.VolumeSource{}) { // its default
			d.Spec.Template.Spec.Volumes[n].EmptyDir = &core.EmptyDirVolumeSource{}
		}
	}
	return &d
}

// lines is an object as text, so that a difference shows.
func lines(t *testing.T, v any) string {
	t.Helper()
	raw, err := yaml.Marshal(v)
	require.NoError(t, err)
	return string(raw)
}

// agents are two that share nothing.
func agents() []sidecar.Agent {
	probes := func(seconds int, paths ...string) []sidecar.Probe {
		return []sidecar.Probe{{Question: sidecar.Started, Path: paths[0], TimeoutSeconds: seconds},
			{Question: sidecar.Ready, Path: paths[1], TimeoutSeconds: seconds + 1},
			{Question: sidecar.Alive, Path: paths[2], TimeoutSeconds: seconds + 2}}
	}
	return []sidecar.Agent{
		{Name: "gateway", Namespace: "shop", Port: 8080, Image: sidecar.Image, Probes: probes(2, "/startupz", "/readyz", "/livez")},
		{Name: "tool-runner", Namespace: "other", Port: 9000, Image: sidecar.Image, Probes: probes(1, "/a", "/b", "/c")},
	}
}

// A pod that declares its proxy is what Istio's injector would make of one that does not.
func TestSidecar_isWhatTheInjectorWouldAdd(t *testing.T) {
	for _, a := range agents() {
		want := typed(t, injected(t, bare(a)))
		assert.Equal(t, lines(t, want), lines(t, typed(t, beside(a))), a.Name)
		assert.Len(t, want.Spec.Template.Spec.InitContainers, 2, "the injector added something")
	}
}

// The room that nodes keep for a proxy is what it asks for.
func TestSidecar_asksForWhatIsCounted(t *testing.T) {
	asks := injected(t, bare(agents()[0])).Spec.Template.Spec.InitContainers[1].Resources.Requests
	assert.EqualValues(t, sidecar.CPUMillis, asks.Cpu().MilliValue())
	assert.EqualValues(t, sidecar.MemoryMiB<<20, asks.Memory().Value())
}
