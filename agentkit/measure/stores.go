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
	Work = Instrument{Name: "agentkit.work", Kind: Counter, Unit: "{work}", By: []string{"outcome"},
		What: "work in the ledger: accepted, again (a token that was accepted before), unsent (accepted, its message was not sent), resent, refused, done or dead"}
	Consumed = Instrument{Name: "agentkit.consumed", Kind: Counter, Unit: "{message}", By: []string{"outcome"},
		What: "messages by what became of them: done, done before, failed, given back, left (for later), handed on, unmarked, dead or unburied; and polls with no answer"}
	WorkDuration = Instrument{Name: "agentkit.work.duration", Kind: Histogram, Unit: "s", By: []string{"outcome"},
		What: "time that a handler took for one message: ok or failed"}
	Paused = Instrument{Name: "agentkit.consumer.paused", Kind: Counter, Unit: "s", By: []string{"reason"},
		What: "seconds in which a consumer received nothing because it was told so: home or zone"}
	Sessions = Instrument{Name: "agentkit.sessions", Kind: Counter, Unit: "{answer}", By: []string{"from"},
		What: "sessions that were asked for, by what answered: cache, source, stale (the cache, for the source does not answer), none or failed; and times the cache did not answer"}
	Steps = Instrument{Name: "agentkit.steps", Kind: Counter, Unit: "{step}", By: []string{"plan", "outcome"},
		What: "steps of long jobs: done, found (recorded before) or failed"}
)

var stores = []Instrument{Tokens, Locks, MayWrite, HomeLease, Work, Consumed, WorkDuration, Paused, Sessions, Steps}
