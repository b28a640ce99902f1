//go:build apps && linux

package agents

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/dynamodb"
	"github.com/aws/aws-sdk-go-v2/service/dynamodb/types"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/measure"
	"redoubt/examples/agents"
	"redoubt/examples/agents/outside"
	"redoubt/internal/clock"
	"redoubt/system"
)

// fault is something that is broken for a while.
type fault struct {
	name string
	// run breaks it, holds what is to be seen, and mends it.
	run func(*run)
}

// run is the run of all faults.
type run struct {
	*testing.T
	*load
	// seen are sentences for the report, by fault.
	seen map[string][]string
}

var faults = []fault{
	{"nothing is broken", (*run).calm},
	{"the large model is slow", (*run).modelSlow},
	{"the large model fails", (*run).modelFails},
	{"the large model throttles", (*run).modelThrottles},
	{"PostgreSQL is killed, its replica promoted", (*run).databaseKilled},
	{"the cache is killed, its replica promoted", (*run).cacheKilled},
	{"the tool runner and a worker are killed in the middle", (*run).agentsKilled},
	{"the queue loses its messages", (*run).queueEmptied},
	{"the network to memory is slow", (*run).networkSlow},
	{"nothing is broken any more", (*run).calm},
}

// TestFaults_nothingIsLostAndNothingIsDoneTwice breaks one thing after the other while people ask and read: what is
// accepted is answered, no effect takes place twice, and who reads conversations notices nothing.
func TestFaults_nothingIsLostAndNothingIsDoneTwice(t *testing.T) {
	a := open(t, false, instances...)
	require.NoError(t, a.Together(t.Context()))
	a.wired(t, "gateway", "planner", "worker", "tool-runner", "memory")
	r := &run{T: t, seen: map[string][]string{}, load: newLoad(a, 400*time.Millisecond, 200*time.Millisecond)}
	end := r.begin(t, faults[0].name)
	for _, f := range faults {
		r.enter(f.name)
		f.run(r)
	}
	r.enter("the end")
	end()
	r.settle()
	r.judge()
	r.write()
}

// until waits until something is so, and notes how long that took.
func (r *run) until(what string, is func() bool) {
	r.Helper()
	began := now()
	require.Eventually(r, is, 40*time.Second, 50*time.Millisecond, what)
	r.say("%s after %.1f s", what, now().Sub(began).Seconds())
}

func (r *run) say(format string, args ...any) {
	phase := r.current()
	r.seen[phase] = append(r.seen[phase], fmt.Sprintf(format, args...))
}

func (r *run) wait(d time.Duration) { require.NoError(r, clock.Wall{}.Sleep(r.Context(), d)) }

func (r *run) model(b outside.Behaviour) { require.NoError(r, r.behave(r.Context(), "large-model", b)) }

// breaker is the state of an agent's breaker: 0 closed, 1 half-open, 2 open.
func (r *run) breaker(agent, callee string) int {
	return int(r.figure(r.Context(), agent, measure.BreakerState.Name, "callee", callee))
}

func (r *run) opens(agent, callee string) {
	r.Helper()
	what := fmt.Sprintf("the breaker of %s to %s opened", agent, callee)
	r.until(what, func() bool { return r.breaker(agent, callee) == 2 })
}

func (r *run) closes(agent, callee string) {
	r.Helper()
	what := fmt.Sprintf("the breaker of %s to %s closed", agent, callee)
	r.until(what, func() bool { return r.breaker(agent, callee) == 0 })
}

// planned is how a new question is planned now.
func (r *run) planned() string {
	var task agents.Task
	token := r.token()
	q := agents.Question{Conversation: "extra", Text: "how is this planned"}
	if err := ask(r.Context(), http.MethodPost, r.at("gateway")+"/questions", token, q, &task); err != nil {
		return err.Error()
	}
	r.accept(token)
	return task.Plan
}

func (r *run) plans(want string) {
	r.Helper()
	r.until(fmt.Sprintf("questions were planned %q", want), func() bool { return r.planned() == want })
}

func (r *run) calm() { r.wait(4 * time.Second) }

func (r *run) modelSlow() {
	r.model(outside.Slow)
	r.opens("planner", "large-model")
	r.plans("deep by small-model")
	r.wait(2 * time.Second)
	r.model(outside.Well)
	r.closes("planner", "large-model")
	r.plans("deep by large-model")
}

// modelFails also lowers the level of the agents, as a plan for the loss of a dependency does, and raises it again.
func (r *run) modelFails() {
	r.model(outside.Failing)
	r.opens("planner", "large-model")
	r.opens("worker", "large-model")
	r.lower(map[string]system.Level{"planner": system.Reduced, "worker": system.Reduced}, 1)
	r.plans("shallow by small-model")
	r.until("nobody asked the large model for 4 s", func() bool { // longer than a breaker stays open
		r.model(outside.Failing) // it counts from zero
		r.wait(4 * time.Second)
		var state outside.State
		err := ask(r.Context(), http.MethodGet, r.at("large-model")+"/behaviour", "", nil, &state)
		return err == nil && state.Asked == 0
	})
	r.lower(map[string]system.Level{"planner": system.Essential, "worker": system.Reduced}, 2)
	r.plans("fixed")
	r.model(outside.Well)
	r.lower(nil, 0)
	r.plans("deep by large-model")
	r.closes("planner", "large-model")
	r.closes("worker", "large-model")
}

func (r *run) lower(at map[string]system.Level, level int) {
	r.Helper()
	require.NoError(r, r.level(at))
	r.until(fmt.Sprintf("the planner worked at level %s", system.Levels[level]), func() bool {
		return int(r.figure(r.Context(), "planner", measure.Level.Name, "agent", "planner")) == level
	})
}

// modelThrottles does not open the breaker: the model is there. The fallback answers what a retry does not.
func (r *run) modelThrottles() {
	before := r.figure(r.Context(), "planner", measure.Fallbacks.Name, "callee", "large-model", "outcome", "ok")
	r.model(outside.Throttling)
	r.until("the small model answered instead", func() bool {
		return r.figure(r.Context(), "planner", measure.Fallbacks.Name, "callee", "large-model", "outcome", "ok") > before
	})
	r.wait(4 * time.Second)
	assert.Zero(r, r.breaker("planner", "large-model"), "throttling opens no breaker")
	r.model(outside.Well)
	r.plans("deep by large-model")
}

func (r *run) databaseKilled() {
	require.NoError(r, r.LoseDatabase())
	r.wait(3 * time.Second)
	require.NoError(r, r.PromoteDatabase(r.Context()))
	r.plans("deep by large-model")
}

func (r *run) cacheKilled() {
	from := func(who string) func() float64 {
		return func() float64 { return r.figure(r.Context(), "memory", measure.Sessions.Name, "from", who) }
	}
	require.NoError(r, r.LoseCache())
	r.more("memory did without the cache", from("no cache"))
	r.more("memory answered from PostgreSQL", from("source"))
	r.wait(3 * time.Second)
	require.NoError(r, r.PromoteCache(r.Context()))
	r.more("memory answered from the cache", from("cache"))
}

// more waits until a figure has grown.
func (r *run) more(what string, figure func() float64) {
	r.Helper()
	before := figure()
	r.until(what, func() bool { return figure() > before })
}

// settle waits until every accepted question is answered.
func (r *run) settle() {
	var left []string
	var err error
	began := now()
	require.Eventually(r, func() bool {
		left, err = r.unanswered(r.Context())
		return len(left) == 0
	}, 90*time.Second, time.Second)
	require.Empty(r, left, "accepted, and never answered: %v", err)
	r.say("all %d accepted questions were answered %.1f s after the last was asked", len(r.accepted),
		now().Sub(began).Seconds())
}

// judge holds the figures of all phases to their bounds, and the effects to the truth outside.
func (r *run) judge() {
	for _, f := range faults {
		s := r.samples[f.name]
		assert.NotEmpty(r, s.asked, "%s: questions are accepted", f.name)
		assert.LessOrEqual(r, s.failedShare(), mostFailed, "%s: reads of conversations that failed", f.name)
		assert.LessOrEqual(r, of(s.read, 0.95), 1500*time.Millisecond, "%s: 95 of 100 reads", f.name)
	}
	effects := r.effects()
	for _, token := range r.accepted {
		assert.Positive(r, effects["task/"+token+"/tool"], "%s has its effect", token)
	}
	for token, n := range effects { // also of questions whose acceptance nobody heard any more
		assert.Equal(r, 1, n, "effects of %s", token)
	}
	r.say("each had its one effect")
}

// effects counts what the tools did, by token.
func (r *run) effects() map[string]int {
	out := map[string]int{}
	pages := dynamodb.NewScanPaginator(dynamodb.NewFromConfig(r.Pair.Config(system.Primary)),
		&dynamodb.ScanInput{TableName: &r.config.Effects})
	for pages.HasMorePages() {
		page, err := pages.NextPage(r.Context())
		require.NoError(r, err)
		for _, item := range page.Items {
			out[item["token"].(*types.AttributeValueMemberS).Value]++
		}
	}
	return out
}
