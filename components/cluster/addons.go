package cluster

import (
	"encoding/json"

	"github.com/pulumi/pulumi-aws/sdk/v6/go/aws/eks"
	"github.com/pulumi/pulumi/sdk/v3/go/pulumi"
)

// dnsReplicas answer names in each zone, metricsReplicas tell what pods use.
const (
	dnsReplicas     = Zones
	metricsReplicas = 2
)

// network registers the add-ons without which no node becomes ready. An add-on
// that is no longer declared leaves its objects in the cluster, so that a slip takes no network
// from what runs; on a destroy they go with the cluster.
func (b *builder) network() error {
	for _, a := range []struct {
		name   string
		values any
	}{
		{"vpc-cni", map[string]any{"enableNetworkPolicy": "true"}},
		{"kube-proxy", nil},
		{"eks-pod-identity-agent", nil},
	} {
		addon, err := b.addon(a.name, a.values, pulumi.Bool(true))
		if err != nil {
			return err
		}
		b.plumbing = append(b.plumbing, addon)
	}
	return nil
}

// services registers the add-ons that need nodes to run on. Names are answered
// in each zone, so that a lost or shifted zone leaves two thirds of the answers.
func (b *builder) services() error {
	dns := map[string]any{
		"replicaCount":              dnsReplicas,
		"topologySpreadConstraints": spread("k8s-app", "kube-dns"),
		"podDisruptionBudget":       map[string]any{"enabled": true, "maxUnavailable": 1},
	}
	metrics := map[string]any{
		"replicas":                  metricsReplicas,
		"topologySpreadConstraints": spread("app.kubernetes.io/name", "metrics-server"),
	}
	after := pulumi.DependsOn(b.running)
	if _, err := b.addon("coredns", dns, nil, after); err != nil {
		return err
	}
	_, err := b.addon("metrics-server", metrics, nil, after)
	return err
}

// spread puts replicas into different zones, and counts only the zones whose
// nodes take them: a cordoned zone must not keep a replacement from starting.
func spread(label, value string) []any {
	return []any{map[string]any{
		"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule",
		"nodeTaintsPolicy": "Honor", "labelSelector": map[string]any{"matchLabels": map[string]any{label: value}},
	}}
}

// addon registers an add-on in the version that EKS gives by default for the
// cluster's; the version then stays as it is.
func (b *builder) addon(name string, values any, preserve pulumi.BoolPtrInput, more ...pulumi.ResourceOption,
) (*eks.Addon, error) {
	args := &eks.AddonArgs{
		ClusterName: b.cluster.Name, AddonName: pulumi.String(name), Preserve: preserve,
		ResolveConflictsOnCreate: pulumi.String("OVERWRITE"), ResolveConflictsOnUpdate: pulumi.String("OVERWRITE"),
		Tags: b.tags(name),
	}
	if values != nil {
		text, err := json.Marshal(values)
		if err != nil {
			return nil, err
		}
		args.ConfigurationValues = pulumi.String(text)
	}
	return eks.NewAddon(b.ctx, b.name+"-"+name, args, b.child(more...)...)
}
