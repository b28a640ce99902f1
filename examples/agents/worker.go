package agents

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"redoubt/agentkit/checkpoint"
	"redoubt/agentkit/consume"
	"redoubt/agentkit/ledger"
	"redoubt/internal/clock"
)

// worker carries tasks out: it remembers, lets a tool run, asks a model, and writes the answer down. A task that
// comes again, after a crash or twice, goes on after its last recorded step.
func worker(_ context.Context, a *agent) {
	w := &working{agent: a, memory: a.agent("memory"), model: a.service("large-model"), small: a.alone("small-model"),
		jobs: a.ledger("tool-jobs"), files: s3.NewFromConfig(a.aws())}
	a.work = a.consumer(w.carryOut).Run
}

// consumer takes work from the queue that the agent declares to consume.
func (a *agent) consumer(handle func(context.Context, consume.Work) error) *consume.Consumer {
	q := a.Queues[a.declared.Consumes]
	return &consume.Consumer{Queue: a.queues, Ledger: a.ledger(a.declared.Consumes), URL: q.URL, DeadURL: q.DeadURL,
		Handle: handle, Parallel: 4, Visibility: 6 * time.Second, Wait: 2 * time.Second, Grace: 10 * time.Second,
		MayWrite: a.mayWrite(), Meter: a.metrics}
}

type working struct {
	*agent
	memory, model, small callee
	jobs                 *ledger.Ledger
	files                *s3.Client
}

// long is from how many bytes on a question makes a long task: a figure of this example.
const long = 1000

func (w *working) carryOut(ctx context.Context, work consume.Work) error {
	task, q, err := w.task(ctx, work.Token)
	if err != nil || task.Answer != "" {
		return err
	}
	if len(q.Text) > long && !w.levels.Enabled("long-tasks") {
		return consume.ErrLater // the ledger has it, and the scheduler sends it again
	}
	steps := checkpoint.Plan{Name: "task", Version: "1", Store: checkpoint.Postgres{Database: w.tasks}, MayWrite: w.mayWrite(), Meter: w.metrics,
		Steps: []checkpoint.Step{
			{Name: "remember", Do: func(ctx context.Context, _ checkpoint.State) ([]byte, error) {
				return remember(ctx, w.memory, q.Conversation)
			}},
			{Name: "tool", Do: func(ctx context.Context, s checkpoint.State) ([]byte, error) {
				return w.runTool(ctx, s.Token, q.Text)
			}},
			{Name: "answer", Do: func(ctx context.Context, s checkpoint.State) ([]byte, error) {
				model := w.model
				if w.levels.Fallback() == "small-model" {
					model = w.small
				}
				said, err := model.think(ctx, s.Token, fmt.Sprintf("%s\n%s\n%s", s.Results["remember"], s.Results["tool"], q.Text))
				return []byte(said.Text), err
			}},
		}}
	results, err := steps.Run(ctx, "task/"+work.Token)
	if err != nil {
		return err
	}
	return w.answer(ctx, work.Token, string(results["answer"]))
}

// runTool hands a job to the tool runners, waits until the ledger says that it is done, and reads what came of it.
func (w *working) runTool(ctx context.Context, token, question string) ([]byte, error) {
	if err := w.jobs.Accept(ctx, token, question); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 10*time.Second, errors.New("the tool is not done yet"))
	defer cancel()
	for {
		done, err := w.jobs.IsDone(ctx, token)
		if done {
			break
		}
		if (clock.Wall{}).Sleep(ctx, 200*time.Millisecond) != nil {
			return nil, errors.Join(context.Cause(ctx), err)
		}
	}
	got, err := w.files.GetObject(ctx, &s3.GetObjectInput{Bucket: &w.Artifacts, Key: &token})
	if err != nil {
		return nil, err
	}
	defer got.Body.Close() // read only
	return io.ReadAll(got.Body)
}
