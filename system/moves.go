package system

import "slices"

// Writes reports whether the agent changes a store, or takes work from one.
func (a Agent) Writes() bool {
	return a.Consumes != "" || slices.ContainsFunc(a.Stores, func(u Use) bool { return u.Write })
}

// Leased reports whether the agent may write only while its home is the active one: it writes, and its tier serves in one
// home at a time. With an arbiter it asks for the lease of the active home (docs/arbiter.md).
func (s *System) Leased(a Agent) bool {
	t, _ := s.Tier(a.Tier)
	return a.Writes() && t.Strategy != ActiveActive
}
