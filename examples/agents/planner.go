package agents

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/url"

	"github.com/jackc/pgx/v5"

	"redoubt/agentkit/call"
	"redoubt/agentkit/checkpoint"
)

// planner makes a task of a question: it remembers, asks a model for a plan, writes the task down and hands it to the
// workers. A question that comes again goes on where it was.
func planner(ctx context.Context, a *agent) {
	p := &planning{agent: a, memory: a.agent("memory"), model: a.service("large-model"), small: a.alone("small-model")}
	work := a.ledger("work")
	if err := a.migrate(ctx); err != nil {
		a.faults = append(a.faults, err)
	}
	a.mux.HandleFunc("POST /plans", func(w http.ResponseWriter, req *http.Request) {
		var q Question
		if err := json.NewDecoder(req.Body).Decode(&q); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		if may := a.mayWrite(); may != nil && !may(req.Context()) {
			w.Header().Set("Retry-After", "1")
			http.Error(w, a.leases.Why().Error(), http.StatusServiceUnavailable)
			return
		}
		task, err := p.plan(req.Context(), req.Header.Get(call.TokenHeader), q)
		if err == nil {
			err = work.Accept(req.Context(), task.Token, "")
		}
		relay(w, http.StatusOK, task, err)
	})
	a.mux.HandleFunc("GET /tasks/{token}", func(w http.ResponseWriter, req *http.Request) {
		task, _, err := a.task(req.Context(), req.PathValue("token"))
		if errors.Is(err, pgx.ErrNoRows) {
			http.Error(w, "no such task", http.StatusNotFound)
			return
		}
		relay(w, http.StatusOK, task, err)
	})
}

type planning struct {
	*agent
	memory, model, small callee
}

// plan runs the steps that are not recorded yet, and writes the task down.
func (p *planning) plan(ctx context.Context, token string, q Question) (Task, error) {
	steps := checkpoint.Plan{Name: "plan", Version: "1", Store: checkpoint.Postgres{Database: p.tasks}, MayWrite: p.mayWrite(), Meter: p.metrics,
		Steps: []checkpoint.Step{
			{Name: "remember", Do: func(ctx context.Context, _ checkpoint.State) ([]byte, error) {
				return remember(ctx, p.memory, q.Conversation)
			}},
			{Name: "think", Do: func(ctx context.Context, s checkpoint.State) ([]byte, error) {
				return p.think(ctx, s.Token, string(s.Results["remember"])+"\n"+q.Text)
			}},
		}}
	results, err := steps.Run(ctx, "plan/"+token)
	if err != nil {
		return Task{}, err
	}
	_, err = p.tasks.Exec(ctx, `INSERT INTO atlas_tasks (token, conversation, question, plan) VALUES ($1, $2, $3, $4)
		ON CONFLICT DO NOTHING`, token, q.Conversation, q.Text, string(results["think"]))
	return Task{Token: token, Plan: string(results["think"])}, err
}

// think makes the plan, by what the degradation level leaves.
func (p *planning) think(ctx context.Context, token, prompt string) ([]byte, error) {
	model, depth := p.model, "deep"
	switch {
	case p.levels.Fallback() == "fixed plans":
		return []byte("fixed"), nil
	case p.levels.Fallback() == "small-model":
		model = p.small
	}
	if !p.levels.Enabled("deep-research") {
		depth = "shallow"
	}
	said, err := model.think(ctx, token, depth+": "+prompt)
	return []byte(depth + " by " + said.By), err
}

// remember asks what was said before. Who may do without memory (without in system.yaml) goes on when it does not answer.
func remember(ctx context.Context, memory callee, conversation string) ([]byte, error) {
	var m Memory
	err := memory.ask(ctx, http.MethodGet, "/conversations/"+url.PathEscape(conversation), "", nil, &m)
	if err != nil && (ctx.Err() != nil || !memory.Without) {
		return nil, err
	}
	return []byte(m.Text), nil
}
