package agents

import (
	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/system"
)

// TestAgents_answerThreeQuestionsAboutThemselves: that they have begun, that they can be
// asked, and that they live, each at its own path on the port that they serve.
func TestAgents_answerThreeQuestionsAboutThemselves(t *testing.T) {
	t.Parallel()
	r := run(t, argsFor(example(t), system.Primary))
	for _, d := range r.OfType(deploymentType) {
		c := at(t, d.Values(), "spec", "template", "spec", "containers", 0)
		assert.Equal(t, "http", at(t, c, "ports", 0, "name"), d.Name)
		seconds := map[string]float64{}
		for probe, path := range map[string]string{
			"startupProbe": "/startupz", "readinessProbe": "/readyz", "livenessProbe": "/livez",
		} {
			asked := map[string]any{"path": "/app-health/" + at(t, c, "name").(string) + path, "port": 15020.0}
			assert.Equal(t, asked, at(t, c, probe, "httpGet"), "%s: %s, by way of the proxy", d.Name, probe)
			period, failures := at(t, c, probe, "periodSeconds").(float64), at(t, c, probe, "failureThreshold").(float64)
			assert.Less(t, at(t, c, probe, "timeoutSeconds"), period, "%s: %s", d.Name, probe)
			seconds[probe] = period * failures
		}
		assert.LessOrEqual(t, seconds["readinessProbe"], 10.0, "%s: a replica that cannot answer leaves the balance first", d.Name)
		assert.GreaterOrEqual(t, seconds["livenessProbe"], 60.0, "%s: it is killed only after it had time to come back", d.Name)
		assert.GreaterOrEqual(t, seconds["startupProbe"], 300.0, "%s: a cold start is no death", d.Name)
		assert.InDelta(t, 0, at(t, d.Values(), "spec", "strategy", "rollingUpdate", "maxUnavailable"), 0,
			"%s: a version that does not start takes no place of one that runs", d.Name)
		assert.GreaterOrEqual(t, at(t, c, "lifecycle", "preStop", "sleep", "seconds"), 15.0,
			"%s: it still answers until everybody knows that it ends", d.Name)
		assert.Equal(t, at(t, c, "resources", "requests", "memory"), at(t, c, "resources", "limits", "memory"), d.Name)
	}
}
