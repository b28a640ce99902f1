package watch

import (
	"fmt"
	"time"

	"redoubt/system"
)

// agents watches each agent: enough of it is ready, in enough zones, and those that users reach answer.
func (b *builder) agents() {
	for _, a := range b.sys.Agents {
		b.ready(a)
		if a.Public {
			b.answers(a, b.home)
			b.requests(a)
		}
	}
}

func (b *builder) pods(a system.Agent) string {
	return "kubectl -n " + b.sys.Name + " get pods -l app.kubernetes.io/name=" + a.Name + " -o wide"
}

func (b *builder) ready(a system.Agent) {
	base := Alarm{
		Severity: b.severity(a.Tier), Tier: a.Tier, Agent: a.Name, Period: time.Minute, Periods: 5, Datapoints: 4,
		Comparison: Below, Missing: Breaching, MissingWhy: whySilence, Command: b.pods(a),
	}
	share := base
	share.Part, share.Concern, share.Threshold, share.Unit = a.Name+"-ready", Readiness, 0.5, "share of wanted replicas"
	share.Title = fmt.Sprintf("Less than half of agent %s is ready", a.Name)
	share.Queries = one(b.probed(ReadyShare, string(b.home), a.Name), "Minimum")
	share.Cause = "its pods crash, cannot be placed, or its image does not come"
	b.timed(0, settles, share)
	zones := base
	zones.Part, zones.Concern, zones.Severity, zones.Threshold, zones.Unit = a.Name+"-zones", Zones, Ticket, 2, "zones"
	zones.Title = fmt.Sprintf("Agent %s is ready in fewer than two zones", a.Name)
	zones.Queries = one(b.probed(ReadyZones, string(b.home), a.Name), "Minimum")
	zones.Cause = "a zone is lost or has no room, and another one is about to be missed"
	b.timed(0, settles, zones)
}

// answers watches that a public agent answers at a home's load balancer, seen from here.
func (b *builder) answers(a system.Agent, home system.Home) {
	part, side := a.Name+"-answers", "its own home"
	if home != b.home {
		part, side = a.Name+"-answers-"+string(home), "the other home"
	}
	b.timed(0, settles, Alarm{
		Part: part, About: home, Concern: Entry, Severity: b.severity(a.Tier), Tier: a.Tier, Agent: a.Name,
		Title:   fmt.Sprintf("Agent %s does not answer in the %s home, seen from %s", a.Name, home, side),
		Queries: one(b.probed(Answers, string(home), string(b.home), a.Name), "Average"), Comparison: Below, Threshold: 0.5,
		Unit: "share of tries", Period: time.Minute, Periods: 3, Datapoints: 2,
		Missing: Breaching, MissingWhy: whySilence,
		Cause:   "the agent is not ready, the load balancer's targets are out, or the home is lost",
		Command: "redoubt status --on aws",
	})
}

// requests watches what the load balancer counts of an agent. Calls between agents stay in the mesh, which CloudWatch
// does not see.
func (b *builder) requests(a system.Agent) {
	group := b.here.TargetGroups[a.Name]
	if group == "" {
		return
	}
	of := func(id, name, statistic string) Query {
		return Query{ID: id, Statistic: statistic, Metric: Metric{"AWS/ApplicationELB", name,
			dims("LoadBalancer", b.here.LoadBalancer, "TargetGroup", group)}}
	}
	base := Alarm{
		Severity: b.severity(a.Tier), Tier: a.Tier, Agent: a.Name, Comparison: Above, Period: time.Minute, Periods: 5,
		Datapoints: 4, Missing: NotBreaching, MissingWhy: whyEvents, Command: b.pods(a),
	}
	errors := base
	errors.Part, errors.Concern, errors.Threshold, errors.Unit = a.Name+"-errors", Errors, 5, "% of requests"
	errors.Title = fmt.Sprintf("Agent %s fails more than one request in twenty", a.Name)
	errors.Queries = []Query{of("m1", "HTTPCode_Target_5XX_Count", "Sum"), of("m2", "RequestCount", "Sum"),
		{ID: "e1", Expression: "100*FILL(m1,0)/m2"}}
	errors.Cause = "the agent, or something that it calls, fails"
	b.timed(0, settles, errors)
	slow := base
	slow.Part, slow.Concern, slow.Unit, slow.Severity = a.Name+"-slow", Latency, "seconds", Ticket
	slow.Threshold = b.patience(a).Seconds()
	slow.Title = fmt.Sprintf("Requests to agent %s take as long as its deadline", a.Name)
	slow.Queries = []Query{of("m1", "TargetResponseTime", "p99")}
	slow.Cause = "too few replicas for the load, or a store or service that it waits for is slow"
	b.timed(0, settles, slow)
}

// patience is how long a request to the agent may take.
func (b *builder) patience(a system.Agent) time.Duration {
	for _, d := range []time.Duration{a.Resilience.Deadline, b.tier(a.Tier).Resilience.Deadline} {
		if d > 0 {
			return d
		}
	}
	return 30 * time.Second
}
