package agents

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/internal/pulumitest"
	"redoubt/system"
)

func TestAgents_replicasFollowHomeAndStrategy(t *testing.T) {
	t.Parallel()
	s := example(t)
	for _, home := range system.Homes {
		r := run(t, argsFor(s, home))
		for _, a := range s.Agents {
			active, standby := s.Replicas(a)
			want := active
			if home == system.Secondary {
				want = standby
			}
			d := r.Get(t, deploymentType, "main-"+a.Name+"-deployment")
			assert.Equal(t, float64(want), at(t, d.Values(), "spec", "replicas"), "%s in the %s", a.Name, home)
			assert.Equal(t, []string{"spec.replicas"}, d.RPC.GetIgnoreChanges(), a.Name)
			least, most := limits(t, r, a)
			assert.GreaterOrEqual(t, least, float64(want), "%s in the %s", a.Name, home)
			assert.GreaterOrEqual(t, least, float64(min(3, a.Replicas)), "%s: a scaler never leaves a zone empty", a.Name)
			assert.InDelta(t, 2*active, most, 0, "%s may grow to twice what is declared, and no further", a.Name)
		}
	}
}

// limits are between which numbers the agent's scaler moves.
func limits(t *testing.T, r *pulumitest.Recorder, a system.Agent) (least, most float64) {
	t.Helper()
	if a.Consumes != "" {
		v := r.Get(t, scaledType, "main-"+a.Name+"-scaler")
		assert.Contains(t, v.RPC.GetIgnoreChanges(), "spec.minReplicaCount")
		return at(t, v.Values(), "spec", "minReplicaCount").(float64), at(t, v.Values(), "spec", "maxReplicaCount").(float64)
	}
	v := r.Get(t, podScalerType, "main-"+a.Name+"-scaler")
	assert.Equal(t, []string{"spec.minReplicas"}, v.RPC.GetIgnoreChanges())
	return at(t, v.Values(), "spec", "minReplicas").(float64), at(t, v.Values(), "spec", "maxReplicas").(float64)
}

// What waits with none must stay so until a plan says otherwise: the pod scaler
// leaves zero alone, and KEDA is paused.
func TestAgents_pilotLightStaysOut(t *testing.T) {
	t.Parallel()
	waiting := run(t, argsFor(small(0), system.Secondary))
	scaler := waiting.Get(t, scaledType, "main-hand-scaler")
	assert.Equal(t, "true", at(t, scaler.Values(), "metadata", "annotations", PausedAnnotation))
	assert.Contains(t, scaler.RPC.GetIgnoreChanges(), `metadata.annotations["autoscaling.keda.sh/paused"]`,
		"an update must not pause what a plan has started")
	assert.Equal(t, 3.0, at(t, scaler.Values(), "spec", "minReplicaCount"), "what runs once a plan has started it")
	assert.Equal(t, 0.0, at(t, waiting.Get(t, deploymentType, "main-hand-deployment").Values(), "spec", "replicas"))

	serving := run(t, argsFor(small(0), system.Primary)).Get(t, scaledType, "main-hand-scaler")
	assert.Equal(t, "false", at(t, serving.Values(), "metadata", "annotations", PausedAnnotation))
}

func TestAgents_settlingTakesTheDeclaredNumbersBack(t *testing.T) {
	t.Parallel()
	args := argsFor(small(0), system.Primary)
	args.SettleReplicas = true
	for _, res := range run(t, args).Custom() {
		assert.Empty(t, res.RPC.GetIgnoreChanges(), res.Name)
	}
}

func TestAgents_consumersAreNotScaledDownBlindly(t *testing.T) {
	t.Parallel()
	spec := run(t, argsFor(small(0), system.Primary)).Get(t, scaledType, "main-hand-scaler").Values()["spec"]
	assert.Equal(t, "currentReplicasIfHigher", at(t, spec, "fallback", "behavior"))
	assert.Equal(t, 3.0, at(t, spec, "fallback", "replicas"))
	assert.Equal(t, "AverageValue", at(t, spec, "triggers", 0, "metricType"), "a fallback needs one")
	assert.Equal(t, "https://sqs.example/jobs", at(t, spec, "triggers", 0, "metadata", "queueURL"))
	assert.Equal(t, "true", at(t, spec, "triggers", 0, "metadata", "scaleOnInFlight"), "what is being worked on counts")
}

// When traffic dips because a zone is lost, the zones that are left must not shrink.
func TestAgents_shrinkOnlyAfterACalm(t *testing.T) {
	t.Parallel()
	r := run(t, argsFor(small(0), system.Primary))
	down := at(t, r.Get(t, podScalerType, "main-front-scaler").Values(), "spec", "behavior", "scaleDown")
	queue := r.Get(t, scaledType, "main-hand-scaler").Values()
	keda := at(t, queue, "spec", "advanced", "horizontalPodAutoscalerConfig", "behavior", "scaleDown")
	for _, rule := range []any{down, keda} {
		assert.Equal(t, 600.0, at(t, rule, "stabilizationWindowSeconds"))
		assert.Equal(t, []any{map[string]any{"type": "Percent", "value": 10.0, "periodSeconds": 60.0}}, at(t, rule, "policies"))
	}
	assert.Equal(t, 600.0, at(t, queue, "spec", "cooldownPeriod"))
}
