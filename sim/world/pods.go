package world

import (
	"strings"

	"redoubt/sim/fault"
)

// podsHit is how many pods of a Deployment faults of a kind have hit. That none is made anew as long as the fault lasts is
// assumed: a controller makes one at once, and what a pod needs to be ready is the agent's.
// https://kubernetes.io/docs/concepts/workloads/controllers/replicaset/
func (t *tx) podsHit(kind fault.Kind, deployment *Entity) float64 {
	hit := 0.0
	for _, f := range t.activeFaults() {
		if f.Kind == kind && f.Region == deployment.Region && f.Name == str(deployment.In, "Object.metadata.name") {
			hit++
		}
	}
	return hit
}

// nodesDown reports whether no node of a cluster runs in a zone.
func (t *tx) nodesDown(zone string) bool {
	return t.any(func(f fault.Fault) bool { return f.Kind == fault.NodesDown && f.Zone == zone })
}

// deploymentCalled is the Deployment of a name in any cluster and namespace of a region, or nil.
func (t *tx) deploymentCalled(region, name string) *Entity {
	for _, o := range t.list(kindKubernetes, region) {
		if str(o.In, "Object.kind") == "Deployment" && str(o.In, "Object.metadata.name") == name {
			return o
		}
	}
	return nil
}

// PodsAnswer says why calls of an agent fail in a region although its pods are ready, or nothing: one of them answers
// wrongly or too late, and a caller goes on calling it. A caller whose rule has outlier detection leaves it out, as long
// as that leaves as many as the rule wants. That it does so at once, and that the calls until then are tried again, is
// assumed: https://istio.io/latest/docs/reference/config/networking/destination-rule/#OutlierDetection
func (w *World) PodsAnswer(region, name string) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	t := w.begin()
	if !t.any(func(f fault.Fault) bool { return f.Kind == fault.PodFailing && f.Region == region && f.Name == name }) {
		return nil
	}
	d := t.deploymentCalled(region, name)
	if d == nil {
		return missing("NotFound", "no Deployment is called %s in %s", name, region)
	}
	ready, failing := numOr(t.deploymentStatus(d), "readyReplicas", 0), t.podsHit(fault.PodFailing, d)
	rules := 0
	for _, o := range t.list(kindKubernetes, region) {
		if str(o.In, "Object.kind") != "DestinationRule" || !strings.HasPrefix(str(o.In, "Object.spec.host"), name+".") {
			continue
		}
		rules++
		most, detects := num(o.In, "Object.spec.trafficPolicy.outlierDetection.maxEjectionPercent")
		if !detects || failing*100 > ready*most {
			return refuse("Unavailable", "%s goes on calling a pod of %s that fails", str(o.In, "Object.metadata.name"), name)
		}
	}
	if rules == 0 {
		return refuse("Unavailable", "nothing leaves out a pod of %s that fails", name)
	}
	return nil
}

// CallsHit are the faults of the calls that an agent makes in a region. What comes of them is drive's to say, from what the
// cluster tells the agent; that an agent keeps to what it is told is assumed, because no agent is simulated
// (examples/agents try it): it gives a call up after its time, and goes on without a callee that it may do without.
func (w *World) CallsHit(region, name string) []fault.Fault {
	w.mu.Lock()
	defer w.mu.Unlock()
	var out []fault.Fault
	for _, f := range w.begin().activeFaults() {
		if (f.Kind == fault.CallFailing || f.Kind == fault.CallLate) && f.Region == region && f.Name == name {
			out = append(out, f.Fault)
		}
	}
	return out
}
