//go:build apps

package kube

import (
	"encoding/json"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"redoubt/internal/kubetest"
	"redoubt/system"
)

// busy is what a replica uses of what it asks for when it carries all that it can:
// then the replicas of a home without one zone stand at 90 % where all stand at 60 %.
const busy = 0.9

// meter begins to tell Kubernetes what the agents use, as the metrics server does, when
// so many times their declared load is shared by the replicas that are ready. It is asked by the API server,
// through the same registration (https://kubernetes.io/docs/tasks/extend-kubernetes/configure-aggregation-layer/).
func (h *home) meter(t *testing.T, times float64) {
	t.Helper()
	const group = "/apis/metrics.k8s.io/v1beta1"
	mux := http.NewServeMux()
	mux.HandleFunc("GET "+group, func(w http.ResponseWriter, _ *http.Request) {
		answer(w, object{"kind": "APIResourceList", "apiVersion": "v1", "groupVersion": "metrics.k8s.io/v1beta1",
			"resources": []any{object{"name": "pods", "namespaced": true, "kind": "PodMetrics", "verbs": []string{"get", "list"}}}})
	})
	mux.HandleFunc("GET "+group+"/namespaces/"+h.sys.Name+"/pods", func(w http.ResponseWriter, r *http.Request) {
		h.uses(w, r, times)
	})
	server := httptest.NewTLSServer(mux)
	t.Cleanup(server.Close)
	_, port, err := net.SplitHostPort(server.Listener.Addr().String())
	require.NoError(t, err)
	at, err := strconv.Atoi(port)
	require.NoError(t, err)
	require.NoError(t, h.c.ApplyAll(t.Context(), []object{
		{"apiVersion": "v1", "kind": "Service", "metadata": object{"name": "meter", "namespace": "kube-system"},
			"spec": object{"type": "ExternalName", "externalName": "127.0.0.1"}},
		{"apiVersion": "apiregistration.k8s.io/v1", "kind": "APIService", "metadata": object{"name": "v1beta1.metrics.k8s.io"},
			"spec": object{"group": "metrics.k8s.io", "version": "v1beta1", "groupPriorityMinimum": 100, "versionPriority": 100,
				"insecureSkipTLSVerify": true, "service": object{"namespace": "kube-system", "name": "meter", "port": at}}},
	}))
}

// uses answers what the pods of an agent use: https://kubernetes.io/docs/reference/external-api/metrics.v1beta1/
func (h *home) uses(w http.ResponseWriter, r *http.Request, times float64) {
	items, err := h.c.Items(r.Context(), "/api/v1/namespaces/"+h.sys.Name+"/pods?"+r.URL.RawQuery)
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	var metrics []any
	for _, pod := range items {
		a, known := h.sys.Agent(kubetest.Text(pod, "metadata", "labels", "app.kubernetes.io/name"))
		if !known || !ready(pod) {
			continue
		}
		cpu := int(times * busy * share(a, items) * float64(a.Resources.CPUMillis))
		metrics = append(metrics, object{
			"metadata": object{"name": kubetest.Text(pod, "metadata", "name"), "namespace": h.sys.Name,
				"labels": kubetest.At(pod, "metadata", "labels")},
			"timestamp": time.Now().UTC().Format(time.RFC3339), "window": "10s",
			"containers": []any{object{"name": a.Name, "usage": object{
				"cpu": fmt.Sprintf("%dm", cpu), "memory": fmt.Sprintf("%dMi", a.Resources.MemoryMiB/2)}}},
		})
	}
	answer(w, object{"kind": "PodMetricsList", "apiVersion": "metrics.k8s.io/v1beta1", "metadata": object{}, "items": metrics})
}

// share is how much of what one replica can carry each ready one has to.
func share(a system.Agent, pods []object) float64 {
	running := 0
	for _, pod := range pods {
		if kubetest.Text(pod, "metadata", "labels", "app.kubernetes.io/name") == a.Name && ready(pod) {
			running++
		}
	}
	return float64(a.Load) / float64(a.PerReplica*max(1, running))
}

func answer(w http.ResponseWriter, o object) {
	w.Header().Set("Content-Type", "application/json")
	_ = json.NewEncoder(w).Encode(o)
}
