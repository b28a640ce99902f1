package real

import (
	"fmt"

	"redoubt/recovery/drill"
)

// Led is a scenario that is drilled on AWS.
type Led struct {
	Scenario string
	// Back drills the way back, too.
	Back bool
}

// Scenarios are those that can be made on AWS, in the order in which they are drilled: what comes back first, and the loss of
// a region last, because its way back takes hours that the sandbox would cost.
var Scenarios = []Led{{"switchover", true}, {"region-loss", false}}

// Find is one of the scenarios that come with Redoubt.
func Find(name string) (drill.Scenario, error) {
	all, err := drill.Scenarios()
	if err != nil {
		return drill.Scenario{}, err
	}
	for _, s := range all {
		if s.Name == name {
			return s, nil
		}
	}
	return drill.Scenario{}, fmt.Errorf("there is no scenario %s", name)
}
