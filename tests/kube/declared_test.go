//go:build apps

package kube

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/components/cluster"
	"redoubt/internal/kubetest"
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
	for _, kind := range []string{"Deployment", "ScaledObject", "TargetGroupBinding", "PodDisruptionBudget", "NetworkPolicy",
		"CustomResourceDefinition", "HorizontalPodAutoscaler", "PriorityClass", "APIService"} {
		assert.NotZero(t, kinds[kind], "%s is declared", kind)
	}
	slips(t, c)
}

// free are the maps in which any name stands: nobody can tell that one is misspelt.
var free = regexp.MustCompile(`\.(labels|annotations|data|matchLabels|limits|requests|triggers\.metadata)\.[^.]+$`)

// slips misspells every field of one object of each kind, one at a time. The API
// server must refuse each.
func slips(t *testing.T, c *kubetest.Cluster) {
	t.Helper()
	tried, kinds := 0, map[string]bool{}
	for _, o := range declared(t, system.Primary) {
		kind := kubetest.Text(o, "kind")
		if kinds[kind] {
			continue
		}
		kinds[kind] = true
		for _, path := range fields("", o) {
			switch {
			case free.MatchString(path), slices.Contains([]string{".apiVersion", ".kind", ".metadata", ".metadata.name",
				".metadata.namespace"}, path), kind == "CustomResourceDefinition" && strings.Count(path, ".") > 2:
				continue
			}
			tried++
			wrong := misspelt(o, strings.Split(path, ".")[1:]).(object)
			assert.Error(t, c.Try(t.Context(), wrong), "%s with %s misspelt", kubetest.Title(o), path)
		}
	}
	t.Logf("%d misspelt fields of %d kinds refused", tried, len(kinds))
	says(t, "%d slips, and each is refused", tried)
}

// fields are the paths of all fields below v; those of a list's items are those of the list.
func fields(at string, v any) []string {
	found := map[string]bool{}
	switch v := v.(type) {
	case object:
		for key, inner := range v {
			if strings.Contains(key, ".") {
				continue // an annotation or a label
			}
			path := at + "." + key
			found[path] = true
			for _, deeper := range fields(path, inner) {
				found[deeper] = true
			}
		}
	case []any:
		for _, item := range v {
			for _, deeper := range fields(at, item) {
				found[deeper] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(found))
}

// misspelt is a copy of v in which the field at a path has another name.
func misspelt(v any, path []string) any {
	switch v := v.(type) {
	case object:
		out := maps.Clone(v)
		inner, known := out[path[0]]
		switch {
		case !known:
		case len(path) == 1:
			delete(out, path[0])
			out[path[0]+"x"] = inner
		default:
			out[path[0]] = misspelt(inner, path[1:])
		}
		return out
	case []any:
		out := make([]any, len(v))
		for n, item := range v {
			out[n] = misspelt(item, path)
		}
		return out
	}
	return v
}

// TestDeclared_aMisspeltFieldIsNamed has a slip that nothing but a schema can see.
func TestDeclared_aMisspeltFieldIsNamed(t *testing.T) {
	t.Parallel()
	o := object{"spec": object{"containers": []any{object{"image": "a"}, object{"name": "b"}}}}
	assert.Equal(t, []string{".spec", ".spec.containers", ".spec.containers.image", ".spec.containers.name"}, fields("", o))
	assert.Equal(t, object{"spec": object{"containers": []any{object{"imagex": "a"}, object{"name": "b"}}}},
		misspelt(o, []string{"spec", "containers", "image"}), fmt.Sprint(o))
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
