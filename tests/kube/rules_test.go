//go:build apps

package kube

import (
	"errors"
	"fmt"
	"time"

	"testing"

	"github.com/stretchr/testify/assert"

	"redoubt/system"
)

// The rules of the loss of a zone, by which a test fails.
const (
	carries = "critical agents carry their declared load"
	inFull  = "every agent runs in full again"
	next    = "critical agents would carry it after the next loss, too"
)

// needed is how many replicas carry the declared load of an agent.
func needed(a system.Agent) int {
	return int((a.Load + a.PerReplica - 1) / a.PerReplica)
}

// short names the critical agents that could not carry their declared load at a time.
func short(sys *system.System, s sample) error {
	var errs []error
	for _, a := range sys.Agents {
		tier, _ := sys.Tier(a.Tier)
		if n := s.agents[a.Name]; tier.Critical && n.ready < needed(a) {
			errs = append(errs, fmt.Errorf("%s: %s after %s, agent %s has %d replicas ready, its load of %v needs %d",
				carries, s.stage, s.at.Round(time.Second), a.Name, n.ready, a.Load, needed(a)))
		}
	}
	return errors.Join(errs...)
}

// full reports whether every agent has all that it wants, and nothing waits.
func full(sys *system.System, s sample) bool { return missing(sys, s) == nil }

// missing names the agents that have not what they want.
func missing(sys *system.System, s sample) error {
	var errs []error
	for _, a := range sys.Agents {
		if n := s.agents[a.Name]; n.wanted == 0 || n.ready < n.wanted || n.pending > 0 {
			errs = append(errs, fmt.Errorf("%s: %s after %s, agent %s has %d of %d replicas, %d wait for room",
				inFull, s.stage, s.at.Round(time.Second), a.Name, n.ready, n.wanted, n.pending))
		}
	}
	return errors.Join(errs...)
}

// exposed names the critical agents that could not carry their declared load if one
// more of the zones were lost.
func exposed(sys *system.System, s sample, zones []string) error {
	var errs []error
	for _, a := range sys.Agents {
		tier, _ := sys.Tier(a.Tier)
		for _, zone := range zones {
			n := s.agents[a.Name]
			if left := n.ready - n.zones[zone]; tier.Critical && left < needed(a) {
				errs = append(errs, fmt.Errorf("%s: %s, agent %s has %d replicas outside of zone %s, its load of %v needs %d: %v",
					next, s.stage, a.Name, left, zone, a.Load, needed(a), n.zones))
			}
		}
	}
	return errors.Join(errs...)
}

// TestRules_nameWhatIsBroken breaks each rule by a number.
func TestRules_nameWhatIsBroken(t *testing.T) {
	t.Parallel()
	sys := &system.System{Tiers: []system.Tier{{Name: "core", Critical: true}, {Name: "rest"}}, Agents: []system.Agent{
		{Name: "gateway", Tier: "core", Load: 900, PerReplica: 150}, {Name: "archivist", Tier: "rest", Load: 9, PerReplica: 1}}}
	at := func(gateway, archivist counts) sample {
		return sample{"a loss", time.Minute, map[string]counts{"gateway": gateway, "archivist": archivist}}
	}
	zones := []string{"a", "b", "c"}
	even := map[string]int{"a": 3, "b": 3, "c": 3}
	good := at(counts{wanted: 9, ready: 9, zones: even}, counts{wanted: 1, ready: 1})
	assert.NoError(t, errors.Join(short(sys, good), missing(sys, good), exposed(sys, good, zones)))
	assert.EqualError(t, short(sys, at(counts{wanted: 9, ready: 5}, counts{})),
		carries+": a loss after 1m0s, agent gateway has 5 replicas ready, its load of 900 needs 6")
	assert.EqualError(t, missing(sys, at(counts{wanted: 9, ready: 6, pending: 3}, counts{wanted: 1, ready: 1})),
		inFull+": a loss after 1m0s, agent gateway has 6 of 9 replicas, 3 wait for room")
	assert.ErrorContains(t, missing(sys, at(counts{wanted: 9, ready: 9}, counts{wanted: 1, ready: 1, pending: 1})), "archivist")
	assert.ErrorContains(t, missing(sys, at(counts{}, counts{wanted: 1, ready: 1})), "gateway has 0 of 0", "nothing is wanted")
	assert.ErrorContains(t, exposed(sys, at(counts{wanted: 9, ready: 9, zones: map[string]int{"b": 4, "c": 5}}, counts{}), zones),
		next+": a loss, agent gateway has 5 replicas outside of zone b")
}
