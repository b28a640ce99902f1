package survive

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/internal/export"
	"redoubt/inventory/objects"
	"redoubt/sim/world"
)

const (
	objectKind = "Kubernetes::Object"
	clusterTyp = "AWS::EKS::Cluster"
	// admin is the token of who may do everything; any other names a service account as namespace/name.
	admin = "admin"
)

// apiServer answers for a cluster of the world as its API server does: it adds
// what an API server adds, lists what controllers make, and lets each service account do what
// the roles in the cluster allow.
type apiServer struct {
	t    *testing.T
	h    *homes
	host string
	// region is where the cluster stands.
	region string
}

// serve starts the API server of a cluster and returns how it is asked.
func (h *homes) serve(t *testing.T, region, cluster, token string) *export.Cluster {
	t.Helper()
	found := h.Find(region, clusterTyp, func(e *world.Entity) bool { return e.ID == cluster })
	require.Len(t, found, 1, cluster)
	endpoint, _ := found[0].Out["Endpoint"].(string)
	host, _, _ := strings.Cut(strings.TrimPrefix(endpoint, "https://"), ".")
	server := httptest.NewServer(&apiServer{t, h, host, region})
	t.Cleanup(server.Close)
	return &export.Cluster{Server: server.URL, Client: server.Client(),
		Token: func() (string, error) { return token, nil }}
}

// blank makes a cluster beside the home's own, without an object in it.
func (h *homes) blank(t *testing.T, region, like string) string {
	t.Helper()
	found := h.Find(region, clusterTyp, func(e *world.Entity) bool { return e.ID == like })
	require.Len(t, found, 1, like)
	in := found[0].In
	in["Name"] = like + "-blank"
	made, err := h.Create(region, clusterTyp, "blank", in)
	require.NoError(t, err)
	return made.ID
}

func (a *apiServer) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	k, namespace, name := a.asked(r)
	switch {
	case k.Kind == "":
		http.NotFound(w, r)
	case !a.may(strings.TrimPrefix(r.Header.Get("Authorization"), "Bearer "), r.Method, k, namespace, name):
		http.Error(w, "forbidden", http.StatusForbidden)
	case r.Method == http.MethodPatch:
		a.apply(w, r, k, namespace, name)
	case name != "":
		for _, o := range a.list(k, namespace) {
			if text(o, "metadata", "name") == name {
				a.answer(w, o)
				return
			}
		}
		http.NotFound(w, r)
	default:
		a.answer(w, map[string]any{"kind": k.Kind + "List", "items": a.list(k, namespace)})
	}
}

func (a *apiServer) answer(w http.ResponseWriter, v any) {
	assert.NoError(a.t, json.NewEncoder(w).Encode(v))
}

// asked reads the path of a request.
func (a *apiServer) asked(r *http.Request) (k objects.Kind, namespace, name string) {
	p := strings.Split(strings.Trim(r.URL.Path, "/"), "/")
	api := p[1]
	p = p[2:]
	if strings.HasPrefix(r.URL.Path, "/apis/") {
		api, p = api+"/"+p[0], p[1:]
	}
	if len(p) > 2 && p[0] == "namespaces" {
		namespace, p = p[1], p[2:]
	}
	for _, k := range objects.Kinds {
		if k.APIVersion == api && k.Plural == p[0] {
			return k, namespace, strings.Join(p[1:], "/")
		}
	}
	return k, namespace, ""
}

// stored are the objects of a kind in the cluster as the world keeps them.
func (a *apiServer) stored(apiVersion, kind string) []objects.Object {
	if !strings.Contains(apiVersion, "/") {
		apiVersion = "core/" + apiVersion
	}
	var out []objects.Object
	for _, e := range a.h.Find(a.region, objectKind, func(e *world.Entity) bool {
		return strings.HasPrefix(e.ID, a.host+"/"+apiVersion+":"+kind+"/")
	}) {
		out = append(out, e.In["Object"].(objects.Object))
	}
	return out
}

// list is what the API server lists, with what it and the controllers add.
func (a *apiServer) list(k objects.Kind, namespace string) []objects.Object {
	out := []objects.Object{}
	add := func(o objects.Object) {
		if n := text(o, "metadata", "namespace"); namespace != "" && n != namespace {
			return
		}
		delete(o, "apiVersion") // a list does not say it of each item
		delete(o, "kind")
		meta := o["metadata"].(map[string]any)
		meta["uid"], meta["resourceVersion"] = fmt.Sprintf("%s-%d", a.host, len(out)), fmt.Sprint(len(a.host)+len(out))
		meta["creationTimestamp"] = a.h.Now().Format("2006-01-02T15:04:05Z")
		meta["managedFields"] = []any{map[string]any{"manager": "pulumi-kubernetes"}}
		o["status"] = map[string]any{"observedIn": a.host}
		if spec, ok := o["spec"].(map[string]any); ok && k.Kind == "Service" {
			spec["clusterIP"] = "172.21.0." + fmt.Sprint(len(out)+10)
		}
		out = append(out, o)
	}
	for _, o := range a.stored(k.APIVersion, k.Kind) {
		add(o)
	}
	if k.Kind == "HorizontalPodAutoscaler" { // KEDA makes one for each of its own
		for _, s := range a.stored("keda.sh/v1alpha1", "ScaledObject") {
			add(objects.Object{"metadata": map[string]any{"name": "keda-hpa-" + text(s, "metadata", "name"),
				"namespace": text(s, "metadata", "namespace"), "ownerReferences": []any{map[string]any{"controller": true}}}})
		}
	}
	if k.Kind == "ServiceAccount" && namespace != "" {
		add(objects.Object{"metadata": map[string]any{"name": "default", "namespace": namespace}})
	}
	return out
}

// may asks the roles in the cluster.
func (a *apiServer) may(token, method string, k objects.Kind, namespace, name string) bool {
	if token == admin {
		return true
	}
	verb := map[string]string{http.MethodGet: "list", http.MethodPatch: "patch"}[method]
	if verb == "list" && name != "" {
		verb = "get"
	}
	for _, bound := range []string{"RoleBinding", "ClusterRoleBinding"} {
		for _, b := range a.stored("rbac.authorization.k8s.io/v1", bound) {
			here := bound == "ClusterRoleBinding" || namespace != "" && text(b, "metadata", "namespace") == namespace
			subject := b["subjects"].([]any)[0].(map[string]any)
			if !here || fmt.Sprint(subject["namespace"], "/", subject["name"]) != token {
				continue
			}
			for _, role := range a.stored("rbac.authorization.k8s.io/v1", text(b, "roleRef", "kind")) {
				if text(role, "metadata", "name") == text(b, "roleRef", "name") && allows(role, verb, k, name) {
					return true
				}
			}
		}
	}
	return false
}

func allows(role objects.Object, verb string, k objects.Kind, name string) bool {
	for _, r := range role["rules"].([]any) {
		rule := r.(map[string]any)
		has := func(field, value string) bool {
			list, _ := rule[field].([]any)
			return slices.Contains(list, any(value)) || field == "resourceNames" && len(list) == 0
		}
		if has("apiGroups", k.Group()) && has("resources", k.Plural) && has("verbs", verb) && has("resourceNames", name) {
			return true
		}
	}
	return false
}

// precedes are what must be there before an object of a kind is of use.
var precedes = map[string]func(o objects.Object) (apiVersion, kind, name string){
	"RoleBinding": func(o objects.Object) (string, string, string) {
		return "rbac.authorization.k8s.io/v1", "Role", text(o, "roleRef", "name")
	},
	"TargetGroupBinding": func(o objects.Object) (string, string, string) {
		return "v1", "Service", text(o, "spec", "serviceRef", "name")
	},
	"Deployment": func(o objects.Object) (string, string, string) {
		return "v1", "ServiceAccount", text(o, "spec", "template", "spec", "serviceAccountName")
	},
	"CronJob": func(o objects.Object) (string, string, string) {
		return "v1", "ServiceAccount", text(o, "spec", "jobTemplate", "spec", "template", "spec", "serviceAccountName")
	},
	"HorizontalPodAutoscaler": func(o objects.Object) (string, string, string) {
		return "apps/v1", "Deployment", text(o, "spec", "scaleTargetRef", "name")
	},
	"ScaledObject": func(o objects.Object) (string, string, string) {
		return "apps/v1", "Deployment", text(o, "spec", "scaleTargetRef", "name")
	},
}

// apply is server-side apply into a cluster that does not have the object yet:
// https://kubernetes.io/docs/reference/using-api/server-side-apply/
func (a *apiServer) apply(w http.ResponseWriter, r *http.Request, k objects.Kind, namespace, name string) {
	body, err := io.ReadAll(r.Body)
	assert.NoError(a.t, err)
	var o objects.Object
	assert.NoError(a.t, json.Unmarshal(body, &o))
	id := a.host + "/"
	if !strings.Contains(k.APIVersion, "/") {
		id += "core/"
	}
	id += k.APIVersion + ":" + k.Kind + "/"
	if k.Scope == objects.Inside {
		id += namespace + "/"
		if !a.there("v1", "Namespace", namespace) {
			http.Error(w, "namespaces "+namespace+" not found", http.StatusNotFound)
			return
		}
	}
	if need, ok := precedes[k.Kind]; ok {
		if api, kind, other := need(o); !a.there(api, kind, other) {
			http.Error(w, fmt.Sprintf("%s %s comes before its %s %s", k.Kind, name, kind, other), http.StatusConflict)
			return
		}
	}
	_, err = a.h.Create(a.region, objectKind, "", world.Document{"Id": id + name, "Object": o})
	assert.NoError(a.t, err)
}

func (a *apiServer) there(apiVersion, kind, name string) bool {
	return slices.ContainsFunc(a.stored(apiVersion, kind), func(o objects.Object) bool {
		return text(o, "metadata", "name") == name
	})
}

// text is a text of an object, by its path.
func text(o objects.Object, path ...string) string {
	var v any = o
	for _, key := range path {
		m, _ := v.(map[string]any)
		v = m[key]
	}
	s, _ := v.(string)
	return s
}
