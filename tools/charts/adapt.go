package main

import "strings"

// replicas is one for each zone.
const replicas = 3

// adapt makes an object fit: no descriptions in schemas, which are most of
// their size and would be kept in the state; Deployments spread over the zones; images
// with a version.
func (c chart) adapt(o object) {
	meta := at(o, "metadata")
	delete(meta, "creationTimestamp")
	for _, labels := range []object{at(o, "metadata", "labels"), at(o, "spec", "template", "metadata", "labels")} {
		for key, v := range labels { // versions of whoever built the chart
			if s, ok := v.(string); ok && (s == "latest" || s == "main") {
				delete(labels, key)
			}
		}
	}
	switch o["kind"] {
	case "CustomResourceDefinition":
		newest(at(o, "spec"))
		for _, v := range list(at(o, "spec"), "versions") {
			bare(at(v, "schema", "openAPIV3Schema"))
		}
		if meta["name"] == "scaledjobs.keda.sh" {
			open(o)
		}
		delete(o, "status")
	case "Deployment":
		c.spread(at(o, "spec"))
	}
}

// newest leaves out earlier versions of an API that is stored as v1: they are there
// for manifests of years ago, and a new cluster has none.
func newest(spec object) {
	for _, v := range list(spec, "versions") {
		if v["name"] == "v1" && v["storage"] == true {
			spec["versions"] = []any{v}
			return
		}
	}
}

// bare takes descriptions out of a schema. A property may itself be called description.
func bare(schema object) {
	if _, text := schema["description"].(string); text {
		delete(schema, "description")
	}
	for key, v := range schema {
		child, isMap := v.(object)
		switch {
		case key == "properties" && isMap:
			for _, p := range child {
				if m, ok := p.(object); ok {
					bare(m)
				}
			}
		case isMap:
			bare(child)
		default:
			for _, m := range list(schema, key) {
				bare(m)
			}
		}
	}
}

// open leaves the pod template of jobs unchecked: it is a copy of Kubernetes' own
// schema, ten times the size of all the rest, and Redoubt starts no such jobs.
func open(crd object) {
	for _, v := range list(at(crd, "spec"), "versions") {
		spec := at(v, "schema", "openAPIV3Schema", "properties", "spec", "properties")
		spec["jobTargetRef"] = object{"type": "object", "x-kubernetes-preserve-unknown-fields": true}
	}
}

// spread puts one replica of a controller into each zone. The rules are those
// of the agents: see components/agents.
func (c chart) spread(spec object) {
	spec["replicas"] = replicas
	spec["strategy"] = object{"type": "RollingUpdate", "rollingUpdate": object{"maxSurge": 1, "maxUnavailable": 0}}
	pod := at(spec, "template", "spec")
	selector := object{"matchLabels": at(spec, "selector", "matchLabels")}
	pod["topologySpreadConstraints"] = []any{
		object{"maxSkew": 1, "topologyKey": "topology.kubernetes.io/zone", "whenUnsatisfiable": "DoNotSchedule",
			"minDomains": 2, "nodeTaintsPolicy": "Honor", "nodeAffinityPolicy": "Honor",
			"labelSelector": selector, "matchLabelKeys": []any{"pod-template-hash"}},
		object{"maxSkew": 1, "topologyKey": "kubernetes.io/hostname", "whenUnsatisfiable": "ScheduleAnyway",
			"labelSelector": selector, "matchLabelKeys": []any{"pod-template-hash"}},
	}
	delete(pod, "affinity")
	pod["priorityClassName"] = "system-cluster-critical"
	pod["tolerations"] = []any{
		object{"key": "node.kubernetes.io/not-ready", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 30},
		object{"key": "node.kubernetes.io/unreachable", "operator": "Exists", "effect": "NoExecute", "tolerationSeconds": 30},
	}
	for _, container := range list(pod, "containers") {
		image, _ := container["image"].(string)
		base, _, _ := strings.Cut(image[strings.LastIndex(image, "/")+1:], ":")
		container["image"] = image[:strings.LastIndex(image, "/")+1] + base + ":" + c.images[base]
		container["imagePullPolicy"] = "IfNotPresent"
	}
}

// at walks into an object; what is not there is an empty one.
func at(o object, path ...string) object {
	for _, p := range path {
		next, _ := o[p].(object)
		if next == nil {
			return object{}
		}
		o = next
	}
	return o
}

// list gives the objects of a list.
func list(o object, key string) []object {
	var out []object
	items, _ := o[key].([]any)
	for _, item := range items {
		if m, ok := item.(object); ok {
			out = append(out, m)
		}
	}
	return out
}
