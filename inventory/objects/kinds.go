// Package objects keeps the Kubernetes objects of a home as data: which are
// kept, what of them, and in which order they go into a blank cluster. It is
// pure: whoever reads a cluster gives what the API server told.
//
// The program makes the same objects. What is kept here is what it does not
// know: the numbers that plans and scalers set, and what people added by hand.
package objects

import (
	"slices"
	"strings"
)

// Object is an object as the API server tells it.
type Object = map[string]any

// Kind is a kind of object that is kept.
type Kind struct {
	// APIVersion and Kind are Kubernetes' own, such as apps/v1 and Deployment;
	// Plural is the name in paths and in roles, such as deployments.
	APIVersion, Kind, Plural string
	// Scope says how the objects of the kind that belong to a namespace are found.
	Scope Scope
}

// Scope is where the objects of a kind are.
type Scope int

const (
	// Inside are the objects in the namespace.
	Inside Scope = iota
	// Itself is the namespace.
	Itself
	// Prefixed are objects of the whole cluster whose name begins with the namespace's and a hyphen.
	Prefixed
)

// Kinds lists what is kept, in the order in which it is applied: what others
// name comes before them. Policies come before pods, so that none runs without. The binding
// to the entry comes before the Deployment, because pods get their readiness gate when they are made
// (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/deploy/pod_readiness_gate/).
// Scalers come last.
//
// Secrets are not among them and never will be: the program and Secrets Manager hold those. Nor is what
// controllers make of these, such as ReplicaSets, Pods, Jobs and EndpointSlices.
var Kinds = []Kind{
	{"v1", "Namespace", "namespaces", Itself},
	{"scheduling.k8s.io/v1", "PriorityClass", "priorityclasses", Prefixed},
	{"rbac.authorization.k8s.io/v1", "ClusterRole", "clusterroles", Prefixed},
	{"rbac.authorization.k8s.io/v1", "ClusterRoleBinding", "clusterrolebindings", Prefixed},
	{"networking.k8s.io/v1", "NetworkPolicy", "networkpolicies", Inside},
	{"security.istio.io/v1", "PeerAuthentication", "peerauthentications", Inside},
	{"security.istio.io/v1", "AuthorizationPolicy", "authorizationpolicies", Inside},
	{"networking.istio.io/v1", "Sidecar", "sidecars", Inside},
	{"networking.istio.io/v1", "ServiceEntry", "serviceentries", Inside},
	{"networking.istio.io/v1", "DestinationRule", "destinationrules", Inside},
	{"networking.istio.io/v1", "VirtualService", "virtualservices", Inside},
	{"networking.istio.io/v1beta1", "ProxyConfig", "proxyconfigs", Inside},
	{"telemetry.istio.io/v1", "Telemetry", "telemetries", Inside},
	{"v1", "ServiceAccount", "serviceaccounts", Inside},
	{"rbac.authorization.k8s.io/v1", "Role", "roles", Inside},
	{"rbac.authorization.k8s.io/v1", "RoleBinding", "rolebindings", Inside},
	{"v1", "ConfigMap", "configmaps", Inside},
	{"v1", "Service", "services", Inside},
	{"elbv2.k8s.aws/v1beta1", "TargetGroupBinding", "targetgroupbindings", Inside},
	{"policy/v1", "PodDisruptionBudget", "poddisruptionbudgets", Inside},
	{"apps/v1", "Deployment", "deployments", Inside},
	{"batch/v1", "CronJob", "cronjobs", Inside},
	{"autoscaling/v2", "HorizontalPodAutoscaler", "horizontalpodautoscalers", Inside},
	{"keda.sh/v1alpha1", "TriggerAuthentication", "triggerauthentications", Inside},
	{"keda.sh/v1alpha1", "ScaledObject", "scaledobjects", Inside},
}

// Group is the API group of the kind, empty for the core group.
func (k Kind) Group() string {
	if group, _, named := strings.Cut(k.APIVersion, "/"); named {
		return group
	}
	return ""
}

// Path is where the API server has the kind's objects of the namespace:
// https://kubernetes.io/docs/reference/using-api/api-concepts/#resource-uris
func (k Kind) Path(namespace string) string {
	root := "/apis/" + k.APIVersion
	if k.Group() == "" {
		root = "/api/" + k.APIVersion
	}
	switch k.Scope {
	case Itself:
		return root + "/" + k.Plural + "/" + namespace
	case Prefixed:
		return root + "/" + k.Plural
	default:
		return root + "/namespaces/" + namespace + "/" + k.Plural
	}
}

// Rule is what a role must allow to read some kinds.
type Rule struct {
	Group     string
	Resources []string
	Verb      string
	// Names limits the rule to objects called so.
	Names []string
}

// Rules are the least that reading the namespace takes: those of a Role in it,
// and those of a ClusterRole. No rule names a verb that changes anything.
func Rules(namespace string) (inside, cluster []Rule) {
	for _, k := range Kinds {
		switch k.Scope {
		case Itself:
			cluster = append(cluster, Rule{k.Group(), []string{k.Plural}, "get", []string{namespace}})
		case Prefixed:
			cluster = add(cluster, k)
		default:
			inside = add(inside, k)
		}
	}
	return inside, cluster
}

// add puts the kind into the rule of its group.
func add(rules []Rule, k Kind) []Rule {
	n := slices.IndexFunc(rules, func(r Rule) bool { return r.Group == k.Group() && r.Verb == "list" })
	if n < 0 {
		return append(rules, Rule{k.Group(), []string{k.Plural}, "list", nil})
	}
	rules[n].Resources = append(rules[n].Resources, k.Plural)
	return rules
}

// order is the kind's place among Kinds, -1 for what is not kept.
func order(o Object) int {
	return slices.IndexFunc(Kinds, func(k Kind) bool {
		return k.APIVersion == text(o, "apiVersion") && k.Kind == text(o, "kind")
	})
}
