package readiness

import (
	"fmt"
	"regexp"
	"strconv"

	"redoubt/recovery/plan"
	"redoubt/witness"
)

// adoption is where the last steps of a restore write what the stacks must learn (planner.AdoptionKey).
var adoption = regexp.MustCompile(`^adoption/(.+)-g([0-9]+)\.json$`)

// restored looks for restores that have ended and of which the stacks do not know: their next update would lead agents
// back to the damaged store.
func (j *judge) restored() {
	of := j.Inventory.Homes[j.Readiness.Active]
	if of.Control.Bucket == "" {
		return
	}
	a, told := j.ask(aws(j.Readiness.Active, "s3", "ListObjectVersions", plan.Document{"Bucket": of.Control.Bucket, "Prefix": "adoption/"}))
	switch _, silent := j.Silent[j.Readiness.Active]; {
	case !told || silent:
		return
	case a.Err != "":
		j.because(Unknown, "restores", "", "whether the stacks know what was restored cannot be told: "+a.Err)
		return
	}
	j.unknown = map[string]int{}
	for _, v := range listed(a.Document, "Versions") {
		parts := adoption.FindStringSubmatch(text(v["Key"]))
		if parts == nil {
			continue
		}
		generation, _ := strconv.Atoi(parts[2])
		if s, has := of.Stores[parts[1]]; has && generation > max(s.Generation, 1) {
			j.unknown[parts[1]] = max(j.unknown[parts[1]], generation)
		}
	}
	for _, s := range j.Input.System.Stores {
		if n := j.unknown[s.Name]; n > 0 {
			j.because(Bad, "restore", j.adopts(s.Name), fmt.Sprintf("%s was restored as generation %d, and the stacks do not know it: "+
				"their next update would lead agents back to the damaged one", s.Name, n))
		}
	}
}

// adopts is how the stacks learn of a restore.
func (j *judge) adopts(store string) string {
	if j.Input.Kind == witness.Simulated {
		return "redoubt sim adopt " + store
	}
	return "tell the stacks what was restored: docs/recovering.md"
}
