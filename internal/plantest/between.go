package plantest

import (
	"maps"

	"redoubt/inventory"
)

// Between is what the names of those examples end in whose homes have an arbiter.
const Between = "-with-an-arbiter"

// WithArbiter is the inventory with an arbiter. The example's homes have none.
func WithArbiter(inv inventory.Inventory) inventory.Inventory {
	inv.Homes = maps.Clone(inv.Homes)
	for name, home := range inv.Homes {
		home.Control.Arbiter = &inventory.Arbiter{Region: "eu-north-1", Table: "atlas-arbiter"}
		inv.Homes[name] = home
	}
	return inv
}
