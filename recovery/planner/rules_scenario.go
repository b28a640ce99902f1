package planner

import (
	"fmt"
	"slices"

	"redoubt/recovery/plan"
)

// The rules of the scenarios that leave the work in its home.
const (
	// HomeStays: nobody is promoted in another home, and the domain leads where it led.
	HomeStays = "home-stays"
	// NobodyPromoted: while the homes do not see each other, no home begins to
	// write, to run or to serve what it did not before.
	NobodyPromoted = "nobody-promoted"
	// GivenBack: what is taken from users for a time can be given back.
	GivenBack = "given-back"
	// OneZone: users are taken away from one zone alone, for a time that ends, and can be let back.
	OneZone = "one-zone"
)

// stays are the scenarios in which the home that serves goes on serving.
var stays = []Scenario{ZoneLoss, WriterLoss, Partition, DependencyLoss, Restore}

// between are the operations by which another home begins to write.
var between = []string{"FailoverGlobalCluster", "SwitchoverGlobalCluster", "FailoverGlobalReplicationGroup"}

func movesHome(p plan.Plan) []error {
	if !slices.Contains(stays, Scenario(p.Scenario)) {
		return nil
	}
	var errs []error
	for _, s := range p.Steps {
		switch {
		case s.Role == plan.Traffic:
			errs = append(errs, &Violation{HomeStays, s.ID, "it moves users to another home"})
		case slices.Contains(between, s.Call.Operation):
			errs = append(errs, &Violation{HomeStays, s.ID, fmt.Sprintf("%s lets another home write", s.Call)})
		}
	}
	return errs
}

func shiftsTooFar(p plan.Plan) []error {
	var errs []error
	zones := map[any]bool{}
	for _, s := range p.Steps {
		if s.Call.Operation != "StartZonalShift" {
			continue
		}
		zones[s.Call.Input["awayFrom"]] = true
		switch {
		case s.Call.Input["expiresIn"] == nil:
			errs = append(errs, &Violation{OneZone, s.ID, "the shift never ends"})
		case s.Undo == nil:
			errs = append(errs, &Violation{OneZone, s.ID, "nothing takes the shift back"})
		case len(zones) > 1:
			errs = append(errs, &Violation{OneZone, s.ID, "a second zone is given up, and one does not carry the load"})
		}
	}
	return errs
}

// promotes looks for what makes more of a home in a partition than it was.
func promotes(p plan.Plan) []error {
	if Scenario(p.Scenario) != Partition {
		return nil
	}
	var errs []error
	for _, s := range p.Steps {
		switch {
		case s.Role == plan.Data || s.Role == plan.Start || s.Role == plan.Requeue || s.Role == plan.Capacity:
			errs = append(errs, &Violation{NobodyPromoted, s.ID, "it makes a home do what it did not before"})
		case s.Undo != nil:
			errs = append(errs, &Violation{NobodyPromoted, s.ID, "to take it back would make a home claim what it let go"})
		case s.Call.Operation == "PutMetricData" && s.Call.Home != p.Active && claims(s.Call):
			errs = append(errs, &Violation{NobodyPromoted, s.ID, "it claims the traffic for the other home"})
		}
	}
	return errs
}

// claims reports whether a metric of the switch is put to anything but nothing.
func claims(c plan.Call) bool {
	v, _ := plan.Path("MetricData[0].Value").Find(c.Input)
	return v != 0.0
}

// keepsForGood looks for a degradation that nothing takes back.
func keepsForGood(p plan.Plan) []error {
	var errs []error
	for _, s := range p.Steps {
		if s.Role == plan.Level && s.Undo == nil {
			errs = append(errs, &Violation{GivenBack, s.ID, "nothing takes the degradation back"})
		}
	}
	return errs
}
