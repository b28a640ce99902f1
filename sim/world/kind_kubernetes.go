package world

import "strings"

// kindKubernetes is any object of a Kubernetes cluster. The world keeps it
// under the id that the provider makes of cluster, kind, namespace and name,
// and knows nothing of what it means, but for the scalers. The cluster must be there. That its API
// server answers whenever its region does is assumed.
const kindKubernetes = "Kubernetes::Object"

var kubernetesKinds = []Kind{{
	Name: kindKubernetes, Service: "kubernetes", NotFound: "NotFound", Exists: "AlreadyExists",
	Source:   "https://kubernetes.io/docs/reference/using-api/api-concepts/ (assumed: only what is kept and found by name)",
	Required: []string{"Id", "Object"},
	checks:   []check{inCluster},
	id:       named("Id"), computed: func(t *tx, e *Entity) { set(e, "Uid", t.uuid(e, "uid")) },
	after: autoscaled,
}}

// inCluster: only the API server of a cluster takes objects.
func inCluster(t *tx, e, _ *Entity) error {
	host, _, _ := strings.Cut(str(e.In, "Id"), "/")
	for _, c := range t.list(kindEKS, e.Region) {
		if strings.HasPrefix(str(c.Out, "Endpoint"), "https://"+host+".") {
			return nil
		}
	}
	return refuse("Unreachable", "configured Kubernetes cluster is unreachable: no cluster of %s has the API server %s",
		e.Region, host)
}

// objectsOf are the Kubernetes objects of a cluster.
func (t *tx) objectsOf(c *Entity) []*Entity {
	host, _, _ := strings.Cut(strings.TrimPrefix(str(c.Out, "Endpoint"), "https://"), ".")
	var out []*Entity
	for _, o := range t.list(kindKubernetes, c.Region) {
		if strings.HasPrefix(o.ID, host+"/") {
			out = append(out, o)
		}
	}
	return out
}
