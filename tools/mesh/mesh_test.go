// Package mesh holds the mesh's objects of the example against what Istio says
// of them: the schemas of the kinds as the clusters have them, applied as the API server applies
// them, and the validation that Istio's control plane does.
package mesh

import (
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	control "istio.io/istio/pilot/pkg/config/kube/crd"
	schemas "istio.io/istio/pkg/config/crd"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	kubejson "k8s.io/apimachinery/pkg/util/json"

	"redoubt/components/mesh/rules"
	"redoubt/internal/slips"
	"redoubt/system"
)

type object = map[string]any

// declared are the objects of a home of the example.
func declared(t *testing.T) []object {
	t.Helper()
	s, err := system.Load(filepath.Join("..", "..", "system.yaml"))
	require.NoError(t, err)
	all := rules.Objects(s, s.Agents, rules.Place{Namespace: s.Name, Region: "eu-west-1", Account: "123456789012",
		Entry: []string{"10.40.192.0/22", "10.40.196.0/22"}, Stores: []string{"10.40.128.0/21"}})
	var out []object
	for _, o := range all {
		out = append(out, plain(t, object{"apiVersion": o.APIVersion, "kind": o.Kind, "spec": o.Spec,
			"metadata": object{"name": o.Name, "namespace": s.Name}}))
	}
	return out
}

// plain is a copy as an API server reads it, in which whole numbers are such.
func plain(t *testing.T, v any) object {
	t.Helper()
	raw, err := json.Marshal(v)
	require.NoError(t, err)
	var out object
	require.NoError(t, kubejson.Unmarshal(raw, &out))
	return out
}

// judge asks both.
func judge(t *testing.T, v *schemas.Validator, o object) error {
	t.Helper()
	raw, err := json.Marshal(o)
	require.NoError(t, err)
	_, unknown, semantic := control.ParseInputs(string(raw))
	if len(unknown) > 0 {
		semantic = errors.Join(semantic, errors.New("a kind that Istio does not know"))
	}
	return errors.Join(v.ValidateCustomResource(&unstructured.Unstructured{Object: plain(t, o)}), semantic)
}

// published are the schemas of the mesh's kinds, of the file that the controllers are made from.
func published(t *testing.T) *schemas.Validator {
	t.Helper()
	text, err := os.ReadFile(filepath.Join("..", "..", "components", "controllers", "rendered", "istio.yaml"))
	require.NoError(t, err)
	var crds []string
	for _, doc := range strings.Split(string(text), "\n---\n") {
		if strings.Contains(doc, "\nkind: CustomResourceDefinition\n") {
			crds = append(crds, doc)
		}
	}
	require.Greater(t, len(crds), 10)
	file := filepath.Join(t.TempDir(), "crds.yaml")
	require.NoError(t, os.WriteFile(file, []byte(strings.Join(crds, "\n---\n")), 0o600))
	v, err := schemas.NewValidatorFromFilesWithOptions([]string{file}, schemas.WithoutCRDValidation())
	require.NoError(t, err)
	return v
}

func TestMesh_everyObjectIsTaken(t *testing.T) {
	v, kinds := published(t), map[string]int{}
	for _, o := range declared(t) {
		kinds[o["kind"].(string)]++
		assert.NoError(t, judge(t, v, o), "%v", o)
	}
	t.Logf("taken: %v", kinds)
	for _, kind := range []string{
		"AuthorizationPolicy", "DestinationRule", "PeerAuthentication", "ServiceEntry", "Sidecar", "Telemetry",
		"VirtualService",
	} {
		assert.NotZero(t, kinds[kind], kind)
	}
}

// free are the maps in which any name stands.
var free = []string{"labels", "matchLabels", "sourceLabels", "portLevelMtls"}

// Every field of one object of each kind, misspelt one at a time, is refused.
func TestMesh_aMisspeltFieldIsRefused(t *testing.T) {
	v, tried := published(t), 0
	seen := map[string]bool{}
	for _, o := range declared(t) {
		for _, path := range slips.Fields(object{"spec": o["spec"]}) {
			parts, id := strings.Split(path, "."), o["kind"].(string)+path
			if seen[id] || slices.Contains(free, parts[len(parts)-2]) || path == ".spec" {
				continue
			}
			seen[id], tried = true, tried+1
			assert.Error(t, judge(t, v, slips.Misspell(o, path)), "%s with %s misspelt", o["kind"], path)
		}
	}
	t.Logf("%d misspelt fields refused", tried)
	assert.Greater(t, tried, 60)
}

// Values that make no sense are refused, each by its path.
func TestMesh_aWrongValueIsRefused(t *testing.T) {
	v := published(t)
	for _, wrong := range []struct {
		kind  string
		path  []string
		value any
	}{
		{"VirtualService", []string{"http", "timeout"}, "-1s"},
		{"VirtualService", []string{"http", "timeout"}, "soon"},
		{"VirtualService", []string{"http", "retries", "retryOn"}, "whenever"},
		{"VirtualService", []string{"http", "retries", "attempts"}, -1.0},
		{"VirtualService", []string{"http", "retries", "perTryTimeout"}, "1us"},
		{"DestinationRule", []string{"trafficPolicy", "outlierDetection", "maxEjectionPercent"}, 120.0},
		{"DestinationRule", []string{"trafficPolicy", "outlierDetection", "baseEjectionTime"}, "0s"},
		{"DestinationRule", []string{"trafficPolicy", "connectionPool", "tcp", "maxConnections"}, -1.0},
		{"DestinationRule", []string{"trafficPolicy", "tls", "mode"}, "MAYBE"},
		{"PeerAuthentication", []string{"mtls", "mode"}, "NEVER"},
		{"ServiceEntry", []string{"resolution"}, "GUESS"},
		{"ServiceEntry", []string{"hosts"}, []any{"not a host"}},
		{"Sidecar", []string{"egress", "hosts"}, []any{"no-namespace"}},
		{"AuthorizationPolicy", []string{"action"}, "PERHAPS"},
	} {
		i := slices.IndexFunc(declared(t), func(o object) bool {
			return o["kind"] == wrong.kind && has(o["spec"], wrong.path)
		})
		require.GreaterOrEqual(t, i, 0, "%v", wrong)
		o := declared(t)[i]
		require.NoError(t, judge(t, v, o))
		put(o["spec"], wrong.path, wrong.value)
		assert.Error(t, judge(t, v, o), "%s with %s of %v", wrong.kind, strings.Join(wrong.path, "."), wrong.value)
	}
}

// has reports whether the path leads to a value; of a list it is the first item's.
func has(v any, path []string) bool {
	switch v := v.(type) {
	case object:
		inner, known := v[path[0]]
		return known && (len(path) == 1 || has(inner, path[1:]))
	case []any:
		return len(v) > 0 && has(v[0], path)
	}
	return false
}

func put(v any, path []string, value any) {
	switch v := v.(type) {
	case object:
		if len(path) == 1 {
			v[path[0]] = value
			return
		}
		put(v[path[0]], path[1:], value)
	case []any:
		put(v[0], path, value)
	}
}
