package measure

// What the packages that stand on stores tell.
var (
	Tokens = Instrument{Name: "agentkit.tokens", Kind: Counter, Unit: "{call}", By: []string{"outcome"},
		What: "calls of an effect by token: done, again (after a claim that ended), replayed, busy, superseded or failed"}
	Locks = Instrument{Name: "agentkit.locks", Kind: Counter, Unit: "{attempt}", By: []string{"outcome"},
		What: "locks that were asked for: taken, held (by another) or failed; and those that were lost while they were held"}
)

var stores = []Instrument{Tokens, Locks}
