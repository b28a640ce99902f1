package world_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/sim/world"
)

const arc = "AWS::Route53RecoveryControl::"

// routingLab is the switch made of routing controls: each record obeys the check of its home's control, and
// a rule keeps one of them on.
func routingLab(t *testing.T) (l *lab, primary, secondary string) {
	l = newLab(t, 12)
	entryLab(l)
	cluster := l.make(ireland, "cluster", arc+"Cluster", doc{"Name": "agents"}).ARN
	panel := l.make(ireland, "panel", arc+"ControlPanel", doc{"ClusterArn": cluster, "Name": "agents"}).ARN
	var controls []any
	for _, at := range []struct{ region, name, kind string }{
		{ireland, "primary", "PRIMARY"}, {frankfurt, "secondary", "SECONDARY"}} {
		control := l.make(ireland, at.name, arc+"RoutingControl", doc{"ClusterArn": cluster, "ControlPanelArn": panel, "Name": at.name})
		check := l.make(ireland, at.name+"-check", "AWS::Route53::HealthCheck",
			doc{"Type": "RECOVERY_CONTROL", "RoutingControlArn": control.ARN})
		l.make(at.region, at.name+"-record", "AWS::Route53::RecordSet", alias(l, at.region, "SetIdentifier", at.name,
			"HealthCheckId", check.ID, "FailoverRoutingPolicies", []any{doc{"Type": at.kind}}))
		controls = append(controls, control.ARN)
	}
	l.make(ireland, "rule", arc+"SafetyRule", doc{"ControlPanelArn": panel, "Name": "one-on", "AssertedControls": controls,
		"WaitPeriodMs": 5000, "RuleConfig": doc{"Type": "ATLEAST", "Threshold": 1, "Inverted": false}})
	return l, controls[0].(string), controls[1].(string)
}

// set asks for states from a region, as control, state, control, state.
func (l *lab) set(region string, states ...string) error {
	var entries []any
	for n := 0; n < len(states); n += 2 {
		entries = append(entries, doc{"RoutingControlArn": states[n], "RoutingControlState": states[n+1]})
	}
	_, err := l.Call(world.Request{Region: region, Service: "route53-recovery-cluster", Operation: "UpdateRoutingControlStates",
		Input: doc{"UpdateRoutingControlStateEntries": entries}})
	return err
}

// states are those that the panel tells, by the controls' names.
func (l *lab) states(region string) map[any]any {
	out := map[any]any{}
	list := l.call(region, "route53-recovery-cluster", "ListRoutingControls", doc{"ControlPanelArn": l.arn(ireland, "panel")})
	for _, c := range list["RoutingControls"].([]any) {
		out[c.(doc)["RoutingControlName"]] = c.(doc)["RoutingControlState"]
	}
	return out
}

func TestRouting_setsAllStatesOrNone(t *testing.T) {
	t.Parallel()
	l, primary, secondary := routingLab(t)
	assert.Equal(t, map[any]any{"primary": "Off", "secondary": "Off"}, l.states(frankfurt), "controls are born off")
	require.NoError(t, l.set(ireland, primary, "On", secondary, "Off"))

	assert.Equal(t, "ConflictException", code(l.set(frankfurt, primary, "Off")), "no home would be left")
	assert.Equal(t, "ConflictException", code(l.set(frankfurt, secondary, "Off", primary, "Off")))
	assert.Equal(t, "ValidationException", code(l.set(frankfurt, secondary, "On", primary, "off")))
	assert.Equal(t, "ResourceNotFoundException", code(l.set(frankfurt, secondary, "On", "arn:none", "Off")))
	assert.Equal(t, "ValidationException", code(l.set(frankfurt)))
	assert.Equal(t, map[any]any{"primary": "On", "secondary": "Off"}, l.states(frankfurt), "what was refused set nothing")

	require.NoError(t, l.set(frankfurt, secondary, "On", primary, "Off"))
	assert.Equal(t, map[any]any{"primary": "Off", "secondary": "On"}, l.states(frankfurt))

	_, err := l.Call(world.Request{Region: ireland, Service: "route53-recovery-cluster", Operation: "ListRoutingControls",
		Input: doc{"ControlPanelArn": "arn:none"}})
	assert.Equal(t, "ResourceNotFoundException", code(err))
}

func TestRouting_movesWithTheOtherRegionDead(t *testing.T) {
	t.Parallel()
	l, primary, secondary := routingLab(t)
	require.NoError(t, l.set(ireland, primary, "On", secondary, "Off"))
	l.wait(5 * time.Minute)
	assert.Equal(t, ireland, l.serving())
	l.inject("region-down " + ireland)
	l.inject("region-down us-west-2") // where the configuration of controls is served
	require.NoError(t, l.set(frankfurt, secondary, "On", primary, "Off"))
	l.wait(5 * time.Minute)
	assert.Equal(t, frankfurt, l.serving())
}
