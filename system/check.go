package system

import (
	"fmt"
	"slices"
	"strings"

	"redoubt/internal/nearest"
)

// rules are everything that a system must satisfy beyond having been read.
// Each looks at one thing and reports all it finds.
var rules = []func(*checker){
	checkSystemName,
	checkDomain,
	checkNames,
	checkTaken,
	checkTierObjectives,
	checkRecoveryPoints,
	checkRecoveryTimes,
	checkHeldCapacity,
	checkStoreTiers,
	checkStoreSizes,
	checkStoreOptions,
	checkQueues,
	checkPointInTime,
	checkBackups,
	checkBackupOrder,
	checkColdStorage,
	checkLock,
	checkDependencies,
	checkAgentTiers,
	checkImages,
	checkCapacity,
	checkResources,
	checkVolumes,
	checkPorts,
	checkEntry,
	checkUses,
	checkSingleWriters,
	checkCalls,
	checkNeeds,
	checkConsumes,
	checkDegradation,
	checkResilience,
	checkBudgets,
}

// check runs every rule.
func check(sys *System, src *source) {
	if src.broken[""] {
		return // the file is no mapping: nothing more can be said
	}
	c := &checker{sys: sys, src: src}
	for _, rule := range rules {
		rule(c)
	}
}

// checker is what a rule sees: the system, and a way to point into the file.
type checker struct {
	sys *System
	src *source
}

// fault records a fault at the value with this path. It says nothing when
// that value, or what holds it, could not be read: that was reported already.
func (c *checker) fault(path, hint, format string, args ...any) {
	if c.unread(path) {
		return
	}
	c.src.fault(c.place(path), hint, fmt.Sprintf(format, args...))
}

// unread reports whether the value at path, or one around it, is broken.
func (c *checker) unread(path string) bool {
	for p := path; ; p = parent(p) {
		if c.src.broken[p] {
			return true
		}
		if p == "" {
			return false
		}
	}
}

// place is where the value with this path stands, or the nearest thing
// around it that is in the file.
func (c *checker) place(path string) place {
	for p := path; ; p = parent(p) {
		if at, has := c.src.at[p]; has {
			return at
		}
	}
}

// parent cuts the last part off a path: a.b[1] is in a.b, and that in a.
func parent(path string) string {
	return path[:max(strings.LastIndexAny(path, ".["), 0)]
}

// has reports whether the file holds a value at path.
func (c *checker) has(path string) bool {
	_, has := c.src.at[path]
	return has
}

// names returns the names of all items of one list.
func names[T any](all []T, name func(T) string) []string {
	out := make([]string, len(all))
	for i, v := range all {
		out[i] = name(v)
	}
	return out
}

// namesOf returns the declared names of one kind of thing.
func (c *checker) namesOf(noun string) []string {
	switch noun {
	case "tier":
		return names(c.sys.Tiers, func(t Tier) string { return t.Name })
	case "store":
		return names(c.sys.Stores, func(s Store) string { return s.Name })
	case "dependency":
		return names(c.sys.Dependencies, func(d Dependency) string { return d.Name })
	default:
		return names(c.sys.Agents, func(a Agent) string { return a.Name })
	}
}

// refer reports a reference that leads nowhere. When one of the known names
// could not be read it says nothing, because that may be the one meant.
func (c *checker) refer(path, from, noun, name string) {
	list := map[string]string{"tier": "tiers", "store": "stores", "dependency": "dependencies", "agent": "agents"}[noun]
	known := c.namesOf(noun)
	if slices.Contains(known, name) || slices.Contains(known, "") || c.src.broken[list] {
		return
	}
	c.fault(path, nearest.Hint(name, known), "%s names %s %q, which is not declared", from, noun, name)
}

// twice reports names that stand more than once in one list of references.
func (c *checker) twice(path, from, what string, list []string) {
	for i, name := range list {
		if slices.Contains(list[:i], name) {
			c.fault(fmt.Sprintf("%s[%d]", path, i), "keep one of them", "%s %s %q twice", from, what, name)
		}
	}
}
