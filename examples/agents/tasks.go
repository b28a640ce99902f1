package agents

import (
	"context"
	"fmt"

	"redoubt/agentkit/checkpoint"
)

// migrate makes the tables of the store tasks where there are none.
func (a *agent) migrate(ctx context.Context) error {
	_, err := a.tasks.Exec(ctx, `CREATE TABLE IF NOT EXISTS atlas_tasks (
		token text PRIMARY KEY, conversation text NOT NULL, question text NOT NULL, plan text NOT NULL,
		answer text NOT NULL DEFAULT '', asked timestamptz NOT NULL DEFAULT now())`)
	if err == nil {
		_, err = a.tasks.Exec(ctx, `CREATE INDEX IF NOT EXISTS atlas_tasks_conversation ON atlas_tasks (conversation, asked)`)
	}
	if err == nil {
		err = checkpoint.Postgres{Database: a.tasks}.Create(ctx)
	}
	if err != nil {
		return fmt.Errorf("make the tables of tasks: %w", err)
	}
	return nil
}

// task reads one task with its question.
func (a *agent) task(ctx context.Context, token string) (Task, Question, error) {
	t, q := Task{Token: token}, Question{}
	err := a.tasks.QueryRow(ctx, `SELECT plan, answer, conversation, question FROM atlas_tasks WHERE token = $1`, token).
		Scan(&t.Plan, &t.Answer, &q.Conversation, &q.Text)
	return t, q, err
}

// answer writes the answer down, unless there is one.
func (a *agent) answer(ctx context.Context, token, text string) error {
	_, err := a.tasks.Exec(ctx, `UPDATE atlas_tasks SET answer = $2 WHERE token = $1 AND answer = ''`, token, text)
	return err
}
