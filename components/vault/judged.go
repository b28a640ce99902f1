package vault

import "redoubt/system"

// Judged is what can be held against the plans of some stores by somebody who
// does not know them: the audit.
type Judged struct {
	// EveryDays is the frequency that one rule of each plan keeps, and KeptDays
	// how long that rule keeps its backups at least.
	EveryDays, KeptDays int
	// ShortestDays is the shortest retention of any rule.
	ShortestDays int
}

// every is the days between two backups of a rule, at least one.
var every = map[string]int{continuousName: 1, hourlyName: 1, dailyName: 1, weeklyName: 7, monthlyName: 31}

// Judge finds the finest frequency that every store keeps.
func Judge(stores []system.Store) Judged {
	out := Judged{ShortestDays: lockMax}
	for _, st := range stores {
		for _, r := range (&Args{}).rules(st) {
			out.ShortestDays = min(out.ShortestDays, r.days)
		}
	}
	for _, days := range []int{1, 7, 31} {
		if kept := keptAtLeast(stores, days); kept > 0 {
			out.EveryDays, out.KeptDays = days, kept
			return out
		}
	}
	return out
}

// keptAtLeast is how long each store keeps backups of a frequency, of the
// store that keeps them shortest; zero when one has none.
func keptAtLeast(stores []system.Store, days int) int {
	least := lockMax
	for _, st := range stores {
		longest := 0
		for _, r := range (&Args{}).rules(st) {
			if every[r.name] <= days {
				longest = max(longest, r.days)
			}
		}
		least = min(least, longest)
	}
	return least
}
