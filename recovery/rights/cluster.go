package rights

import (
	"fmt"
	"slices"
	"strings"

	"redoubt/recovery/plan"
)

// Rule is one thing that a call does in a cluster, as the cluster's own access control names it:
// https://kubernetes.io/docs/reference/access-authn-authz/rbac/#referring-to-resources
type Rule struct{ Group, Resource, Verb string }

// inside are the rules of the calls of plans to a home's cluster, all of them in the agents' namespace.
var inside = []Rule{
	{"apps", "deployments", "get"}, {"apps", "deployments/scale", "patch"},
	{"autoscaling", "horizontalpodautoscalers", "get"}, {"autoscaling", "horizontalpodautoscalers", "patch"},
	{"keda.sh", "scaledobjects", "get"}, {"keda.sh", "scaledobjects", "patch"},
}

// Inside lists what the function may do in the agents' namespace of a cluster.
func Inside() []Rule { return slices.Clone(inside) }

// resources are how the kinds that plans name are called where access is controlled.
var resources = map[string]string{
	"Deployment": "deployments", "HorizontalPodAutoscaler": "horizontalpodautoscalers", "ScaledObject": "scaledobjects",
}

// NeedInside is what a call to a cluster asks of it. A call to AWS is an error, as is a kind that nobody wrote down.
func NeedInside(c plan.Call) (Rule, error) {
	if c.Kind != plan.Kubernetes {
		return Rule{}, fmt.Errorf("%s is no call to a cluster", c)
	}
	kind, _ := c.Input["Kind"].(string)
	resource, known := resources[kind]
	if !known {
		return Rule{}, fmt.Errorf("%s on a %s: nothing says what its kind is called; add it to recovery/rights/cluster.go",
			c, kind)
	}
	if sub, _ := c.Input["Subresource"].(string); sub != "" {
		resource += "/" + sub
	}
	version, _ := c.Input["ApiVersion"].(string)
	group, _, grouped := strings.Cut(version, "/")
	if !grouped { // the core group has no name
		group = ""
	}
	return Rule{group, resource, strings.ToLower(c.Operation)}, nil
}
