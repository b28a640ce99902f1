package world_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/fault"
	"redoubt/sim/world"
)

// server is the API server of the lab's cluster.
func (l *lab) server() string { return l.made[ireland+"/cluster"].Out["Endpoint"].(string) }

// clusterObject puts an object into the cluster of the lab.
func (l *lab) clusterObject(api, kind, name string, more doc) {
	l.t.Helper()
	object := doc{"apiVersion": api, "kind": kind, "metadata": doc{"name": name, "namespace": "agents"}}
	for k, v := range more {
		object[k] = v
	}
	l.make(ireland, kind+name, "Kubernetes::Object", doc{"Id": l.server()[len("https://"):][:32] + "/" + api + ":" + kind + "/agents/" + name, "Object": object})
}

func (l *lab) ask(operation, api, kind, name string, more doc) (doc, error) {
	in := doc{"Server": l.server(), "ApiVersion": api, "Kind": kind, "Namespace": "agents", "Name": name}
	for k, v := range more {
		in[k] = v
	}
	return l.Call(world.Request{Region: ireland, Service: "kubernetes", Operation: operation, Input: in})
}

func (l *lab) ready(name string) any {
	l.t.Helper()
	out, err := l.ask("Get", "apps/v1", "Deployment", name, nil)
	require.NoError(l.t, err)
	return out["status"].(doc)["readyReplicas"]
}

const pausedKey = "autoscaling.keda.sh/paused"

// agentsOf puts an agent that scales by itself and a paused consumer into the lab.
func agentsOf(t *testing.T) *lab {
	l := newLab(t, 1)
	l.kubernetes()
	target := func(name string) doc { return doc{"kind": "Deployment", "name": name} }
	l.clusterObject("apps/v1", "Deployment", "planner", doc{"spec": doc{"replicas": 6}})
	l.clusterObject("autoscaling/v2", "HorizontalPodAutoscaler", "planner",
		doc{"spec": doc{"minReplicas": 6, "scaleTargetRef": target("planner")}})
	l.clusterObject("apps/v1", "Deployment", "evaluator", doc{"spec": doc{"replicas": 0}})
	l.clusterObject("autoscaling/v2", "HorizontalPodAutoscaler", "evaluator",
		doc{"spec": doc{"minReplicas": 3, "scaleTargetRef": target("evaluator")}})
	l.clusterObject("apps/v1", "Deployment", "worker", doc{"spec": doc{"replicas": 0}})
	l.clusterObject("keda.sh/v1alpha1", "ScaledObject", "worker", doc{
		"metadata": doc{"name": "worker", "namespace": "agents", "annotations": doc{pausedKey: "true", "kept": "yes"}},
		"spec":     doc{"minReplicaCount": 3, "scaleTargetRef": target("worker")},
	})
	return l
}

func TestKubernetes_aPlanScalesAHomeByOnePatchAnAgent(t *testing.T) {
	t.Parallel()
	l := agentsOf(t)
	assert.Equal(t, []any{6.0, 0.0, 0.0}, []any{l.ready("planner"), l.ready("evaluator"), l.ready("worker")})

	_, err := l.ask("Patch", "autoscaling/v2", "HorizontalPodAutoscaler", "planner",
		doc{"Patch": doc{"spec": doc{"minReplicas": 9}}})
	require.NoError(t, err)
	assert.Equal(t, 9.0, l.ready("planner"), "a warm agent follows the least that its scaler may go to")

	_, err = l.ask("Patch", "autoscaling/v2", "HorizontalPodAutoscaler", "evaluator",
		doc{"Patch": doc{"spec": doc{"minReplicas": 5}}})
	require.NoError(t, err)
	assert.Equal(t, 0.0, l.ready("evaluator"), "a pod scaler leaves zero alone")
	_, err = l.ask("Patch", "apps/v1", "Deployment", "evaluator",
		doc{"Subresource": "scale", "Patch": doc{"spec": doc{"replicas": 3}}})
	require.NoError(t, err)
	assert.Equal(t, 5.0, l.ready("evaluator"), "and lifts one that was started to its least")

	out, err := l.ask("Patch", "keda.sh/v1alpha1", "ScaledObject", "worker",
		doc{"Patch": doc{"metadata": doc{"annotations": doc{pausedKey: "false"}}}})
	require.NoError(t, err)
	assert.Equal(t, doc{pausedKey: "false", "kept": "yes"}, out["metadata"].(doc)["annotations"],
		"a merge patch leaves the rest")
	assert.Equal(t, 3.0, l.ready("worker"))
}

func TestKubernetes_refusesWhatTheAPIServerRefuses(t *testing.T) {
	t.Parallel()
	l := agentsOf(t)
	for name, in := range map[string]doc{
		"no patch":             {},
		"another subresource":  {"Subresource": "status", "Patch": doc{"spec": doc{}}},
		"less than none":       {"Subresource": "scale", "Patch": doc{"spec": doc{"replicas": -1}}},
		"no number of a scale": {"Subresource": "scale", "Patch": doc{"spec": doc{"paused": true}}},
		"no server":            {"Server": "ABC", "Patch": doc{}},
		"another cluster":      {"Server": "https://XYZ.gr7.eu-west-1.eks.amazonaws.com", "Patch": doc{}},
	} {
		_, err := l.ask("Patch", "apps/v1", "Deployment", "planner", in)
		assert.Error(t, err, name)
	}
	_, err := l.ask("Get", "apps/v1", "Deployment", "nobody", nil)
	assert.True(t, world.IsNotFound(err), "%v", err)
}

func TestKubernetes_replicasOfALostZoneStartInTheOthers(t *testing.T) {
	t.Parallel()
	l := agentsOf(t)
	require.NoError(t, l.Inject(fault.Fault{Kind: fault.ZoneDown, Zone: ireland + "a"}))
	assert.Equal(t, 6.0, l.ready("planner"))
	require.NoError(t, l.Inject(fault.Fault{Kind: fault.ZoneDown, Zone: ireland + "b"}))
	assert.Equal(t, 3.0, l.ready("planner"), "the third zone has room for half of them")
	require.NoError(t, l.Inject(fault.Fault{Kind: fault.ZoneDown, Zone: ireland + "c"}))
	assert.Equal(t, 0.0, l.ready("planner"), "with no zone there is no node")
}

func TestKubernetes_aDeletedObjectIsGone(t *testing.T) {
	t.Parallel()
	l := agentsOf(t)
	_, err := l.ask("Delete", "apps/v1", "Deployment", "planner", nil)
	require.NoError(t, err)
	for _, operation := range []string{"Get", "Delete"} {
		_, err = l.ask(operation, "apps/v1", "Deployment", "planner", nil)
		require.ErrorContains(t, err, "NotFound", operation)
	}
	l.ready("worker")
}

// TestCallsHit_areThoseOfTheCallerAlone: what breaks one agent's calls of another is told of that agent, until it is over.
func TestCallsHit_areThoseOfTheCallerAlone(t *testing.T) {
	t.Parallel()
	l := agentsOf(t)
	l.inject("call-failing planner worker " + ireland)
	l.inject("call-late planner evaluator " + ireland + " by 30s")
	hit := l.CallsHit(ireland, "planner")
	require.Len(t, hit, 2)
	assert.Equal(t, "call-late planner evaluator "+ireland+" by 30s", hit[1].String())
	assert.Empty(t, l.CallsHit(ireland, "worker"), "its own calls go on")
	assert.Empty(t, l.CallsHit(frankfurt, "planner"))
	require.NoError(t, l.PodsAnswer(ireland, "worker"))
	l.inject("call-well planner evaluator " + ireland)
	assert.Len(t, l.CallsHit(ireland, "planner"), 1)
	l.inject("call-well planner worker " + ireland)
	assert.Empty(t, l.CallsHit(ireland, "planner"))
	f, err := fault.Parse("call-failing planner nobody " + ireland)
	require.NoError(t, err)
	require.ErrorContains(t, l.Inject(f), "no Deployment is called nobody")
}
