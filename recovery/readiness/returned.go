package readiness

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	"redoubt/recovery/execute"
	"redoubt/recovery/plan"
	"redoubt/recovery/planner"
)

// returned looks for what runs again in a home whose region was lost and is back: until it is a standby again, its old
// writers write beside the home that serves.
func (j *judge) returned() {
	idle := j.Receiving
	if _, silent := j.Silent[idle]; silent || !j.up(idle) {
		return
	}
	told := map[string]plan.Document{}
	calls := planner.Writers(j.Input.System, j.Inventory, j.Readiness.Active)
	for _, agent := range slices.Sorted(maps.Keys(calls)) {
		if a, has := j.ask(calls[agent]); has && a.Err == "" {
			told[agent] = a.Document
		}
	}
	const next = "redoubt plan " + string(planner.Rebuild) + " --out rebuild.json"
	j.oldWriters = planner.OldWriters(j.Inventory, j.Readiness.Active, told)
	switch r := j.Input.Run; {
	case len(j.oldWriters) > 0:
		j.because(Bad, "old writers", next, fmt.Sprintf("more of %s runs in the %s home, which does not serve, than a standby keeps",
			strings.Join(j.oldWriters, ", "), idle))
	case r != nil && r.Ended && r.Lost == idle && r.Outcome != string(execute.Refused):
		j.because(Bad, "old writers", next, fmt.Sprintf("the region of the %s home was lost and is back: what ran there runs again, and its "+
			"copies may not follow", idle))
	}
}
