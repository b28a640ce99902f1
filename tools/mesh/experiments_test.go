package mesh

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"

	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/http/fault/v3" // so that its fields are known
	proxy "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/http_connection_manager/v3"
	_ "github.com/envoyproxy/go-control-plane/envoy/extensions/filters/network/rbac/v3"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"google.golang.org/protobuf/encoding/protojson"
	schemas "istio.io/istio/pkg/config/crd"

	"redoubt/internal/slips"
	"redoubt/system/experiments"
)

// What experiments set in a cluster is taken, by Istio and of a filter by Envoy, and a misspelt field of it is not.
func TestExperiments_areTaken(t *testing.T) {
	v, tried := published(t), map[string]bool{}
	all, err := experiments.All()
	require.NoError(t, err)
	for _, e := range all {
		objects, err := e.FillObjects(experiments.Words{"pod": "memory-1", "agent": "memory", "namespace": "atlas", "host": "api.example.com",
			"caller": "planner", "callee": "memory", "port": "8085"})
		require.NoError(t, err)
		for _, o := range objects {
			whole := plain(t, object{"apiVersion": o.APIVersion, "kind": o.Kind, "spec": o.Spec,
				"metadata": object{"name": experiments.ObjectName, "namespace": "atlas"}})
			require.NoError(t, understood(t, v, whole), e.Name)
			for _, path := range slips.Fields(object{"spec": o.Spec}) {
				if path == ".spec" || strings.HasSuffix(path, ".metadata.NAME") || strings.HasSuffix(path, ".everything") ||
					strings.HasPrefix(path, ".spec.workloadSelector.labels.") {
					continue // a proxy may tell anything of itself, a policy may be called anything, and a pod labelled
				}
				assert.Error(t, understood(t, v, slips.Misspell(whole, path)), "%s: %s with %s misspelt", e.Name, o.Kind, path)
			}
			tried[o.Kind] = true
		}
	}
	assert.Len(t, tried, len(experiments.Kinds))
}

// understood asks Istio, and Envoy of what Istio hands on as it is.
func understood(t *testing.T, v *schemas.Validator, o object) error {
	t.Helper()
	err := judge(t, v, o)
	if o["kind"] != "EnvoyFilter" {
		return err
	}
	spec, _ := o["spec"].(object)
	patches, _ := spec["configPatches"].([]any)
	for _, one := range patches {
		patch, _ := one.(object)["patch"].(object)
		raw, wrong := json.Marshal(patch["value"])
		require.NoError(t, wrong)
		var filter proxy.HttpFilter // a filter of connections has a name and a configuration, too
		if wrong := protojson.Unmarshal(raw, &filter); wrong != nil {
			err = errors.Join(err, wrong)
			continue
		}
		content, wrong := filter.GetTypedConfig().UnmarshalNew()
		if err = errors.Join(err, wrong); wrong == nil {
			err = errors.Join(err, content.(interface{ ValidateAll() error }).ValidateAll())
		}
	}
	return err
}
