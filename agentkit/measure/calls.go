package measure

// What agentkit/call tells. A callee is named as in system.yaml: an agent or a
// dependency.
var (
	Calls = Instrument{Name: "agentkit.calls", Kind: Counter, Unit: "{call}", By: []string{"callee", "outcome"},
		What: "calls that ended, by what came of them: ok, fallback, status, transport, slow, open, full, deadline or canceled"}
	CallDuration = Instrument{Name: "agentkit.call.duration", Kind: Histogram, Unit: "s",
		By:   []string{"callee", "outcome"},
		What: "time from the call to the head of its answer, with all attempts and waits"}
	Attempts = Instrument{Name: "agentkit.attempts", Kind: Counter, Unit: "{attempt}", By: []string{"callee"},
		What: "requests that were sent: first attempts, retries and hedges"}
	Retries = Instrument{Name: "agentkit.retries", Kind: Counter, Unit: "{attempt}", By: []string{"callee", "reason"},
		What: "retries, by what the attempt before ended in: status, transport or slow"}
	RetriesRefused = Instrument{Name: "agentkit.retries.refused", Kind: Counter, Unit: "{call}",
		By: []string{"callee", "reason"},
		What: "failed calls that were not tried again though attempts were left: unsafe (no token), " +
			"share (the retry budget is spent) or deadline"}
	BreakerState = Instrument{Name: "agentkit.breaker.state", Kind: Gauge, Unit: "1", By: []string{"callee"},
		What: "state of the circuit breaker: 0 closed, 1 half-open, 2 open"}
	BulkheadUsed = Instrument{Name: "agentkit.bulkhead.used", Kind: UpDownCounter, Unit: "{call}", By: []string{"callee"},
		What: "attempts that hold a place in the bulkhead now, until their answer is read"}
	BulkheadLimit = Instrument{Name: "agentkit.bulkhead.limit", Kind: Gauge, Unit: "{call}", By: []string{"callee"},
		What: "places that the bulkhead has"}
	Hedges = Instrument{Name: "agentkit.hedges", Kind: Counter, Unit: "{attempt}", By: []string{"callee"},
		What: "second requests for a read that was slow"}
	Fallbacks = Instrument{Name: "agentkit.fallbacks", Kind: Counter, Unit: "{call}", By: []string{"callee", "outcome"},
		What: "calls that the fallback was asked to answer: ok or failed"}
)

var calls = []Instrument{
	Calls, CallDuration, Attempts, Retries, RetriesRefused, BreakerState, BulkheadUsed, BulkheadLimit, Hedges, Fallbacks,
}
