//go:build apps && linux

package agents

import (
	"slices"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"redoubt/agentkit/measure"
	"redoubt/examples/agents/outside"
	"redoubt/system"
)

// agentsKilled makes the search slow first, so that the tool runner is killed in the middle of an effect, and a worker, which
// waits for it, in the middle of a task.
func (r *run) agentsKilled() {
	require.NoError(r, r.behave(r.Context(), "web-search", outside.Slow))
	r.until("the tool runner and both workers stood in the middle", func() bool {
		// More tasks than one worker has in hand, and more searches than may be under way that were not slow yet.
		return len(r.halfDone()) > 4 &&
			r.figure(r.Context(), "tool-runner", measure.BulkheadUsed.Name, "callee", "web-search") > 2
	})
	require.NoError(r, r.programs["tool-runner"].Kill())
	require.NoError(r, r.programs["worker"].Kill())
	were := r.halfDone()
	r.say("%d tasks were in the middle when a worker and the tool runner were killed", len(were))
	require.NoError(r, r.behave(r.Context(), "web-search", outside.Well))
	require.NoError(r, r.start(r.Context(), "tool-runner"))
	require.NoError(r, r.start(r.Context(), "worker"))
	r.until("claims of the dead tool runner were taken over", func() bool {
		return r.figure(r.Context(), "tool-runner", measure.Tokens.Name, "outcome", "again") > 0
	})
	r.until("these tasks were answered", func() bool { return !r.stillHalfDone(were) })
}

// stillHalfDone tells whether any of these tasks has no answer yet.
func (r *run) stillHalfDone(were []string) bool {
	still := r.halfDone()
	return slices.ContainsFunc(were, func(token string) bool { return slices.Contains(still, token) })
}

// queueEmptied loses every message of the queue, as a region that is lost does, also those that the workers have in hand:
// the search is slow, so they have some. The ledger still has the work, and the scheduler sends it again.
func (r *run) queueEmptied() {
	resent := func() float64 { return r.figure(r.Context(), "scheduler", measure.Work.Name, "outcome", "resent") }
	require.NoError(r, r.behave(r.Context(), "web-search", outside.Slow))
	r.until("workers had tasks in hand", func() bool { return len(r.halfDone()) > 4 })
	queue := r.config.Queues["work"].URL
	_, err := sqs.NewFromConfig(r.Pair.Config(system.Primary)).PurgeQueue(r.Context(), &sqs.PurgeQueueInput{QueueUrl: &queue})
	require.NoError(r, err)
	were, before := r.halfDone(), resent()
	r.say("%d tasks were in the middle when the queue lost their messages", len(were))
	r.until("the scheduler sent work again", func() bool { return resent() > before })
	require.NoError(r, r.behave(r.Context(), "web-search", outside.Well))
	r.until("these tasks were answered", func() bool { return !r.stillHalfDone(were) })
}

// halfDone are the tasks that have begun and have no answer.
func (r *run) halfDone() []string {
	db, err := r.Database(r.Context())
	require.NoError(r, err)
	defer db.Close(r.Context()) //nolint:errcheck // asked and answered
	rows, err := db.Query(r.Context(), `SELECT token FROM atlas_tasks t WHERE answer = '' AND EXISTS
		(SELECT FROM agentkit_checkpoint WHERE job = 'task/' || t.token)`)
	require.NoError(r, err)
	tokens, err := pgx.CollectRows(rows, pgx.RowTo[string])
	require.NoError(r, err)
	return tokens
}

func (r *run) networkSlow() {
	r.ways["memory"].Delay(1500 * time.Millisecond)
	r.opens("planner", "memory")
	r.plans("deep by large-model")
	r.wait(2 * time.Second)
	r.ways["memory"].Delay(0)
	r.closes("planner", "memory")
}
