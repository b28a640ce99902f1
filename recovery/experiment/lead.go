package experiment

import (
	"context"
	"errors"

	"redoubt/inventory"
	"redoubt/recovery/drill"
)

// Lead leads the experiment of a place and judges it as on the simulated regions. Whatever happens, nothing of it runs
// when it returns without an error. What ended it before its time fails the drill.
func Lead(ctx context.Context, p *Place, inv inventory.Inventory) (drill.Report, error) {
	scenario, left := drill.Alone(p.experiment)
	d := drill.Drill{Place: p, Scenario: scenario, System: p.sys, Inventory: inv, Active: p.active, Steady: look}
	report, err := d.Run(ctx)
	if err := errors.Join(err, p.Close(ctx)); err != nil {
		return report, err
	}
	report.Unseen = append(left, report.Unseen...)
	if len(p.broken) > 0 {
		report.Wrong, report.Failed = append(report.Wrong, p.broken...), true
	}
	return report, nil
}
