package measure

// What the packages that stand on stores tell.
var (
	Tokens = Instrument{Name: "agentkit.tokens", Kind: Counter, Unit: "{call}", By: []string{"outcome"},
		What: "calls of an effect by token: done, again (after a claim that ended), replayed, busy, superseded or failed"}
	Locks = Instrument{Name: "agentkit.locks", Kind: Counter, Unit: "{attempt}", By: []string{"outcome"},
		What: "locks that were asked for: taken, held (by another) or failed; and those that were lost while they were held"}
	MayWrite = Instrument{Name: "agentkit.may.write", Kind: Gauge, Unit: "1", By: []string{"home"},
		What: "1 while the process may write because its home is the active one, 0 while it may not"}
	HomeLease = Instrument{Name: "agentkit.home.lease", Kind: Counter, Unit: "{attempt}", By: []string{"outcome"},
		What: "what a keeper did with the lease of the active home: taken, renewed, let go, lost or failed"}
)

var stores = []Instrument{Tokens, Locks, MayWrite, HomeLease}
