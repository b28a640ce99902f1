// Package drill breaks a system on purpose and measures what its recovery is worth: steady state first,
// then the fault, what observers make of it, the plan, the run, and the witness's word on every store and tier.
package drill

import (
	"time"

	"redoubt/recovery/plan"
	"redoubt/system"
	"redoubt/witness"
)

// Report is what a drill found. Every time in it is of the place where the drill was: virtual on the simulated regions.
type Report struct {
	System string `json:"system"`
	// Scenario is the name of the scenario's file, Title its one line.
	Scenario string `json:"scenario"`
	Title    string `json:"title"`
	// About is the store that the scenario is about, if it is about one.
	About string `json:"about,omitempty"`
	// Disruption says which objectives count.
	Disruption system.Disruption `json:"disruption"`
	// Kind is that of every figure.
	Kind witness.Kind `json:"kind"`
	// Seed makes the same drill again, where the place draws its durations.
	Seed uint64 `json:"seed"`
	// Active is the home that served before; Receiving the one that serves after.
	Active    system.Home `json:"active"`
	Receiving system.Home `json:"receiving"`
	// Regions says where each home lives, for people who think in regions.
	Regions map[system.Home]string `json:"regions,omitempty"`
	// Lost is when the fault began.
	Lost time.Time `json:"lost"`
	// Found says what was found, and why.
	Found string `json:"found"`
	// Phases follow each other from the beginning of the drill to its end.
	Phases []Phase `json:"phases"`
	// Moments are what was done to the system from outside: faults, and what heals them.
	Moments []Moment `json:"moments"`
	// Plan is what was run, and how that ended.
	Plan Plan `json:"plan"`
	// Tiers and Stores are in the order of the system's file.
	Tiers  []Tier  `json:"tiers"`
	Stores []Store `json:"stores"`
	// Decision is how long a person takes to decide, which is no part of any RTO here.
	Decision Decision `json:"decision"`
	// Wrong are all reasons why the drill failed; none when it passed.
	Wrong []string `json:"wrong"`
	// Unseen is what nobody could see there, so that it is not judged; empty on the simulated regions.
	Unseen []string `json:"unseen,omitempty"`
	// Accepted says why it is known that objectives may be missed here; empty where they must be met.
	Accepted string `json:"accepted,omitempty"`
	// Failed is true when something else went wrong than a missed objective, which nothing makes good.
	Failed bool `json:"failed,omitempty"`
	// Next are the commands that a person would say next, the likeliest first.
	Next []Next `json:"next,omitempty"`
	// Failback is the way back, when that was asked for.
	Failback *Report `json:"failback,omitempty"`
}

// Met reports whether nothing went wrong and every objective was met.
func (r Report) Met() bool { return len(r.Wrong) == 0 }

// Held reports whether all held that the scenario expects, the way back aside.
func (r Report) Held() bool { return r.Met() || r.Accepted != "" && !r.Failed }

// Passed reports whether all held that the scenario expects, on the way back, too.
func (r Report) Passed() bool { return r.Held() && (r.Failback == nil || r.Failback.Passed()) }

// Next is a command and what it is good for.
type Next struct {
	Why     string `json:"why"`
	Command string `json:"command"`
}

// Phase is a stretch of the drill: steady, noticing, recovering, settling.
type Phase struct {
	Name string    `json:"name"`
	From time.Time `json:"from"`
	To   time.Time `json:"to"`
}

// Moment is a line of the fault language and when it was said.
type Moment struct {
	At   time.Time `json:"at"`
	Line string    `json:"line"`
}

// Decision is the time that a person takes: a line of its own.
type Decision struct {
	P50 plan.Duration `json:"p50"`
	P95 plan.Duration `json:"p95"`
	// Source says where the figures are from, or that they are assumed.
	Source string `json:"source"`
}

// Plan is a plan that was run.
type Plan struct {
	Title   string `json:"title"`
	Hash    string `json:"hash"`
	Outcome string `json:"outcome"`
	Why     string `json:"why,omitempty"`
	// Aside are the gates that were set aside, and the reason for it.
	Aside map[string]string `json:"aside,omitempty"`
	Steps []Step            `json:"steps"`
}

// Step is one step as it was done.
type Step struct {
	ID      string       `json:"id"`
	Title   string       `json:"title"`
	Role    plan.Role    `json:"role"`
	Subject plan.Subject `json:"subject"`
	Needs   []string     `json:"needs,omitempty"`
	Began   time.Time    `json:"began"`
	Ended   time.Time    `json:"ended"`
	Outcome string       `json:"outcome"`
	Why     string       `json:"why,omitempty"`
	// OnFailure is what a failure meant for the rest: a fence of a lost region fails and stops nothing.
	OnFailure plan.OnFailure `json:"onFailure,omitempty"`
	// Critical steps are those that decided when the system was recovered.
	Critical bool `json:"critical"`
}

// Tier is what users of a tier saw.
type Tier struct {
	Name     string `json:"name"`
	Critical bool   `json:"critical"`
	Strategy string `json:"strategy"`
	// RTO and RPO are the objectives.
	RTO plan.Duration `json:"rto"`
	RPO plan.Duration `json:"rpo"`
	// Took is the time from the first refused request to the first that was accepted and is not refused again.
	Took witness.Figure `json:"took"`
	// Lost is the worst of the tier's stores.
	Lost witness.Figure `json:"lost"`
	// Outages are the times in which requests were refused.
	Outages []witness.Outage `json:"outages,omitempty"`
	// Missed says which objective was missed, and by what; empty when both were met.
	Missed []string `json:"missed,omitempty"`
}

// Store is what became of the marks of a store.
type Store struct {
	Name string           `json:"name"`
	Kind system.StoreKind `json:"kind"`
	Tier string           `json:"tier"`
	// Rebuilt names the store that a cache is rebuilt from, which therefore promises nothing itself.
	Rebuilt string `json:"rebuilt,omitempty"`
	// Objective is the tier's RPO.
	Objective plan.Duration `json:"objective"`
	Loss      witness.Loss  `json:"loss"`
	// Spans are the stretches in which marks were acknowledged, and where.
	Spans []Span `json:"spans,omitempty"`
	// Missed says why the objective was missed.
	Missed string `json:"missed,omitempty"`
}

// Span is a stretch in which a store acknowledged marks in a home. Lost are those of them that were not found again.
type Span struct {
	From  time.Time   `json:"from"`
	To    time.Time   `json:"to"`
	Home  system.Home `json:"home"`
	Marks int64       `json:"marks"`
	Lost  int64       `json:"lost"`
	// TwoWriters is true where the other home took writes at the same time, of a store that has one writer.
	TwoWriters bool `json:"twoWriters,omitempty"`
}
