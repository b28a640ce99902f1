// Package recovery runs the planner's plans on both homes of the example, in
// the simulator: each scenario ends where it should, whatever goes wrong on the way.
package recovery
