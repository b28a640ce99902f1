package main

import (
	"bytes"
	"path/filepath"
	"sort"

	"helm.sh/helm/v3/pkg/chart/loader"
	"helm.sh/helm/v3/pkg/chartutil"
	"helm.sh/helm/v3/pkg/engine"
	"sigs.k8s.io/kustomize/api/krusty"
	"sigs.k8s.io/kustomize/kyaml/filesys"
)

// kubeVersion is the oldest version of Kubernetes that the charts must fit.
const kubeVersion = "v1.34.0"

var charts = []chart{
	{
		name: "istio", module: "istio.io/istio", version: "v0.0.0-20260827124520-eed52ebb66ad", license: "Apache-2.0",
		sum:    "h1:ui9TJjRMAV/hb5ehQaZDq7IUGxuQP6dra9lapT/VjHI=",
		render: istio,
		images: map[string]string{"pilot": "1.31.4"},
		// The component declares one budget for each controller.
		drop: map[string]bool{
			"PodDisruptionBudget/istiod":                              true,
			"ValidatingWebhookConfiguration/istiod-default-validator": true,
		},
	},
	{
		name: "keda", module: "github.com/kedacore/keda/v2", version: "v2.21.0", license: "Apache-2.0",
		sum:    "h1:R6z2HZvstK4RLUMxroNACzBj74xGxt3kG59b5Xc+Xps=",
		render: keda,
		images: map[string]string{"keda": "2.21.0", "keda-metrics-apiserver": "2.21.0"},
	},
}

// istio renders the mesh's control plane, without a webhook, so that it can neither stop a pod from starting
// nor change one, and the plugin that leads a pod's connections through its proxy, on each node: a pod of the
// restricted profile may not do that itself. The proxies are declared with the agents: see components/mesh/sidecar,
// which is held against these values.
func istio(dir string) ([]byte, error) {
	values := map[string]any{
		"autoscaleEnabled": false,
		"cni":              map[string]any{"enabled": true},
		"meshConfig": map[string]any{"defaultConfig": map[string]any{
			// As many threads as the proxy has of a core would be those of the whole node.
			"concurrency": 2,
			// Without it a proxy does not know which part of its own agent stands in its zone.
			"proxyMetadata": map[string]any{"ISTIO_META_ENABLE_SELF_DISCOVERY": "true"},
		}},
		"global": map[string]any{
			"hub": "registry.istio.io/release", "tag": "1.31.4", "operatorManageWebhooks": true,
			"configValidation": false, "omitSidecarInjectorConfigMap": true,
			"defaultPodDisruptionBudget": map[string]any{"enabled": false},
			// What a proxy asks for is assumed. Memory is limited and the processor is not, as the agents' is.
			"proxy": map[string]any{"resources": map[string]any{
				"requests": map[string]any{"cpu": "100m", "memory": "256Mi"},
				"limits":   map[string]any{"cpu": nil, "memory": "256Mi"},
			}},
		},
	}
	var out bytes.Buffer
	for _, path := range []string{"base", "istio-cni", "istio-control/istio-discovery"} {
		text, err := helm(filepath.Join(dir, "manifests", "charts", path), "istio-system", values)
		if err != nil {
			return nil, err
		}
		out.Write(text)
	}
	return out.Bytes(), nil
}

// helm renders one chart, its templates in the order of their names.
func helm(path, namespace string, values map[string]any) ([]byte, error) {
	c, err := loader.Load(path)
	if err != nil {
		return nil, err
	}
	version, err := chartutil.ParseKubeVersion(kubeVersion)
	if err != nil {
		return nil, err
	}
	caps := chartutil.DefaultCapabilities.Copy()
	caps.KubeVersion = *version
	all, err := chartutil.ToRenderValues(c, values, chartutil.ReleaseOptions{
		Name: c.Name(), Namespace: namespace, Revision: 1, IsInstall: true,
	}, caps)
	if err != nil {
		return nil, err
	}
	files, err := engine.Render(c, all)
	if err != nil {
		return nil, err
	}
	names := make([]string, 0, len(files))
	for name := range files {
		if filepath.Ext(name) == ".yaml" {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var out bytes.Buffer
	for _, name := range names {
		out.WriteString("\n---\n" + files[name])
	}
	return out.Bytes(), nil
}

// keda renders KEDA without its admission webhook.
func keda(dir string) ([]byte, error) {
	options := krusty.MakeDefaultOptions()
	all, err := krusty.MakeKustomizer(options).Run(filesys.MakeFsOnDisk(), filepath.Join(dir, "config", "minimal"))
	if err != nil {
		return nil, err
	}
	return all.AsYaml()
}
