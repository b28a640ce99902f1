package drive

import (
	"fmt"

	"redoubt/inventory"
	"redoubt/sim/world"
)

// Third makes the arbiter's table in the simulated regions, where the homes have an arbiter and it is not there yet. The
// rest of the arbiter's stack is not simulated: who keeps the leases there is sim/world's, who decides is tests/arbiter's.
func Third(w *world.World, inv inventory.Inventory) error {
	third := inv.Third()
	if third == nil {
		return nil
	}
	there := func(e *world.Entity) bool { return e.ID == third.Table }
	if w.Any(third.Region, "AWS::DynamoDB::Table", there) {
		return nil
	}
	_, err := w.Create(third.Region, "AWS::DynamoDB::Table", "arbiter", world.Document{
		"Name": third.Table, "HashKey": inventory.LocksKey, "BillingMode": "PAY_PER_REQUEST",
		"Attributes": []any{world.Document{"Name": inventory.LocksKey, "Type": "S"}},
	})
	if err != nil {
		return fmt.Errorf("the arbiter's table: %w", err)
	}
	return nil
}
