//go:build apps

package kube

import (
	"context"
	"errors"
	"net/http"

	"redoubt/internal/kubetest"
)

// asKEDA does with a changed ScaledObject what KEDA's operator does, which is not
// run here: an active one becomes a HorizontalPodAutoscaler of its own, a paused one has none, and a Deployment of none is
// brought to the least (https://keda.sh/docs/latest/concepts/scaling-deployments/). The rest is
// done by the real controllers.
func asKEDA(ctx context.Context, c *kubetest.Cluster, scaled object) error {
	name, ns := kubetest.Text(scaled, "metadata", "name"), kubetest.Text(scaled, "metadata", "namespace")
	target := kubetest.Text(scaled, "spec", "scaleTargetRef", "name")
	scaler := object{"apiVersion": "autoscaling/v2", "kind": "HorizontalPodAutoscaler",
		"metadata": object{"name": "keda-hpa-" + name, "namespace": ns}}
	annotations, _ := kubetest.At(scaled, "metadata", "annotations").(object)
	if annotations["autoscaling.keda.sh/paused"] == "true" {
		err := c.Delete(ctx, scaler)
		if refused := (*kubetest.Refused)(nil); errors.As(err, &refused) && refused.Status == http.StatusNotFound {
			return nil
		}
		return err
	}
	least := kubetest.Number(scaled, "spec", "minReplicaCount")
	deployment := object{"apiVersion": "apps/v1", "kind": "Deployment", "metadata": object{"name": target, "namespace": ns}}
	now, err := c.Get(ctx, deployment)
	if err != nil {
		return err
	}
	if kubetest.Number(now, "spec", "replicas") == 0 {
		if err := c.Merge(ctx, deployment, "scale", object{"spec": object{"replicas": least}}); err != nil {
			return err
		}
	}
	scaler["spec"] = object{
		"scaleTargetRef": object{"apiVersion": "apps/v1", "kind": "Deployment", "name": target},
		"minReplicas":    max(1, least), "maxReplicas": kubetest.At(scaled, "spec", "maxReplicaCount"),
	}
	_, err = c.Apply(ctx, scaler)
	return err
}
