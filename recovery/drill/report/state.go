package report

import (
	"fmt"

	"redoubt/recovery/drill"
)

// state is the verdict on a drill.
type state string

// The three verdicts.
const (
	passed state = "passed"
	failed state = "failed"
	// known is a drill that missed objectives which it is known to miss: its scenario says why.
	known state = "known"
)

func stateOf(r drill.Report) state {
	switch {
	case !r.Passed():
		return failed
	case !r.Met() || r.Failback != nil && stateOf(*r.Failback) == known:
		return known
	}
	return passed
}

// Word is the verdict where it stands first.
func (s state) Word() string {
	return map[state]string{passed: "Passed", failed: "Failed", known: "Passed, with a known miss"}[s]
}

// Short is the verdict in a table.
func (s state) Short() string {
	return map[state]string{passed: "passed", failed: "failed", known: "known miss"}[s]
}

// tally says how many drills ended how, and the verdict on all of them.
func tally(all []drill.Report) (string, state) {
	n := map[state]int{}
	for _, r := range all {
		n[stateOf(r)]++
	}
	drills := plural(len(all), "drill", "drills")
	switch {
	case len(all) == 0:
		return "There was no drill.", passed
	case n[passed] == len(all):
		return drills + ", each of which met every objective.", passed
	}
	var parts []string
	for _, one := range []struct {
		state
		words string
	}{{passed, "passed"}, {known, "passed with a known miss"}, {failed, "failed"}} {
		if n[one.state] > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", n[one.state], one.words))
		}
	}
	verdict := known
	if n[failed] > 0 {
		verdict = failed
	}
	return fmt.Sprintf("%s: %s.", drills, list(parts)), verdict
}

// accepted says why misses are known, of a drill and its way back.
func accepted(r drill.Report) []string {
	var out []string
	if !r.Met() && r.Accepted != "" {
		out = append(out, r.Accepted)
	}
	if r.Failback != nil {
		out = append(out, accepted(*r.Failback)...)
	}
	return distinct(out)
}
