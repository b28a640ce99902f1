package entry

import (
	"testing"

	"github.com/stretchr/testify/require"

	"redoubt/internal/pulumitest"
	"redoubt/system"
)

// model plays the part of CloudWatch and Route 53 on what two homes registered:
// it knows nothing of the switch but the inputs of its parts.
type model struct {
	t     *testing.T
	homes map[system.Home]*pulumitest.Recorder
	// put is what arrived in this minute, by region and metric.
	put  map[[2]string]float64
	dead map[system.Home]bool
	// known is each check's last state with data, before inversion.
	known map[string]bool
}

// step is one act in a story and where the traffic goes a minute later.
type step struct {
	act  func(*model)
	want system.Home
}

func wait(want system.Home) step { return step{func(*model) {}, want} }

func kill(home, want system.Home) step {
	return step{func(m *model) { m.dead[home] = true }, want}
}

func revive(home, want system.Home) step {
	return step{func(m *model) { m.dead[home] = false }, want}
}

// put makes a home put the metric that its alarm watches, in its own region.
func put(home system.Home, value float64, want system.Home) step {
	return step{func(m *model) {
		require.False(m.t, m.dead[home], "a dead home cannot act")
		alarm := m.alarm(home)
		m.put[[2]string{regionOf(home), alarm["metricName"].(string)}] = value
	}, want}
}

func newModel(t *testing.T, homes map[system.Home]*pulumitest.Recorder) *model {
	return &model{
		t: t, homes: homes, put: map[[2]string]float64{},
		dead: map[system.Home]bool{}, known: map[string]bool{},
	}
}

func regionOf(home system.Home) string {
	if home == system.Primary {
		return west
	}
	return central
}

func (m *model) alarm(home system.Home) map[string]any {
	alarms := m.homes[home].OfType(alarmType)
	require.Len(m.t, alarms, 1)
	return alarms[0].Values()
}

// minute lets a minute pass and returns where the domain points. What was put
// in it is gone in the next.
func (m *model) minute() system.Home {
	defer clear(m.put)
	answer := map[string]system.Home{}
	healthy := false
	for home, r := range m.homes {
		record := r.Get(m.t, recordType, "main-domain").Values()
		kind := record["failoverRoutingPolicies"].([]any)[0].(map[string]any)["type"].(string)
		answer[kind] = home
		if kind == "PRIMARY" {
			healthy = m.healthy(record["healthCheckId"].(string))
		}
	}
	require.Len(m.t, answer, 2, "one record of each kind")
	if healthy {
		return answer["PRIMARY"]
	}
	return answer["SECONDARY"]
}

// healthy returns the state of the check with the id that the mocks gave it.
func (m *model) healthy(id string) bool {
	for _, r := range m.homes {
		for _, res := range r.OfType(checkType) {
			if res.Name+"_id" != id {
				continue
			}
			check := res.Values()
			switch check["type"] {
			case "CALCULATED":
				return m.calculated(check)
			case "CLOUDWATCH_METRIC":
				return m.followed(id, check) != (check["invertHealthcheck"] == true)
			}
		}
	}
	require.Failf(m.t, "no such check", "%s", id)
	return false
}

func (m *model) calculated(check map[string]any) bool {
	up := 0.0
	for _, child := range check["childHealthchecks"].([]any) {
		if m.healthy(child.(string)) {
			up++
		}
	}
	return up >= check["childHealthThreshold"].(float64)
}

// followed returns what a check sees of its alarm, before inversion.
func (m *model) followed(id string, check map[string]any) bool {
	alarm, home := m.find(check["cloudwatchAlarmName"], check["cloudwatchAlarmRegion"])
	value, arrived := m.put[[2]string{regionOf(home), alarm["metricName"].(string)}]
	if m.dead[home] || !arrived {
		return m.silent(id, check)
	}
	require.Equal(m.t, "GreaterThanOrEqualToThreshold", alarm["comparisonOperator"])
	m.known[id] = value < alarm["threshold"].(float64)
	return m.known[id]
}

// silent returns the state without data. A check that never had any is healthy:
// https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/health-checks-creating-values.html
func (m *model) silent(id string, check map[string]any) bool {
	switch check["insufficientDataHealthStatus"] {
	case "LastKnownStatus":
		last, had := m.known[id]
		return last || !had
	case "Healthy":
		return true
	default:
		return false
	}
}

func (m *model) find(name, region any) (map[string]any, system.Home) {
	for home := range m.homes {
		if alarm := m.alarm(home); alarm["name"] == name && regionOf(home) == region {
			return alarm, home
		}
	}
	require.Failf(m.t, "no such alarm", "%v in %v", name, region)
	return nil, ""
}
