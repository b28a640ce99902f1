package system

import (
	"time"

	"redoubt/system/budget"
)

// Resilience is how requests to an agent are held, of a tier for all its agents.
// A field that is zero, or nil, is not said: the tier's holds for an agent, and
// DefaultResilience for a tier.
type Resilience struct {
	// Deadline is how long one request to the agent may take. Of an agent it is what
	// its callers wait for one try; one that does not say has as long as it needs. Of a tier it is
	// what none of its agents may exceed.
	Deadline time.Duration
	// Work is what the agent itself works on one request, without what it waits for.
	Work time.Duration
	// Retries is how often a call that did not reach the agent is tried again.
	Retries *int
	// Backoff is the base of the exponential wait before a retry.
	Backoff time.Duration
	// Connect is how long a try may take to connect.
	Connect time.Duration
	// EjectAfter is after how many failures in a row a caller leaves a replica out, EjectFor for how long at first.
	EjectAfter int
	EjectFor   time.Duration
	// AtOnce is how many requests one replica has in hand at once. Zero is what it
	// carries within its deadline: more could not be answered in time.
	AtOnce int
	// Without are the agent's callees without which it still answers: it goes on when a call of theirs fails or is late.
	// It is said of an agent, never of a tier.
	Without []string
}

// DefaultResilience is what holds where the file does not say. All of it is
// assumed: there is no measure of a system that is not running yet.
func DefaultResilience() Resilience {
	once := 1
	return Resilience{
		Deadline: time.Minute, Work: time.Second, Retries: &once, Backoff: 50 * time.Millisecond, Connect: time.Second,
		EjectAfter: 5, EjectFor: 30 * time.Second,
	}
}

// over gives r, and other's for what r does not say.
func (r Resilience) over(other Resilience) Resilience {
	if r.Deadline == 0 {
		r.Deadline = other.Deadline
	}
	if r.Work == 0 {
		r.Work = other.Work
	}
	if r.Retries == nil {
		r.Retries = other.Retries
	}
	if r.Backoff == 0 {
		r.Backoff = other.Backoff
	}
	if r.Connect == 0 {
		r.Connect = other.Connect
	}
	if r.EjectAfter == 0 {
		r.EjectAfter = other.EjectAfter
	}
	if r.EjectFor == 0 {
		r.EjectFor = other.EjectFor
	}
	if r.AtOnce == 0 {
		r.AtOnce = other.AtOnce
	}
	return r
}

// Resilience is what holds for requests to the agent: its own, its tier's, the default.
func (s *System) Resilience(a Agent) Resilience {
	tier, _ := s.Tier(a.Tier)
	return a.Resilience.over(tier.Resilience).over(DefaultResilience())
}

// How long a request may take that nobody waits for but the home itself.
const (
	// EntryDeadline is how long the load balancer lets a target that leaves finish its
	// requests; what takes longer goes through a queue. It is the one place of the figure.
	EntryDeadline = time.Minute
	// StepDeadline is how long a consumer that is told to end may still work on a message.
	StepDeadline = 2 * time.Minute
)

// Timeouts of a dependency that does not say, assumed.
const (
	modelTimeout = 10 * time.Second
	httpTimeout  = 5 * time.Second
)

// Patience is how long a call of the dependency may take.
func (d Dependency) Patience() time.Duration {
	switch {
	case d.Timeout > 0:
		return d.Timeout
	case d.Kind == ModelDependency:
		return modelTimeout
	default:
		return httpTimeout
	}
}

// Asks lists the dependencies that an agent calls: what it needs, and what
// answers instead. In the worst case it waits for each in turn.
func (s *System) Asks(a Agent) []string {
	var out []string
	seen := map[string]bool{}
	add := func(names []string) {
		for _, name := range names {
			if !seen[name] {
				seen[name], out = true, append(out, name)
			}
		}
	}
	add(a.Needs)
	for _, name := range a.Needs {
		d, _ := s.Dependency(name)
		add(d.Fallbacks)
	}
	return out
}

// Budgets adds up how long a request to each agent may take, along the calls.
// The faults are empty for a system that was parsed.
func (s *System) Budgets() (budget.Sheet, []budget.Fault) { return budget.Sum(s.Parties()) }

// Parties are the agents as those who answer requests, in the order of the file.
func (s *System) Parties() []budget.Party {
	var out []budget.Party
	for _, a := range s.Agents {
		r := s.Resilience(a)
		p := budget.Party{Name: a.Name, Work: r.Work, Deadline: a.Resilience.Deadline, Calls: a.Calls,
			Retry: budget.Retry{Times: *r.Retries, Connect: r.Connect, Backoff: r.Backoff}}
		p.Limit, p.Why = s.limit(a)
		for _, name := range s.Asks(a) {
			if d, has := s.Dependency(name); has {
				p.Outside = append(p.Outside, budget.Wait{Name: name, Total: d.Patience()})
			}
		}
		out = append(out, p)
	}
	return out
}

// limit is what a request to the agent may take at most, and who says so: its
// tier, unless the agent says otherwise, and what ends its replicas.
func (s *System) limit(a Agent) (time.Duration, string) {
	tier, _ := s.Tier(a.Tier)
	limit, why := tier.Resilience.over(DefaultResilience()).Deadline, "the deadline of tier "+a.Tier
	if a.Resilience.Deadline > 0 {
		limit, why = a.Resilience.Deadline, "its own deadline"
	}
	if a.Public && limit > EntryDeadline {
		limit, why = EntryDeadline, "what the load balancer lets a target finish that leaves"
	}
	if a.Consumes != "" && limit > StepDeadline {
		limit, why = StepDeadline, "what a consumer that leaves has to finish"
	}
	return limit, why
}

// decodeResilience reads how requests are held.
func decodeResilience(of *object) Resilience {
	n := of.value("resilience")
	if n == nil {
		return Resilience{}
	}
	o := of.src.object(of.join("resilience"), of.label+" resilience", n)
	defer o.close()
	r := Resilience{
		Deadline: o.duration("deadline"), Work: o.duration("work"), Backoff: o.duration("backoff"),
		Connect: o.duration("connect"), EjectAfter: o.number("ejectAfter"), EjectFor: o.duration("ejectFor"),
		AtOnce: o.number("atOnce"), Without: o.texts("without"),
	}
	if o.value("retries") != nil {
		n := o.number("retries")
		r.Retries = &n
	}
	return r
}
