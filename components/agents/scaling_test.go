package agents

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/system"
)

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
