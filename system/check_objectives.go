package system

import (
	"fmt"
	"time"
)

// eachObjective calls f with every objective that was declared.
func (c *checker) eachObjective(f func(path, label string, t Tier, d Disruption, o Objective)) {
	for i, t := range c.sys.Tiers {
		for _, d := range Disruptions {
			if o, has := t.Objectives[d]; has {
				f(fmt.Sprintf("tiers[%d].objectives.%s", i, d), fmt.Sprintf("tier %q", t.Name), t, d, o)
			}
		}
	}
}

// checkTierObjectives holds what no objective may be, whatever stands behind it.
func checkTierObjectives(c *checker) {
	c.eachObjective(func(path, label string, _ Tier, d Disruption, o Objective) {
		if o.RTO == 0 {
			c.fault(path+".rto", "write the time in which you can bear to recover",
				"%s: rto for %s is 0s, and no recovery takes no time", label, d)
		}
		if !(o.Availability >= 0 && o.Availability < 1) {
			c.fault(path+".availability", "write 99.95 percent as 0.9995",
				"%s: availability for %s is %v, want 0 to below 1", label, d, o.Availability)
		}
	})
}

// checkRecoveryPoints holds that no tier promises to lose less than one of
// its stores can lose at least.
func checkRecoveryPoints(c *checker) {
	c.eachObjective(func(path, label string, t Tier, d Disruption, o Objective) {
		c.below(path+".rpo", fmt.Sprintf("%s: rpo for %s", label, d), o.RPO, c.strictest(t, d, losses))
	})
}

// checkRecoveryTimes holds that no tier promises to be back sooner than its
// stores and agents can be.
func checkRecoveryTimes(c *checker) {
	c.eachObjective(func(path, label string, t Tier, d Disruption, o Objective) {
		least := c.strictest(t, d, delays)
		launch := nodeLaunch.resolve()
		if d == RegionLoss && t.Strategy == PilotLight && c.hasAgents(t.Name) && launch.Least > least.Least {
			least = bound{floor: launch, what: "a pilot light", instead: "choose warm-standby"}
		}
		if o.RTO > 0 {
			c.below(path+".rto", fmt.Sprintf("%s: rto for %s", label, d), o.RTO, least)
		}
	})
}

// bound is a floor together with what it comes from in this system.
type bound struct {
	floor
	what string
	// instead is what may be done other than to allow more.
	instead string
}

// strictest returns the highest floor under one objective of a tier, so that
// each objective is reported once, and is zero when there is none.
func (c *checker) strictest(t Tier, d Disruption, floors func(Store, Strategy, Disruption) []floor) bound {
	var most bound
	if t.Strategy == "" {
		return most // reported as unreadable
	}
	c.eachStore(func(_, _ string, s Store) {
		if s.Tier != t.Name {
			return
		}
		for _, f := range floors(s, t.Strategy, d) {
			if f = f.resolve(); f.Least > most.Least {
				what := fmt.Sprintf("the %s %q", s.Kind, s.Name)
				most = bound{floor: f, what: what, instead: fmt.Sprintf("move store %q to another tier", s.Name)}
			}
		}
	})
	return most
}

func (c *checker) hasAgents(tier string) bool {
	_, has := find(c.sys.Agents, func(a Agent) bool { return a.Tier == tier })
	return has
}

// below reports an objective that is less than what can be reached.
func (c *checker) below(path, subject string, promised time.Duration, b bound) {
	if promised >= b.Least {
		return
	}
	least, source, hint := "at least "+span(b.Least), string(b.Timing)+", "+b.Source, "allow "+span(b.Least)+" or more"
	if b.Least == noFigure {
		least, source, hint = "more than none", b.Source, "allow some seconds"
	}
	c.fault(path, hint+", or "+b.instead,
		"%s is %s, want %s for %s: %s (%s)", subject, span(promised), least, b.what, b.Because, source)
}
