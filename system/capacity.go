package system

import "fmt"

// Capacity is what the home that does not serve holds of the machines that a
// tier needs to take over.
type Capacity string

// The three ways to hold capacity, from the surest to the cheapest.
const (
	// RunningCapacity runs all machines of the tier in both homes.
	RunningCapacity Capacity = "running"
	// ReservedCapacity runs what the standby replicas need and has the rest
	// kept: starting them cannot meet a shortage.
	ReservedCapacity Capacity = "reserved"
	// LaunchedCapacity asks for machines when they are needed, as everybody else
	// does on that day.
	LaunchedCapacity Capacity = "launched"
)

// Capacities lists every way to hold capacity, the surest first.
var Capacities = []Capacity{RunningCapacity, ReservedCapacity, LaunchedCapacity}

// defaultCapacity is what a tier holds that does not say.
func defaultCapacity(s Strategy) Capacity {
	switch s {
	case ActiveActive:
		return RunningCapacity
	case WarmStandby:
		return ReservedCapacity
	default:
		return LaunchedCapacity
	}
}

// decodeCapacity reads what a tier holds, or what its strategy holds by default.
func decodeCapacity(tier *object, strategy Strategy) Capacity {
	if tier.value("capacity") == nil {
		return defaultCapacity(strategy)
	}
	return choice(tier, "capacity", Capacities)
}

// checkHeldCapacity holds that a tier can start in the other home within its objective.
func checkHeldCapacity(c *checker) {
	launch := groupLaunch.resolve()
	for i, t := range c.sys.Tiers {
		path, label := fmt.Sprintf("tiers[%d].capacity", i), fmt.Sprintf("tier %q", t.Name)
		region, promised := t.Objectives[RegionLoss]
		switch {
		case t.Capacity == "" || t.Strategy == "":
		case t.Strategy == ActiveActive && t.Capacity != RunningCapacity:
			c.fault(path, "write running, or leave it out",
				"%s: capacity is %q, want %q: both homes of an active-active tier serve", label, t.Capacity, RunningCapacity)
		case t.Capacity == LaunchedCapacity && t.Critical && promised && region.RTO > 0 && region.RTO < launch.Least &&
			c.hasAgents(t.Name):
			c.fault(path, "write reserved or running, or allow "+span(launch.Least)+" or more",
				"%s: capacity is %q and rto for region is %s, but launching machines takes %s (%s, %s)", label, t.Capacity,
				span(region.RTO), span(launch.Least), launch.Timing, launch.Source)
		}
	}
}
