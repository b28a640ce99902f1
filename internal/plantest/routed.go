package plantest

import (
	"maps"

	"redoubt/inventory"
	"redoubt/system"
)

// Routed is the example whose switch is made of routing controls.
const Routed = "switchover-by-routing-controls"

// routed is the inventory with routing controls for a switch. Its names are made
// up: the example's homes have the switch that moves by a metric.
func routed(inv inventory.Inventory) inventory.Inventory {
	const panel = "arn:aws:route53-recovery-control::123456789012:controlpanel/0123456789abcdef0123456789abcdef"
	inv.Homes = maps.Clone(inv.Homes)
	for name, home := range inv.Homes {
		e := home.Entry
		home.Entry = inventory.Entry{
			Domain: e.Domain, ZoneID: e.ZoneID, LoadBalancerArn: e.LoadBalancerArn, Address: e.Address,
			Switch: inventory.ARCSwitch, RoutingPanelArn: panel,
			RoutingControlArns: map[system.Home]string{
				system.Primary:   panel + "/routingcontrol/0123456789abcdef",
				system.Secondary: panel + "/routingcontrol/fedcba9876543210",
			},
			RoutingEndpoints: map[string]string{
				"eu-west-1": "https://0123abcd.route53-recovery-cluster.eu-west-1.amazonaws.com/v1",
				"us-west-2": "https://4567cdef.route53-recovery-cluster.us-west-2.amazonaws.com/v1",
			},
		}
		inv.Homes[name] = home
	}
	return inv
}
