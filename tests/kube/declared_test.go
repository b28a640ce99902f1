//go:build apps

package kube

import (
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/cluster"
	"redoubt/internal/kubetest"
	"redoubt/internal/slips"
	"redoubt/system"
)

// TestDeclared_everyObjectIsTaken writes every object that the homes declare to
// an API server: first the primary's, then the secondary's over them. Definitions are
// the charts' own, and hold what is of their kinds.
func TestDeclared_everyObjectIsTaken(t *testing.T) {
	t.Parallel()
	c := kubetest.Start(t, kubetest.Options{})
	version, err := c.Version(t.Context())
	require.NoError(t, err)
	require.Contains(t, version, "v"+cluster.DefaultVersion+".", "the version that homes have")
	kinds, counts := map[string]int{}, []any{}
	for _, home := range system.Homes {
		all := declared(t, home)
		require.NoError(t, c.ApplyAll(t.Context(), all), "the %s home", home)
		for _, o := range all {
			kinds[kubetest.Text(o, "kind")]++
		}
		counts = append(counts, len(all))
	}
	t.Logf("%d kinds: %v", len(kinds), kinds)
	says(t, "%d objects of the primary home and %d of the secondary, of %d kinds, are taken", append(counts, len(kinds))...)
	for _, kind := range []string{
		"Deployment", "ScaledObject", "TargetGroupBinding", "PodDisruptionBudget", "NetworkPolicy",
		"CustomResourceDefinition", "HorizontalPodAutoscaler", "PriorityClass", "APIService", "AuthorizationPolicy",
		"DestinationRule", "PeerAuthentication", "ServiceEntry", "Sidecar", "Telemetry", "VirtualService",
	} {
		assert.NotZero(t, kinds[kind], "%s is declared", kind)
	}
	misspell(t, c)
}

// free are the maps in which any name stands: nobody can tell that one is misspelt.
var free = regexp.MustCompile(`\.(labels|annotations|data|matchLabels|limits|requests|triggers\.metadata|` +
	`sourceLabels|environmentVariables|portLevelMtls)\.[^.]+$`)

// misspell misspells every field of one object of each kind, one at a time. The API
// server must refuse each.
func misspell(t *testing.T, c *kubetest.Cluster) {
	t.Helper()
	tried, kinds := 0, map[string]bool{}
	for _, o := range declared(t, system.Primary) {
		kind := kubetest.Text(o, "kind")
		if kinds[kind] {
			continue
		}
		kinds[kind] = true
		for _, path := range slips.Fields(o) {
			switch {
			case free.MatchString(path), slices.Contains([]string{".apiVersion", ".kind", ".metadata", ".metadata.name",
				".metadata.namespace"}, path), kind == "CustomResourceDefinition" && strings.Count(path, ".") > 2:
				continue
			}
			tried++
			assert.Error(t, c.Try(t.Context(), slips.Misspell(o, path)), "%s with %s misspelt", kubetest.Title(o), path)
		}
	}
	t.Logf("%d misspelt fields of %d kinds refused", tried, len(kinds))
	says(t, "%d slips, and each is refused", tried)
}

// TestDeclared_aMisspeltFieldIsNamed has a slip that nothing but a schema can see.
func TestDeclared_aMisspeltFieldIsNamed(t *testing.T) {
	t.Parallel()
	c := kubetest.Start(t, kubetest.Options{})
	budget := object{"apiVersion": "policy/v1", "kind": "PodDisruptionBudget",
		"metadata": object{"name": "a", "namespace": "default"},
		"spec":     object{"maxUnavailabel": 1, "selector": object{"matchLabels": object{"a": "b"}}}}
	require.ErrorContains(t, c.ApplyAll(t.Context(), []object{budget}), "maxUnavailabel")
	spec := budget["spec"].(object)
	spec["maxUnavailable"] = spec["maxUnavailabel"]
	delete(spec, "maxUnavailabel")
	require.NoError(t, c.ApplyAll(t.Context(), []object{budget}))
}
