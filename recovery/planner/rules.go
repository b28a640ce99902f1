package planner

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"redoubt/inventory"
	"redoubt/recovery/plan"
	"redoubt/system"
)

// Violation is a rule that a plan breaks, by the rule's name.
type Violation struct {
	Rule, Step, Why string
}

// Error says which rule is broken where.
func (v *Violation) Error() string {
	if v.Step == "" {
		return fmt.Sprintf("rule %s: %s", v.Rule, v.Why)
	}
	return fmt.Sprintf("rule %s: step %s: %s", v.Rule, v.Step, v.Why)
}

// The rules of every plan.
const (
	// NoLostRegion: what users wait for asks nothing of the lost region.
	NoLostRegion = "no-lost-region"
	// NoFixedRegion: nor of a control plane that lives in one fixed region.
	NoFixedRegion = "no-fixed-region"
	// TrafficAfterData: traffic waits for every store and agent that users meet.
	TrafficAfterData = "traffic-after-data"
	// OneWriter: a store is let write only after its old writers have stopped, or
	// after it is certain that they are lost.
	OneWriter = "one-writer"
	// EveryStore and EveryAgent: the loss of a region forgets nothing.
	EveryStore = "every-store"
	EveryAgent = "every-agent"
)

// fixed are the services whose control plane lives in one region, and which:
// https://docs.aws.amazon.com/whitepapers/latest/aws-fault-isolation-boundaries/global-services.html
var fixed = map[string]string{
	"route53": "us-east-1", "iam": "us-east-1", "organizations": "us-east-1", "cloudfront": "us-east-1",
	"globalaccelerator": "us-west-2", "route53-recovery-control-config": "us-west-2", "shield": "us-east-1",
}

// Check names every rule that the plan breaks.
func Check(p plan.Plan) error {
	var errs []error
	for _, rule := range []func(plan.Plan) []error{asksTheLost, asksAFixedRegion, trafficTooEarly, twoWriters,
		movesHome, shiftsTooFar, promotes, keepsForGood, swapsUnseen, touchesTheDamaged} {
		errs = append(errs, rule(p)...)
	}
	return errors.Join(errs...)
}

// Covers names every store and every critical agent that a plan which moves
// all work has no step for.
func Covers(p plan.Plan, sys *system.System, inv inventory.Inventory) error {
	stores, agents := map[string]bool{}, map[string]bool{}
	for _, s := range p.Steps {
		stores[s.Subject.Store] = true
		if s.Role == plan.Start {
			agents[s.Subject.Agent] = true
		}
	}
	var errs []error
	for _, s := range sys.Stores {
		_, has := inv.Homes[p.Active].Stores[s.Name]
		_, had := inv.Homes[p.Active.Peer()].Stores[s.Name]
		if (has || had) && !stores[s.Name] {
			errs = append(errs, &Violation{EveryStore, "", fmt.Sprintf("store %s has no step", s.Name)})
		}
	}
	for _, a := range sys.Agents {
		t, _ := sys.Tier(a.Tier)
		if t.Critical && t.Strategy != system.ActiveActive && !agents[a.Name] {
			errs = append(errs, &Violation{EveryAgent, "", fmt.Sprintf("agent %s is not started", a.Name)})
		}
	}
	slices.SortFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
	return errors.Join(errs...)
}

// critical are the steps that users wait for: those that serve and prove, and
// all that these need.
func critical(p plan.Plan) []plan.Step {
	on := map[string]bool{}
	for n := len(p.Steps) - 1; n >= 0; n-- { // each step follows what it needs
		s := p.Steps[n]
		if s.Role == plan.Traffic || s.Role == plan.Prove || on[s.ID] {
			on[s.ID] = true
			for _, need := range s.Needs {
				on[need] = true
			}
		}
	}
	return slices.DeleteFunc(slices.Clone(p.Steps), func(s plan.Step) bool { return !on[s.ID] })
}

// asked are the calls that a step makes on its way.
func asked(s plan.Step) []plan.Call { return []plan.Call{s.Call, s.Condition.Call} }

func asksTheLost(p plan.Plan) []error {
	if p.Lost == "" {
		return nil
	}
	var errs []error
	for _, s := range critical(p) {
		for _, c := range asked(s) {
			if c.Home == p.Lost {
				errs = append(errs, &Violation{NoLostRegion, s.ID, fmt.Sprintf("%s asks the home that is lost", c)})
			}
		}
	}
	return errs
}

func asksAFixedRegion(p plan.Plan) []error {
	var errs []error
	for _, s := range critical(p) {
		for _, c := range asked(s) {
			if region := fixed[c.Service]; region != "" {
				errs = append(errs, &Violation{NoFixedRegion, s.ID, fmt.Sprintf("%s is served by %s alone", c, region)})
			}
		}
	}
	return errs
}

// before are all the steps that a step waits for.
func before(p plan.Plan, id string) map[string]bool {
	out := map[string]bool{}
	want := map[string]bool{id: true}
	for n := len(p.Steps) - 1; n >= 0; n-- {
		s := p.Steps[n]
		if !want[s.ID] {
			continue
		}
		for _, need := range s.Needs {
			out[need], want[need] = true, true
		}
	}
	return out
}

func trafficTooEarly(p plan.Plan) []error {
	var errs []error
	for _, t := range p.Steps {
		if t.Role != plan.Traffic {
			continue
		}
		waits := before(p, t.ID)
		for _, s := range p.Steps {
			serves := s.Role == plan.Data || s.Role == plan.Start
			if serves && s.OnFailure == plan.Stop && !waits[s.ID] {
				errs = append(errs, &Violation{TrafficAfterData, t.ID, "it does not wait for " + s.ID})
			}
		}
	}
	return errs
}

// twoWriters looks whether every step that lets a store write in another home
// waits for every fence that must hold. Where a home is lost, the gates answer for it.
func twoWriters(p plan.Plan) []error {
	if p.Lost != "" {
		return nil
	}
	var errs []error
	for _, s := range p.Steps {
		if s.Role != plan.Data && s.Role != plan.Requeue {
			continue
		}
		waits := before(p, s.ID)
		for _, f := range p.Steps {
			switch {
			case f.Role != plan.Fence || f.Call.Home == s.Call.Home:
			case f.OnFailure != plan.Stop:
				errs = append(errs, &Violation{OneWriter, f.ID, "a fence that may fail keeps nobody from writing"})
			case !waits[f.ID]:
				errs = append(errs, &Violation{OneWriter, s.ID, "it does not wait for " + f.ID})
			}
		}
	}
	return errs
}
