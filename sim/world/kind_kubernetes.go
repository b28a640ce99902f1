package world

// kindKubernetes is any object of a Kubernetes cluster. The world keeps it
// under the id that the provider makes of cluster, kind, namespace and name,
// and knows nothing of what it means. That a cluster's API server answers
// whenever its region does is assumed.
const kindKubernetes = "Kubernetes::Object"

var kubernetesKinds = []Kind{{
	Name: kindKubernetes, Service: "kubernetes", NotFound: "NotFound", Exists: "AlreadyExists",
	Source:   "https://kubernetes.io/docs/reference/using-api/api-concepts/ (assumed: only what is kept and found by name)",
	Required: []string{"Id", "Object"},
	id:       named("Id"), computed: func(t *tx, e *Entity) { set(e, "Uid", t.uuid(e, "uid")) },
}}
