package objects

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Kept is what is kept of a namespace.
type Kept struct {
	// Items are the objects in the order in which they are applied.
	Items []Object
	// Withheld names the values that were left out because their name says that
	// they are secret, such as "Deployment worker: env API_TOKEN".
	Withheld []string
}

// Keep picks what is kept of the objects that were found, and cleans it. The
// same objects give the same result, in whatever order they come.
func Keep(namespace string, found []Object) Kept {
	var out Kept
	for _, o := range found {
		if !kept(namespace, o) {
			continue
		}
		clean, withheld := Clean(o)
		out.Items = append(out.Items, clean)
		out.Withheld = append(out.Withheld, withheld...)
	}
	slices.SortFunc(out.Items, func(a, b Object) int {
		return cmp.Or(cmp.Compare(order(a), order(b)), cmp.Compare(name(a), name(b)))
	})
	slices.Sort(out.Withheld)
	return out
}

// made are objects that every namespace has from the cluster itself.
var made = []string{"ConfigMap kube-root-ca.crt", "ServiceAccount default"}

// kept reports whether the object is kept: it is of a kept kind and of the
// namespace, it is not on its way out, and nobody makes it from another object.
func kept(namespace string, o Object) bool {
	n := order(o)
	if n < 0 || text(o, "metadata", "deletionTimestamp") != "" || slices.Contains(made, title(o)) {
		return false
	}
	owners, _ := at(o, "metadata", "ownerReferences").([]any)
	for _, owner := range owners {
		if ref, _ := owner.(map[string]any); ref["controller"] == true {
			return false
		}
	}
	switch Kinds[n].Scope {
	case Itself:
		return name(o) == namespace
	case Prefixed:
		return strings.HasPrefix(name(o), namespace+"-")
	default:
		return text(o, "metadata", "namespace") == namespace
	}
}

// dropped are the fields that the API server and the controllers write, by
// kind; those without a kind hold for all. A blank cluster gives its own.
var dropped = map[string][][]string{
	"": {
		{"status"},
		{"metadata", "uid"}, {"metadata", "resourceVersion"}, {"metadata", "generation"}, {"metadata", "selfLink"},
		{"metadata", "creationTimestamp"}, {"metadata", "managedFields"}, {"metadata", "ownerReferences"},
		// A finalizer belongs to a controller, which sets it again; without that controller the
		// object could never be deleted.
		{"metadata", "finalizers"},
		{"metadata", "annotations", "kubectl.kubernetes.io/last-applied-configuration"},
		{"metadata", "annotations", "deployment.kubernetes.io/revision"},
	},
	"Namespace":      {{"spec"}},
	"ServiceAccount": {{"secrets"}},
	"Service":        {{"spec", "healthCheckNodePort"}},
}

// Clean returns a copy of the object without what belongs to the cluster that
// it was read from, and without values that are secret; it names the latter.
func Clean(o Object) (Object, []string) {
	out, _ := plain(o).(Object)
	for _, kind := range []string{"", text(o, "kind")} {
		for _, path := range dropped[kind] {
			drop(out, path)
		}
	}
	if text(o, "kind") == "Service" {
		dropAddresses(out)
	}
	var withheld []string
	for _, what := range withhold(out) {
		withheld = append(withheld, title(o)+": "+what)
	}
	return out, withheld
}

// dropAddresses drops what a cluster assigns to a Service. A headless one says
// so in the same fields, which is a choice of its own.
func dropAddresses(service Object) {
	if text(service, "spec", "clusterIP") != "None" {
		drop(service, []string{"spec", "clusterIP"})
		drop(service, []string{"spec", "clusterIPs"})
	}
	ports, _ := at(service, "spec", "ports").([]any)
	for _, p := range ports {
		if port, ok := p.(map[string]any); ok {
			delete(port, "nodePort")
		}
	}
}

// secret is a name whose value is not written down in plain text.
var secret = regexp.MustCompile(`(?i)(pass(word|wd|phrase)?|secret|token|credentials?|(api|access|private)[-_.]?key)$`)

// withhold takes the values out of environments and ConfigMaps that have such a
// name, and lists them. Values that a reference names are not in the object.
func withhold(o Object) []string {
	var out []string
	for _, field := range []string{"data", "binaryData"} {
		data, _ := o[field].(map[string]any)
		if text(o, "kind") != "ConfigMap" {
			break
		}
		for key := range data {
			if secret.MatchString(key) {
				delete(data, key)
				out = append(out, field+" "+key)
			}
		}
	}
	visit(o, func(m map[string]any) {
		list, _ := m["env"].([]any)
		for _, e := range list {
			env, _ := e.(map[string]any)
			name, _ := env["name"].(string)
			if _, literal := env["value"]; literal && secret.MatchString(name) {
				delete(env, "value")
				out = append(out, "env "+name)
			}
		}
	})
	slices.Sort(out)
	return out
}

// list is the document in the bucket: what kubectl apply reads.
type list struct {
	APIVersion string   `json:"apiVersion"`
	Kind       string   `json:"kind"`
	Items      []Object `json:"items"`
}

// Encode writes the objects as one document of the kind List, which
// kubectl apply takes as it is, in its order. Equal objects give equal text.
func (k Kept) Encode() ([]byte, error) {
	items := k.Items
	if items == nil {
		items = []Object{}
	}
	out, err := json.MarshalIndent(list{"v1", "List", items}, "", " ")
	return append(out, '\n'), err
}

// Decode reads what Encode wrote.
func Decode(doc []byte) ([]Object, error) {
	var l list
	if err := json.Unmarshal(doc, &l); err != nil {
		return nil, fmt.Errorf("objects: %w", err)
	}
	if l.Kind != "List" || l.APIVersion != "v1" {
		return nil, fmt.Errorf("objects: the document is a %s of %s, want a List of v1", l.Kind, l.APIVersion)
	}
	var errs []error
	for n, o := range l.Items {
		if order(o) < 0 || name(o) == "" {
			errs = append(errs, fmt.Errorf("objects: item %d is %q, want one of the kept kinds with a name", n+1, title(o)))
		}
	}
	return l.Items, errors.Join(errs...)
}
