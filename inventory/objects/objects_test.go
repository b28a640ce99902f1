package objects

import (
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// object reads an object that is written as JSON.
func object(t *testing.T, doc string) Object {
	t.Helper()
	var o Object
	require.NoError(t, json.Unmarshal([]byte(doc), &o), doc)
	return o
}

func TestClean_dropsWhatBelongsToTheCluster(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ name, in, want string }{
		{
			"what the API server writes",
			`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"w","namespace":"atlas","labels":{"a":"b"},
			  "uid":"1","resourceVersion":"7","generation":3,"creationTimestamp":"2026-01-01T00:00:00Z","selfLink":"/x",
			  "managedFields":[{"manager":"x"}],"finalizers":["keda"],"annotations":{
			  "deployment.kubernetes.io/revision":"4","kubectl.kubernetes.io/last-applied-configuration":"{}"}},
			  "spec":{"replicas":3,"template":{"metadata":{"creationTimestamp":null,"labels":{"a":"b"}}}},
			  "status":{"replicas":3}}`,
			`{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"w","namespace":"atlas","labels":{"a":"b"}},
			  "spec":{"replicas":3,"template":{"metadata":{"labels":{"a":"b"}}}}}`,
		},
		{
			"addresses of a service",
			`{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"clusterIP":"172.20.0.7",
			  "clusterIPs":["172.20.0.7"],"healthCheckNodePort":31000,"ports":[{"port":80,"nodePort":30080}]}}`,
			`{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"ports":[{"port":80}]}}`,
		},
		{
			"a headless service stays one",
			`{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"clusterIP":"None","clusterIPs":["None"]}}`,
			`{"apiVersion":"v1","kind":"Service","metadata":{"name":"s"},"spec":{"clusterIP":"None","clusterIPs":["None"]}}`,
		},
		{
			"an annotation of ours stays, and so does an empty selector",
			`{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"n","annotations":{
			  "redoubt.dev/active":"3","kubectl.kubernetes.io/last-applied-configuration":"{}"}},"spec":{"podSelector":{}}}`,
			`{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"n","annotations":{
			  "redoubt.dev/active":"3"}},"spec":{"podSelector":{}}}`,
		},
		{
			"tokens of a service account and finalizers of a namespace",
			`{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"a"},"secrets":[{"name":"a-token"}]}`,
			`{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"a"}}`,
		},
	} {
		in := object(t, c.in)
		got, withheld := Clean(in)
		assert.Equal(t, object(t, c.want), got, c.name)
		assert.Empty(t, withheld, c.name)
		assert.Equal(t, object(t, c.in), in, "%s: the original is left alone", c.name)
	}
}

func TestClean_withholdsSecretValues(t *testing.T) {
	t.Parallel()
	got, withheld := Clean(object(t, `{"apiVersion":"batch/v1","kind":"CronJob","metadata":{"name":"c"},
	  "spec":{"jobTemplate":{
	  "spec":{"template":{"spec":{"containers":[{"env":[{"name":"API_KEY","value":"hush"},
	  {"name":"DB_PASSWORD","value":"hush"},{"name":"TOKEN_FILE","value":"/path"},{"name":"MODEL_TOKEN","valueFrom":{"secretKeyRef":{"name":"m"}}}]}]}}}}}}`))
	doc, err := json.Marshal(got)
	require.NoError(t, err)
	assert.NotContains(t, string(doc), "hush")
	assert.Contains(t, string(doc), "/path")
	assert.Contains(t, string(doc), "secretKeyRef")
	assert.Equal(t, []string{"CronJob c: env API_KEY", "CronJob c: env DB_PASSWORD"}, withheld)

	got, withheld = Clean(object(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"m"},
	  "data":{"client.secret":"hush","secretary":"ann"}}`))
	assert.Equal(t, map[string]any{"secretary": "ann"}, got["data"])
	assert.Equal(t, []string{"ConfigMap m: data client.secret"}, withheld)
}

func TestKeep_picksAndOrders(t *testing.T) {
	t.Parallel()
	found := []Object{
		object(t, `{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler",
		  "metadata":{"name":"w","namespace":"atlas"}}`),
		object(t, `{"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler",
		  "metadata":{"name":"keda-hpa-w","namespace":"atlas",
		  "ownerReferences":[{"kind":"ScaledObject","name":"w","controller":true}]}}`),
		object(t, `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"w","namespace":"atlas"}}`),
		object(t, `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"b","namespace":"atlas",
		  "ownerReferences":[{"kind":"Thing","name":"x"}]}}`),
		object(t, `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"gone","namespace":"atlas",
		  "deletionTimestamp":"2026-01-01T00:00:00Z"}}`),
		object(t, `{"apiVersion":"apps/v1","kind":"Deployment","metadata":{"name":"w","namespace":"other"}}`),
		object(t, `{"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"w-1","namespace":"atlas"}}`),
		object(t, `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"s","namespace":"atlas"},"data":{"a":"aHVzaA=="}}`),
		object(t, `{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"w","namespace":"atlas"}}`),
		object(t, `{"apiVersion":"v1","kind":"ServiceAccount","metadata":{"name":"default","namespace":"atlas"}}`),
		object(t, `{"apiVersion":"v1","kind":"ConfigMap","metadata":{"name":"kube-root-ca.crt","namespace":"atlas"}}`),
		object(t, `{"apiVersion":"scheduling.k8s.io/v1","kind":"PriorityClass","metadata":{"name":"atlas-core"},"value":1}`),
		object(t, `{"apiVersion":"scheduling.k8s.io/v1","kind":"PriorityClass","metadata":{"name":"system-node-critical"}}`),
		object(t, `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"atlas"},"spec":{"finalizers":["kubernetes"]}}`),
		object(t, `{"apiVersion":"v1","kind":"Namespace","metadata":{"name":"kube-system"}}`),
	}
	want := []string{"Namespace atlas", "PriorityClass atlas-core", "ServiceAccount w", "Deployment b", "Deployment w",
		"HorizontalPodAutoscaler w"}
	titles := func(list []Object) []string {
		var out []string
		for _, o := range list {
			out = append(out, title(o))
		}
		return out
	}
	got := Keep("atlas", found)
	assert.Equal(t, want, titles(got.Items))
	assert.NotContains(t, got.Items[0], "spec")

	first, err := got.Encode()
	require.NoError(t, err)
	slices.Reverse(found)
	again, err := Keep("atlas", found).Encode()
	require.NoError(t, err)
	assert.Equal(t, string(first), string(again), "the order in which objects are found changes nothing")

	back, err := Decode(first)
	require.NoError(t, err)
	assert.Equal(t, got.Items, back)
}

func TestKept_encodesNothingAsAnEmptyList(t *testing.T) {
	t.Parallel()
	doc, err := Kept{}.Encode()
	require.NoError(t, err)
	assert.JSONEq(t, `{"apiVersion":"v1","kind":"List","items":[]}`, string(doc))
}

func TestDecode_refusesWhatIsNoExport(t *testing.T) {
	t.Parallel()
	const open = `{"apiVersion":"v1","kind":"List","items":[{"apiVersion":"v1",`
	for doc, want := range map[string]string{
		"{":                                   "objects:",
		`{"apiVersion":"v1","kind":"Secret"}`: "is a Secret of v1, want a List",
		open + `"kind":"Secret","metadata":{"name":"s"}}]}`: `item 1 is "Secret s"`,
		open + `"kind":"Service"}]}`:                        `item 1 is "Service "`,
	} {
		_, err := Decode([]byte(doc))
		assert.ErrorContains(t, err, want, doc)
	}
}

func TestRules_allowReadingAndNoSecrets(t *testing.T) {
	t.Parallel()
	inside, cluster := Rules("atlas")
	covered := map[string]bool{}
	for _, r := range append(slices.Clone(inside), cluster...) {
		assert.Contains(t, []string{"get", "list"}, r.Verb)
		for _, plural := range r.Resources {
			assert.NotContains(t, []string{"secrets", "*"}, plural)
			covered[r.Group+"/"+plural] = true
		}
	}
	for _, k := range Kinds {
		assert.True(t, covered[k.Group()+"/"+k.Plural], "%s can be read", k.Kind)
	}
	assert.Len(t, covered, len(Kinds))
	assert.Contains(t, cluster, Rule{"", []string{"namespaces"}, "get", []string{"atlas"}}, "no other namespace")
}

func TestKind_path(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"Namespace":     "/api/v1/namespaces/atlas",
		"Service":       "/api/v1/namespaces/atlas/services",
		"Deployment":    "/apis/apps/v1/namespaces/atlas/deployments",
		"PriorityClass": "/apis/scheduling.k8s.io/v1/priorityclasses",
	}
	for _, k := range Kinds {
		if path, ok := want[k.Kind]; ok {
			assert.Equal(t, path, k.Path("atlas"))
			delete(want, k.Kind)
		}
	}
	assert.Empty(t, want)
}
