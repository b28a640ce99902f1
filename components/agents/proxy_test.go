package agents

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/mesh/sidecar"
	"redoubt/system"
)

// asJSON is a value as the recorder tells it.
func asJSON(t *testing.T, v any) any {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	var out any
	require.NoError(t, json.Unmarshal(raw, &out))
	return out
}

// TestAgents_haveTheirProxy: each pod has all that components/mesh/sidecar says, which tools/mesh holds against
// Istio's injector, and nothing else runs before the agent.
func TestAgents_haveTheirProxy(t *testing.T) {
	t.Parallel()
	args := argsFor(example(t), system.Primary)
	r := run(t, args)
	for _, a := range args.System.Agents {
		want := sidecar.For(sidecar.Agent{
			Name: a.Name, Namespace: args.System.Name, Port: Port(a), Image: args.Scope.Image(sidecar.Image),
			Probes: []sidecar.Probe{started, ready, alive},
		})
		template := at(t, r.Get(t, deploymentType, "main-"+a.Name+"-deployment").Values(), "spec", "template")
		assert.Equal(t, asJSON(t, want.InitContainers), at(t, template, "spec", "initContainers"), a.Name)
		assert.Subset(t, at(t, template, "spec", "volumes"), asJSON(t, want.Volumes), a.Name)
		assert.Equal(t, asJSON(t, want.Annotations), at(t, template, "metadata", "annotations"), a.Name)
		assert.Subset(t, at(t, template, "metadata", "labels"), asJSON(t, want.Labels), a.Name)
		assert.Equal(t, args.Scope.Image(sidecar.Image), at(t, template, "spec", "initContainers", 1, "image"), a.Name)
	}
}

// A namespace of the restricted profile takes no pod that asks for more:
// https://kubernetes.io/docs/concepts/security/pod-security-standards/#restricted
func TestAgents_areOfTheRestrictedProfile(t *testing.T) {
	t.Parallel()
	free := []string{"configMap", "csi", "downwardAPI", "emptyDir", "ephemeral", "persistentVolumeClaim", "projected", "secret"}
	for _, d := range run(t, argsFor(example(t), system.Primary)).OfType(deploymentType) {
		spec := at(t, d.Values(), "spec", "template", "spec")
		assert.Equal(t, "RuntimeDefault", at(t, spec, "securityContext", "seccompProfile", "type"), d.Name)
		for _, c := range append(at(t, spec, "containers").([]any), at(t, spec, "initContainers").([]any)...) {
			context := at(t, c, "securityContext").(map[string]any)
			assert.Equal(t, []any{false, true, map[string]any{"drop": []any{"ALL"}}},
				[]any{context["allowPrivilegeEscalation"], context["runAsNonRoot"], context["capabilities"]}, "%v", c)
			assert.NotEqual(t, true, context["privileged"], "%v", c)
			assert.NotContains(t, context, "seccompProfile", "or it replaces the pod's")
		}
		for _, v := range at(t, spec, "volumes").([]any) {
			for kind := range v.(map[string]any) {
				assert.Contains(t, append(free, "name"), kind, d.Name)
			}
		}
	}
}

// A proxy without its control plane has no identity, and the agent behind it never starts.
func TestAgents_reachTheControlPlaneOfTheMesh(t *testing.T) {
	t.Parallel()
	r := run(t, argsFor(example(t), system.Primary))
	for _, p := range r.OfType(networkType) {
		if p.Name == "main-closed" {
			continue
		}
		assert.Contains(t, at(t, p.Values(), "spec", "egress"), map[string]any{
			"ports": []any{map[string]any{"port": 15012.0, "protocol": "TCP"}},
			"to": []any{map[string]any{
				"namespaceSelector": map[string]any{"matchLabels": map[string]any{"kubernetes.io/metadata.name": "istio-system"}},
				"podSelector":       map[string]any{"matchLabels": map[string]any{"app": "istiod"}},
			}},
		}, p.Name)
	}
}
