package planner_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
	"redoubt/system"
)

// routed is an inventory whose switch is made of routing controls.
func routed() inventory.Inventory {
	inv := both()
	for name, home := range inv.Homes {
		home.Entry = inventory.Entry{Switch: inventory.ARCSwitch, RoutingPanelArn: "panel",
			RoutingControlArns: map[system.Home]string{system.Primary: "control-p", system.Secondary: "control-s"},
			RoutingEndpoints:   map[string]string{"us-west-2": "https://b.example", "eu-west-1": "https://a.example"}}
		inv.Homes[name] = home
	}
	return inv
}

func TestTakeTraffic_setsBothRoutingControlsAtOnce(t *testing.T) {
	t.Parallel()
	arn := map[system.Home]string{system.Primary: "control-p", system.Secondary: "control-s"}
	states := func(c plan.Call) map[any]any {
		out := map[any]any{}
		for _, e := range c.Input["UpdateRoutingControlStateEntries"].([]any) {
			of := e.(map[string]any)
			out[of["RoutingControlArn"]] = of["RoutingControlState"]
		}
		return out
	}
	for _, home := range system.Homes {
		p, err := planner.TakeTraffic(routed(), home)
		require.NoError(t, err)
		require.Len(t, p.Steps, 1)
		s := p.Steps[0]
		assert.Equal(t, map[any]any{arn[home]: "On", arn[home.Peer()]: "Off"}, states(s.Call))
		assert.Equal(t, map[any]any{arn[home]: "Off", arn[home.Peer()]: "On"}, states(*s.Undo))
		for _, c := range []plan.Call{s.Call, s.Condition.Call, *s.Undo} {
			assert.Equal(t, home, c.Home, "%s: the other home may be dead", c)
		}
		for _, is := range []struct {
			own, peer string
			done      bool
		}{{"On", "Off", true}, {"Off", "Off", false}, {"On", "On", false}, {"Off", "On", false}} {
			answer, _ := s.Condition.Judge(plan.Document{"RoutingControls": []any{
				map[string]any{"RoutingControlArn": arn[home.Peer()], "RoutingControlState": is.peer},
				map[string]any{"RoutingControlArn": arn[home], "RoutingControlState": is.own},
			}})
			assert.Equal(t, is.done, answer == plan.Done, "%v", is)
		}
		assert.NoError(t, planner.Check(p))
	}
}

func TestTakeTraffic_namesWhatIsMissingOfTheRoutingControls(t *testing.T) {
	t.Parallel()
	inv := routed()
	h := inv.Homes[system.Secondary]
	h.Entry = inventory.Entry{Switch: inventory.ARCSwitch}
	inv.Homes[system.Secondary] = h
	_, err := planner.TakeTraffic(inv, system.Secondary)
	for _, field := range []string{"routingPanelArn", "routingEndpoints", "routingControlArns.primary",
		"routingControlArns.secondary"} {
		require.ErrorContains(t, err, "homes.secondary.entry."+field+" is missing")
	}
}
