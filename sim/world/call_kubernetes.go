package world

import (
	"maps"
	"math"
	"regexp"
	"strings"

	"redoubt/sim/fault"
)

// kubernetesOperations are what plans ask of a cluster's API server. They are
// no operations of AWS: Server is the address of the API server, and Patch is a JSON merge patch.
// That scalers act at once and that their agents carry no load of their own is assumed.
func kubernetesOperations() map[string]operation {
	return map[string]operation{
		"kubernetes.Get":   {data: true, run: getObjectOfCluster},
		"kubernetes.Patch": {data: true, run: patchObjectOfCluster},
		// What a drill sets in a cluster is taken away whether it stands or not; on the simulated regions nobody sets it.
		"kubernetes.Delete": {data: true, run: deleteObjectOfCluster},
	}
}

const pausedAnnotation = "autoscaling.keda.sh/paused"

var clusterHost = regexp.MustCompile(`^https://([\w-]+)\.`)

// getObjectOfCluster reads an object as the API server shows it.
func getObjectOfCluster(t *tx, r Request) (Document, error) {
	e, err := objectFor(t, r)
	if err != nil {
		return nil, err
	}
	out, _ := e.In["Object"].(Document)
	if str(out, "kind") == "Deployment" {
		out = maps.Clone(out)
		out["status"] = t.deploymentStatus(e)
	}
	return out, nil
}

// patchObjectOfCluster merges a patch into an object; of the subresource scale,
// spec.replicas is all there is:
// https://kubernetes.io/docs/reference/using-api/api-concepts/#patch-and-apply
func patchObjectOfCluster(t *tx, r Request) (Document, error) {
	e, err := objectFor(t, r)
	if err != nil {
		return nil, err
	}
	patch, ok := r.Input["Patch"].(Document)
	if !ok {
		return nil, refuse("BadRequest", "Patch is missing, want a JSON merge patch")
	}
	switch sub := str(r.Input, "Subresource"); sub {
	case "":
	case "scale":
		n, known := num(patch, "spec.replicas")
		if !known || n < 0 || str(e.In, "Object.kind") != "Deployment" {
			return nil, refuse("Invalid", "scale takes spec.replicas of a Deployment, 0 or more")
		}
		patch = Document{"spec": Document{"replicas": n}}
	default:
		return nil, refuse("NotFound", "subresource %q is not simulated", sub)
	}
	e = t.edit(e)
	old, _ := e.In["Object"].(Document)
	e.In["Object"] = merged(old, patch)
	t.scaled(e)
	return getObjectOfCluster(t, r)
}

// deleteObjectOfCluster takes an object away.
func deleteObjectOfCluster(t *tx, r Request) (Document, error) {
	e, err := objectFor(t, r)
	if err != nil {
		return nil, err
	}
	t.drop(e)
	return e.In["Object"].(Document), nil
}

// objectFor finds the object that a request names.
func objectFor(t *tx, r Request) (*Entity, error) {
	server := clusterHost.FindStringSubmatch(str(r.Input, "Server"))
	if server == nil {
		return nil, refuse("BadRequest", "Server is %q, want the address of an API server", str(r.Input, "Server"))
	}
	api := str(r.Input, "ApiVersion")
	if !strings.Contains(api, "/") {
		api = "core/" + api
	}
	id := server[1] + "/" + api + ":" + str(r.Input, "Kind") + "/"
	if ns := str(r.Input, "Namespace"); ns != "" {
		id += ns + "/"
	}
	id += str(r.Input, "Name")
	e := t.get(kindKubernetes, r.Region, id)
	if e == nil {
		return nil, kinds[kindKubernetes].notFound(id)
	}
	return e, nil
}

// merged is a JSON merge patch (RFC 7386). A document has no nothing in it, so a
// patch takes no field away. What the patch leaves alone is shared with the old document.
func merged(old, patch Document) Document {
	out := maps.Clone(old)
	if out == nil {
		out = Document{}
	}
	for key, v := range patch {
		if child, ok := v.(Document); ok {
			was, _ := out[key].(Document)
			v = merged(was, child)
		}
		out[key] = v
	}
	return out
}

// scaled lets the scaler of a Deployment act, after either of the two changed.
// A pod scaler leaves a Deployment of zero alone
// (https://kubernetes.io/docs/concepts/workloads/autoscaling/horizontal-pod-autoscale/#implicit-maintenance-mode-deactivation);
// KEDA leaves alone what is paused.
func (t *tx) scaled(e *Entity) {
	object, _ := e.In["Object"].(Document)
	base, kind := e.ID[:strings.Index(e.ID, "/")+1], str(object, "kind")
	at := "/" + str(object, "metadata.namespace") + "/"
	target := str(object, "spec.scaleTargetRef.name")
	if kind == "Deployment" {
		target = str(object, "metadata.name")
	}
	d := t.get(kindKubernetes, e.Region, base+"apps/v1:Deployment"+at+target)
	if d == nil {
		return
	}
	running := numOr(d.In, "Object.spec.replicas", 1)
	want := running
	for _, scaler := range t.list(kindKubernetes, e.Region) {
		s, _ := scaler.In["Object"].(Document)
		if !strings.HasPrefix(scaler.ID, base) || str(s, "spec.scaleTargetRef.name") != target ||
			str(s, "metadata.namespace") != str(object, "metadata.namespace") {
			continue
		}
		want = scalerWants(s, running)
	}
	if want == running {
		return
	}
	d = t.edit(d)
	was, _ := d.In["Object"].(Document)
	d.In["Object"] = merged(was, Document{"spec": Document{"replicas": want}})
}

// scalerWants is the number that a scaler without load settles on.
func scalerWants(s Document, running float64) float64 {
	switch str(s, "kind") {
	case "HorizontalPodAutoscaler":
		if running > 0 {
			return numOr(s, "spec.minReplicas", 1)
		}
	case "ScaledObject":
		annotations, _ := s["metadata"].(Document)["annotations"].(Document)
		if annotations[pausedAnnotation] != "true" {
			return numOr(s, "spec.minReplicaCount", 0)
		}
	}
	return running
}

// deploymentStatus says how many replicas run. Replicas of a zone that is lost
// start again in the others at once (assumed), as far as there is room.
func (t *tx) deploymentStatus(e *Entity) Document {
	want := numOr(e.In, "Object.spec.replicas", 1)
	ready := max(0, min(want, math.Ceil(want*t.room(e)))-t.podsHit(fault.PodDown, e))
	return Document{"replicas": want, "readyReplicas": ready, "availableReplicas": ready}
}

// room is the share of a cluster's replicas that the zones which are up have room for: all
// with one zone lost, which is what a home is made for (docs/capacity.md), and then as much as is
// left of that (assumed): half with two of three zones lost, and nothing without a zone.
func (t *tx) room(e *Entity) float64 {
	if !t.any(func(f fault.Fault) bool { return f.Zone != "" && strings.HasPrefix(f.Zone, e.Region) }) {
		return 1
	}
	zones := t.zonesUnder(e)
	up := 0
	for _, zone := range zones {
		if !t.zoneDown(zone) && !t.nodesDown(zone) {
			up++
		}
	}
	return float64(up) / float64(max(len(zones)-1, 1))
}

// zonesUnder are the zones of the cluster that an object lives in; of one that is not
// known, all that the region has.
func (t *tx) zonesUnder(e *Entity) []string {
	host, _, _ := strings.Cut(e.ID, "/")
	for _, c := range t.list(kindEKS, e.Region) {
		if m := clusterHost.FindStringSubmatch(str(c.Out, "Endpoint")); m != nil && m[1] == host {
			return t.zonesOf(e.Region, strs(c.In, "VpcConfig.SubnetIds"))
		}
	}
	return Zones(e.Region)
}
